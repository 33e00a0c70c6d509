// about: a table row by row
// args: -i 6
// messages: exact
import { open as openFile } from 'k6/experimental/fs';
import csv from 'k6/experimental/csv';

const file = await openFile('./fixtures/table.csv');
const parser = new csv.Parser(file, { skipFirstLine: true });

export default async function () {
  const { done, value } = await parser.next();
  console.log(done, JSON.stringify(value));
}

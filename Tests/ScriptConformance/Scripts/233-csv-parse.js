// about: a table as a list
import { open as openFile } from 'k6/experimental/fs';
import csv from 'k6/experimental/csv';

const path = './fixtures/table.csv';
const rows = await csv.parse(await openFile(path));
const objects = await csv.parse(await openFile(path), { asObjects: true });
const part = await csv.parse(await openFile(path), { skipFirstLine: true, fromLine: 2, toLine: 3 });
const semicolons = await csv.parse(await openFile('./fixtures/semicolons.csv'), { delimiter: ';' });

export default async function () {
  console.log(rows.length, JSON.stringify(rows[0]), JSON.stringify(rows[2]), JSON.stringify(rows[rows.length - 1]));
  console.log(objects.length, JSON.stringify(objects[0]), JSON.stringify(objects));
  console.log(JSON.stringify(part), JSON.stringify(semicolons), Array.isArray(rows));
}

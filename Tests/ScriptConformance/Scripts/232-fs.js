// about: files read in pieces
// messages: exact
import fs, { open as openFile, SeekMode } from 'k6/experimental/fs';

const file = await openFile('./fixtures/text.txt');

let missing;
try {
  await openFile('./fixtures/not-there.txt');
} catch (error) {
  missing = `${error.name} ${String(error.message || error).replace(/\/.*\/Scripts/, '{scripts}')}`;
}

const text = (bytes, count) => String.fromCharCode(...bytes.subarray(0, count));

export default async function () {
  const stat = await file.stat();
  console.log(file.path.replace(/.*\/Scripts/, ''), stat.name, stat.size);
  const buffer = new Uint8Array(10);
  console.log(await file.read(buffer), text(buffer, 10));
  console.log(await file.read(buffer), text(buffer, 10).length);
  console.log(await file.seek(0, SeekMode.Start), await file.read(buffer), text(buffer, 10));
  console.log(await file.seek(2, SeekMode.Current), await file.seek(-5, SeekMode.End));
  console.log(await file.read(buffer), await file.read(buffer));
  for (const [name, action] of [
    ['before the start', () => file.seek(-1, SeekMode.Start)],
    ['unknown mode', () => file.seek(0, 9)],
    ['no buffer', () => file.read()],
    ['other buffer', () => file.read([1])],
  ]) {
    try {
      console.log(name, await action());
    } catch (error) {
      console.log(name, 'threw', error.name, String(error.message || error));
    }
  }
  console.log(missing, Object.keys(fs).sort().join(), Object.entries(SeekMode).sort().join());
}

// about: the log in a file, from a level up
// args: --log-output=file={out}/log.txt,level=warning
// files: log.txt
export default function () {
  console.log('too low');
  console.warn('high enough');
  throw new Error('boom');
}

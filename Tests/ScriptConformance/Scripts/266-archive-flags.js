// about: options of the command line stay in an archive
// command: archive --iterations 3 --tag a=b -e WHO=packed
export const options = { iterations: 1 };

export default function () {
  console.log(__ENV.WHO, __ITER);
  throw new Error('in an archive');
}

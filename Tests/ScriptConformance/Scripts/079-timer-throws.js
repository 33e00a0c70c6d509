// about: exceptions in timers and in promises' callbacks
// args: -i 4
export default function () {
  if (__ITER === 0) {
    setTimeout(() => {
      throw new Error('in a timer');
    }, 5);
    setTimeout(() => console.log('never: the loop stopped'), 30);
  }
  if (__ITER === 1) {
    Promise.resolve(1).then(() => {
      throw new Error('in a then');
    });
  }
  if (__ITER === 2) {
    let count = 0;
    const id = setInterval(() => {
      count += 1;
      console.log('tick', count);
      if (count === 3) clearInterval(id);
    }, 5);
  }
  console.log('end of', __ITER);
}

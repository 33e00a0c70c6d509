// about: rejected promises nobody handles
// args: -i 6
export default function () {
  switch (__ITER) {
    case 0:
      Promise.reject(new Error('rejected'));
      break;
    case 1:
      Promise.reject('a text');
      break;
    case 2:
      Promise.reject(new Error('handled')).catch((error) => console.log('caught', error.message));
      break;
    case 3:
      Promise.reject({ code: 5 });
      break;
    case 4: {
      const late = Promise.reject(new Error('handled later'));
      setTimeout(() => late.catch(() => console.log('too late?')), 10);
      break;
    }
    default:
      console.log('fine');
  }
  console.log('end of', __ITER);
}

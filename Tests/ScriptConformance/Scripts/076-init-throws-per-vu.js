// about: init code that throws only where VUs are made
if (__VU > 0) throw new Error(`not in VU ${__VU}`);

export default function () {
  console.log('not reached');
}

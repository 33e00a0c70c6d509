// about: promises and async functions in every order
async function value(name, ms) {
  if (ms) await new Promise((resolve) => setTimeout(resolve, ms));
  return name;
}

export default async function () {
  const log = [];
  setTimeout(() => log.push('timer'), 0);
  Promise.resolve().then(() => log.push('one')).then(() => log.push('three'));
  Promise.resolve().then(() => log.push('two'));
  queue(log);
  log.push('sync');
  await null;
  log.push('after await');
  console.log(await Promise.all([value('slow', 20), value('fast'), 3]));
  console.log(await Promise.race([value('slow', 20), value('fast', 1)]), await Promise.any([Promise.reject(1), value('any')]));
  console.log(JSON.stringify(await Promise.allSettled([value('ok'), Promise.reject('no')])));
  await value('x', 10).finally(() => log.push('finally'));
  try {
    await Promise.any([Promise.reject(1)]);
  } catch (error) {
    log.push(error.constructor.name);
  }
  console.log(log.join(', '));
}

async function queue(log) {
  log.push('in async');
  await undefined;
  log.push('async goes on');
}

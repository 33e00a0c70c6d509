// about: secrets from a file and from the command line, hidden in every line
// args: --secret-source=file=name=store,{fixtures}/secrets.txt --secret-source=mock=default,key=mocked-value-1
import secrets from 'k6/secrets';

export default async function () {
  const one = await secrets.get('key');
  console.log('the secret is', one, one.length, one.split('').join('-'));
  const two = await secrets.source('store').get('cool');
  console.warn(`inside ${two} a text`, { value: two });
  for (const name of ['missing']) {
    try {
      await secrets.get(name);
    } catch (error) {
      console.log('no such secret', String(error));
    }
  }
  try {
    await secrets.source('nowhere').get('cool');
  } catch (error) {
    console.log('no such source', String(error));
  }
  throw new Error(`leaks ${one}`);
}

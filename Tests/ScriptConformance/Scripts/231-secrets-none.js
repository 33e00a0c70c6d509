// about: secrets without a source
import secrets from 'k6/secrets';

export default async () => {
  try {
    console.log(await secrets.get('key'));
  } catch (error) {
    console.log(String(error));
  }
};

// about: a hash that does not exist
// alone: `createHash` of an unknown algorithm
import crypto from 'k6/crypto';

export default function () {
  try {
    crypto.createHash('sha3').update('x');
  } catch (error) {
    console.log('threw');
  }
}

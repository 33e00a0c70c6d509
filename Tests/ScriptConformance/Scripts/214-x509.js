// about: certificates
// messages: exact
import x509, { getAltNames, getIssuer, getSubject, parse } from 'k6/crypto/x509';

const ec = open('./fixtures/ec.pem');
const rsa = open('./fixtures/rsa.pem');

export default function () {
  const one = parse(ec);
  console.log(Object.keys(one).join());
  console.log(JSON.stringify(one.subject), JSON.stringify(one.issuer));
  console.log(one.notBefore, one.notAfter, one.signatureAlgorithm, JSON.stringify(one.altNames));
  console.log(one.fingerPrint.length, JSON.stringify(one.fingerPrint), one.publicKey.algorithm);
  const two = parse(rsa);
  console.log(two.publicKey.algorithm, two.publicKey.key.e, JSON.stringify(two.altNames), two.signatureAlgorithm);
  console.log(JSON.stringify(getAltNames(ec)), getIssuer(rsa).commonName, getSubject(rsa).commonName);
  console.log(Object.keys(x509).sort().join());
  for (const text of ['', 'no certificate', ec.replace(/M/g, 'N')]) {
    try {
      parse(text);
    } catch (error) {
      console.log('threw', error.name, error.message);
    }
  }
}

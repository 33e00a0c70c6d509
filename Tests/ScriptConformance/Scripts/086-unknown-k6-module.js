// about: a module k6 does not have
import thing from 'k6/nothing';

export default function () {
  thing();
}

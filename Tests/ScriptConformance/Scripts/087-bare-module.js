// about: a package by its name
import _ from 'lodash';

export default function () {
  console.log(_);
}

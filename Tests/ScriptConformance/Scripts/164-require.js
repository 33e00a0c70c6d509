// about: require: computed names, caching, failures
// messages: exact
const names = ['plain', 'common'];
const loaded = names.map((name) => require(`./fixtures/modules/${name}.js`));

// Said once, in the VU.
const say = __VU === 1 ? console.log : () => {};

function attempt(name) {
  try {
    say(name, typeof require(name));
  } catch (error) {
    say(name, 'threw', error.name, error.message.replace(/file:\/\/.*\/Scripts/g, 'file://{scripts}'));
  }
}

attempt('k6/nothing');
attempt('lodash');
attempt('');
attempt('http://a.test/x.js');
attempt('./fixtures/modules/plain.js');

exports.default = function () {
  say(loaded[0].value, loaded[1].name, loaded[0] === require.cache);
};

// about: a folder, nothing, and a number instead of a file
// messages: exact

// Said once, in the VU.
const say = __VU === 1 ? console.log : () => {};

function attempt(path) {
  try {
    say(String(path), typeof open(path));
  } catch (error) {
    say(String(path), 'threw', error.name, error.message.replace(/"\/.*\/Scripts/g, '"{scripts}'));
  }
}

attempt('./fixtures');
attempt('');
attempt(undefined);

export default function () {}

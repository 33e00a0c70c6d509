// about: compatibility mode base
// args: --compatibility-mode=base
export default function () {
  console.log(typeof global, typeof globalThis, typeof require);
}

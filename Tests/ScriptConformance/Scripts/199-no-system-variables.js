// about: without the system's variables
// args: --include-system-env-vars=false -e FLAG=one
// env: FROM_SYSTEM=yes
export default function () {
  console.log(__ENV.FLAG, __ENV.FROM_SYSTEM, __ENV.PATH);
}

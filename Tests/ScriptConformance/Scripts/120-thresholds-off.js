// about: thresholds that are not looked at
// args: --no-thresholds
export const options = { thresholds: { iterations: ['count>5'] } };

export default function () {}

// about: a threshold that cannot be read
export const options = { thresholds: { http_reqs: ['count of 5'] } };

export default function () {}

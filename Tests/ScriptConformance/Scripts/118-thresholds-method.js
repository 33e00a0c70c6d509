// about: a threshold with a method its metric does not have
export const options = { thresholds: { http_reqs: ['p(95)<5'] } };

export default function () {}

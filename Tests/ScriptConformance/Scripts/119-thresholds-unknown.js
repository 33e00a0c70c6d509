// about: a threshold on a metric that does not exist
export const options = { thresholds: { not_a_metric: ['count>5'] } };

export default function () {}

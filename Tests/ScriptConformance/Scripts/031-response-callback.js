// about: which statuses are expected, per request and for all
// messages: exact
import http from 'k6/http';

http.setResponseCallback(http.expectedStatuses(200, { min: 400, max: 404 }));

export const options = {
  thresholds: { http_req_failed: ['rate<1'], 'http_reqs{expected_response:false}': ['count>0'] },
};

function attempt(name, action) {
  try {
    console.log(name, typeof action());
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  const get = (status, params) => http.get(`${__ENV.BASE}/status/${status}`, params);
  for (const status of [200, 201, 400, 404, 405, 500]) get(status);
  get(500, { responseCallback: http.expectedStatuses(500) });
  get(200, { responseCallback: http.expectedStatuses({ min: 500, max: 599 }) });
  get(503, { responseCallback: null });
  http.setResponseCallback(null);
  get(200);
  get(500);
  http.setResponseCallback(http.expectedStatuses({ min: 200, max: 299 }));
  get(302);
  get(200);
  attempt('nothing', () => http.expectedStatuses());
  attempt('text', () => http.expectedStatuses('200'));
  attempt('half', () => http.expectedStatuses({ min: 200 }));
  attempt('callback is a function', () => http.setResponseCallback(() => true));
}

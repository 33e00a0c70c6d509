// What the dashboards are tried with: a closed and an open loop, answers good and bad, checks, a scenario
// that has too few VUs. Run by tools/panels against `apus target`.
import http from 'k6/http';
import { check, sleep } from 'k6';

const target = __ENV.TARGET;
const duration = __ENV.DURATION;

export const options = {
    scenarios: {
        closed: { executor: 'constant-vus', exec: 'closed', vus: 3, duration },
        open: {
            executor: 'constant-arrival-rate', exec: 'open', rate: 40, timeUnit: '1s', duration,
            preAllocatedVUs: 4,
        },
        short: {
            executor: 'constant-arrival-rate', exec: 'short', rate: 10, timeUnit: '1s', duration,
            preAllocatedVUs: 1, maxVUs: 1,
        },
    },
};

export function closed() {
    check(http.get(`${target}/`), { 'status is 200': (r) => r.status === 200 });
    check(http.get(`${target}/status/404`), { 'status is not 404': (r) => r.status !== 404 });
    sleep(0.05);
}

export function open() {
    check(http.get(`${target}/delay/10`), { 'status is 200': (r) => r.status === 200 });
}

export function short() {
    sleep(0.5);
}

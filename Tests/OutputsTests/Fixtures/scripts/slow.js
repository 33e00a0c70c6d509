// So little traffic over so long a time that its rate is below ten bytes per second; vus are sampled.
import http from 'k6/http';
import { sleep } from 'k6';
import { dumpAndFail } from './common.js';

export default function () { http.get(`${__ENV.BASE}/`); sleep(19); }
export function handleSummary(data) { dumpAndFail(data); }

// Nothing of our own at all.
import http from 'k6/http';
import { dumpAndFail } from './common.js';

export default function () { http.get(`${__ENV.BASE}/`); }
export function handleSummary(data) { dumpAndFail(data); }

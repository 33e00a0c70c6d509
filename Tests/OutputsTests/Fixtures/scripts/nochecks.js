// A threshold on checks although none ever runs.
import { dumpAndFail } from './common.js';

export const options = { thresholds: { checks: ['rate>0.5'], 'checks{a:b}': ['rate>0.5'] } };
export default function () {}
export function handleSummary(data) { dumpAndFail(data); }

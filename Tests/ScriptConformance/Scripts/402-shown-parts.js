// about: empty thresholds that make parts of metrics be shown, with samples or without
import http from 'k6/http';
import { check, group } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
const c = new Counter('a_counter'), g = new Gauge('a_gauge'), r = new Rate('a_rate'), t = new Trend('a_trend');
export const options = { summaryTrendStats: ['avg', 'p(95)', 'count'], thresholds: { 'http_req_duration{page:home}': [], 'http_req_duration{page:none}': [], 'a_counter{x:1}': [], 'a_counter{x:2}': ['count>=0'], a_gauge: [], 'a_rate{y:z}': [], a_trend: [], 'checks{group:::g}': [], 'iteration_duration{scenario:other}': [], http_reqs: [], 'data_sent{a:b}': [], dropped_iterations: [] } };
export default function () { c.add(1, { x: 1 }); group('g', () => check(1, { ok: true })); }

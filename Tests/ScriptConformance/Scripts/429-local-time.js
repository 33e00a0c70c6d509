// about: local time in a zone with summer time
// env: TZ=America/New_York
export default function () {
  for (const t of [0, Date.UTC(2024, 2, 10, 6, 59), Date.UTC(2024, 2, 10, 7, 1), Date.UTC(2024, 10, 3, 5, 30), Date.UTC(2024, 10, 3, 6, 30), Date.UTC(1960, 6, 1), Date.UTC(2037, 6, 1), Date.UTC(2050, 6, 1)]) { const d = new Date(t); console.log(t, d.getHours(), d.getTimezoneOffset(), d.getDate(), d.getDay(), d.toISOString(), d.toString().slice(0, 33), d.toLocaleString(), d.toLocaleDateString(), d.toLocaleTimeString()); }
  console.log(new Date(2024, 10, 3, 1, 30).toISOString(), new Date('2024-07-01T12:00').toISOString(), new Date('2024-07-01').toISOString(), new Date('July 1, 2024 12:00').toISOString(), new Date('2024-07-01 12:00:00').toISOString(), new Date('2024-07-01T12:00:00.123456789Z').getTime(), new Date('Mon Jul 01 2024 12:00:00 GMT-0400 (EDT)').toISOString(), new Date(2024, 0).getTime(), new Date(2024, 6, 1, 24).getDate());
  const d = new Date(2024, 0, 31); d.setMonth(1); console.log(d.getDate(), d.getMonth()); d.setHours(25, 61, 61, 1001); console.log(d.toISOString()); d.setFullYear(2023, 11, 32); console.log(d.getTime(), d.toDateString(), d.toTimeString().slice(0, 17), Date.parse(d.toString()) === Math.floor(d.getTime() / 1000) * 1000, Date.parse(d.toUTCString()) > 0, JSON.stringify({ d }));
}

import { expect, test } from 'vitest';
import { metricsIn } from './prometheus/words.ts';
import { unitOfQuery, valueText } from './units.ts';

test.each([
  ['process_resident_memory_bytes', 'bytes'],
  ['sum by (job) (process_resident_memory_bytes{a="/ b"})', 'bytes'],
  ['rate(node_network_receive_bytes_total[5m])', 'bytes/s'],
  ['sum(rate(http_requests_total{path=~"/a|b"}[5m]))', '/s'],
  ['increase(http_requests_total[1h])', ''],
  ['histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))', 'seconds'],
  ['rate(http_request_duration_seconds_sum[5m]) / rate(http_request_duration_seconds_count[5m])', ''],
  ['count(process_resident_memory_bytes)', ''],
  ['process_start_time_seconds', 'seconds'],
  ['a_bytes - b_bytes', ''],
  ['cache_hit_ratio', 'ratio'],
  ['max(job_last_success_timestamp_seconds)', 'time'],
  ['delta(job_last_success_timestamp_seconds[1h])', ''],
  ['sum(job_last_success_timestamp_seconds)', ''],
])('%s has the unit "%s"', (query, unit) => {
  expect(unitOfQuery(query, metricsIn(query))).toBe(unit);
});

test.each([
  [104_857_600, 'bytes', '100 MiB'],
  [1536, 'bytes/s', '1.5 KiB/s'],
  [0, 'bytes', '0 B'],
  [0.0123, 'seconds', '12.3 ms'],
  [0.000_045, 'seconds', '45 µs'],
  [3, 'seconds', '3 s'],
  [1_795_800_000, 'time', '2026-11-27T17:20:00.000Z'],
  [2.5, '/s', '2.5/s'],
  [12.345_678, '', '12.35'],
  [1_795_855_619.25, '', '1795855619'],
  [123_456.7, '', '123457'],
  [12_345.67, '', '12345.7'],
  [1_234_567, '', '1234567'],
  [Number.NaN, 'bytes', 'NaN'],
  [-Infinity, '', '-Inf'],
  [21.5, '°C', '21.5 °C'],
])('%d %s is written %s', (value, unit, text) => {
  expect(valueText(value, unit)).toBe(text);
});

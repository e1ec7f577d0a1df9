/** Seconds between two samples. */
export const everySeconds = 15;

/**
 * OpenMetrics text with two hours of samples up to a minute before `now` (seconds since 1970): requests of two instances,
 * memory with one peak, a metric of 60 series, one that had a value an hour ago alone, the largest number there is, and
 * labels that somebody hostile has written.
 */
export function samplesUntil(now: number): string {
  const end = Math.floor(now / everySeconds) * everySeconds - 60;
  const times = Array.from({ length: 480 }, (_, at) => end - (479 - at) * everySeconds);
  const lines = [
    '# TYPE http_requests counter',
    ...['a', 'b'].flatMap((instance, no) =>
      times.map((time, at) => `http_requests_total{job="web",instance="${instance}"} ${at * 30 * (no + 1)} ${time}`),
    ),
    '# TYPE process_resident_memory_bytes gauge',
    ...times.map(
      (time, at) => `process_resident_memory_bytes{job="web"} ${at === 400 ? 900_000_000 : 104_857_600} ${time}`,
    ),
    '# TYPE many_things gauge',
    ...Array.from({ length: 60 }, (_, no) => `many_things{n="${no}"} ${no} ${end - 60}`),
    '# TYPE brief gauge',
    `brief 5 ${end - 3600}`,
    '# TYPE vast gauge',
    ...times.slice(-8).map((time) => `vast 1.7976931348623157e308 ${time}`),
    '# TYPE odd gauge',
    `odd{said="ignore all that\\n@everyone \\"quoted\\" | \u202edesrever"} NaN ${end - 60}`,
    `odd{said="endless"} +Inf ${end - 60}`,
    '# EOF',
  ];
  return `${lines.join('\n')}\n`;
}

export const alertRules = `groups:
  - name: tests
    rules:
      - { alert: DiskFull, expr: vector(1), labels: { severity: critical, disk: /dev/sda }, annotations: { summary: "the disk is full" } }
      - { alert: Slow, expr: vector(1), for: 1d, labels: { severity: warning } }
`;

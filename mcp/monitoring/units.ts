/** What values are measured in; '' where nothing tells. */
export type Unit = string;

/** Endings of metrics' names, as Prometheus recommends them ("Metric and label naming"), with their units. */
const ENDINGS: readonly [RegExp, Unit][] = [
  [/_timestamp(?:_seconds)?$/, 'time'],
  [/_(?:milliseconds|ms)(?:_sum)?(?:_total)?$/, 'ms'],
  [/_seconds(?:_sum|_bucket)?(?:_total)?$/, 'seconds'],
  [/_bytes(?:_sum|_bucket)?(?:_total)?$/, 'bytes'],
  [/_ratio$/, 'ratio'],
  [/_percent(?:age)?$/, '%'],
  [/_celsius$/, '°C'],
  [/_volts$/, 'V'],
  [/_amperes$/, 'A'],
  [/_(?:watts|power_watts)$/, 'W'],
  [/_joules(?:_total)?$/, 'J'],
  [/_hertz$/, 'Hz'],
];

export function unitOfMetric(name: string): Unit {
  return ENDINGS.find(([ending]) => ending.test(name))?.[1] ?? '';
}

/** Functions that keep their argument's unit. */
const KEEPING =
  /^(?:sum|avg|min|max|topk|bottomk|quantile|histogram_quantile|increase|delta|abs|round|ceil|floor|sort|sort_desc|clamp\w*|label_replace|label_join|(?:avg|min|max|sum|last|quantile)_over_time)$/;

/**
 * The unit of a query's values, where its words tell. It is a hint for reading; a query that calculates has none.
 * `metrics`: the names of metrics in the query.
 */
export function unitOfQuery(query: string, metrics: readonly string[]): Unit {
  const [metric] = metrics;
  const bare = query.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{[^}]*\}|\[[^\]]*\]/g, ' ');
  if (metric === undefined || metrics.length > 1 || /[-+*/%^=<>]|\b(?:bool|and|or|unless|count)\b/.test(bare))
    return '';
  const functions = [...bare.matchAll(/([a-z_]\w*)\s*(?:\b(?:by|without)\s*\([^)]*\)\s*)?\(/gi)].map(
    ([, name]) => name!,
  );
  const rates = functions.filter((name) => /^(?:rate|irate|deriv)$/.test(name)).length;
  const others = functions.filter((name) => !/^(?:rate|irate|deriv|by|without)$/.test(name));
  if (rates > 1 || !others.every((name) => KEEPING.test(name))) return '';
  const quantile = functions.includes('histogram_quantile');
  const unit = unitOfMetric(metric);
  // How far two moments are apart, and what several come to, are no moments.
  if (unit === 'time' && functions.some((name) => /^(?:sum|sum_over_time|delta|increase|abs)$/.test(name))) return '';
  if (metric.endsWith('_bucket') && !quantile) return rates === 1 ? '/s' : '';
  if (rates === 0 || quantile) return unit;
  return unit === 'bytes' ? 'bytes/s' : unit === 'seconds' ? 's/s' : unit === '' ? '/s' : '';
}

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A value with its unit, as short as it can be read. */
export function valueText(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  switch (unit) {
    case 'bytes':
    case 'bytes/s':
      return `${binary(value)}${unit.slice('bytes'.length)}`;
    case 'seconds':
      return secondsText(value);
    case 'time':
      return Math.abs(value) < 1e11 ? new Date(value * 1000).toISOString() : digits(value);
    case '':
    case 'ratio':
      return digits(value);
    default:
      return unit.startsWith('/') || unit === '%' ? `${digits(value)}${unit}` : `${digits(value)} ${unit}`;
  }
}

function binary(value: number): string {
  const power = Math.min(BINARY.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(value) || 1) / 10)));
  return `${digits(value / 1024 ** power)} ${BINARY[power]}`;
}

function secondsText(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 1) return `${digits(value)} s`;
  return size >= 0.001 ? `${digits(value * 1e3)} ms` : `${digits(value * 1e6)} µs`;
}

/** Whole numbers as they are, others with four digits that count; of large ones nothing before the point is lost. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(3);
  if (Number.isInteger(value)) return String(value);
  if (size >= 1e5) return String(Math.round(value));
  return size < 1e-6 ? value.toExponential(3) : String(Number(value.toPrecision(size >= 1000 ? 6 : 4)));
}

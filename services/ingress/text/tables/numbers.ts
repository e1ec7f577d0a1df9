/** A column of numbers as it is written: the numbers themselves, and what stands around each. */
export interface NumberColumn {
  values: number[];
  /** What stands before and after each number: a currency, a unit. */
  before: string;
  after: string;
  /** The sign between a number and its fraction. */
  point: '.' | ',';
}

const PARTS =
  /^([-+−]?)(\p{Sc}|[A-Z]{3} )?\s?([-+−]?)(\d[\d.,'’\u00a0\u202f ]*)(\s?(?:%|‰|°?[\p{L}\p{Sc}][\p{L}\p{Sc}/²³]{0,7}))?$/u;

/**
 * Reads a column whose cells all are numbers of one kind. Undefined where one is none, where units differ, or where the
 * cells do not tell thousands from fractions: a wrong picture is worse than none.
 */
export function readNumbers(cells: readonly string[]): NumberColumn | undefined {
  const parts = cells.map((cell) => PARTS.exec(cell.trim()));
  const [first] = parts;
  if (!first) return undefined;
  const [before, after] = [(first[2] ?? '').trim(), (first[5] ?? '').trim()];
  if (parts.includes(null)) return undefined;
  if (parts.some((part) => (part?.[2] ?? '').trim() !== before || (part?.[5] ?? '').trim() !== after)) return undefined;
  const digits = parts.map((part) => part![4]!.trim());
  const point = pointOf(digits);
  if (point === undefined) return undefined;
  const values = digits.map((text, at) => {
    const plain = text.replaceAll(point === '.' ? /[^\d.]/g : /[^\d,]/g, '').replace(',', '.');
    const negative = /[-−]/.test(`${parts[at]![1]}${parts[at]![3]}`);
    return negative ? -Number(plain) : Number(plain);
  });
  if (!values.every(Number.isFinite)) return undefined;
  return { values, before, after: after !== '' && cells[0]!.trim().endsWith(` ${after}`) ? ` ${after}` : after, point };
}

/** Which sign begins fractions in these numbers; undefined where they contradict each other or do not tell. */
function pointOf(digits: readonly string[]): '.' | ',' | undefined {
  const found = new Set(digits.map(pointIn).filter((each) => each !== ''));
  if (found.has('?') || (found.has('.') && found.has(','))) return undefined;
  return found.has(',') ? ',' : '.';
}

function pointIn(text: string): '.' | ',' | '' | '?' {
  const [dot, comma] = [text.lastIndexOf('.'), text.lastIndexOf(',')];
  if (dot >= 0 && comma >= 0) return dot > comma ? '.' : ',';
  // Models write English numbers: a comma before three digits divides thousands, a dot begins a fraction.
  if (comma >= 0) return /^\d{1,3}(?:,\d{3})+$/.test(text) ? '.' : text.split(',').length === 2 ? ',' : '?';
  if (dot >= 0) return text.split('.').length === 2 ? '.' : /^\d{1,3}(?:\.\d{3})+$/.test(text) ? ',' : '?';
  return '';
}

/** A number as the column writes them, with as many digits as a span of this size needs. */
export function writeNumber(value: number, { before, after, point }: NumberColumn, span: number): string {
  const digits = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(span || 1))));
  const text = new Intl.NumberFormat('en', { maximumFractionDigits: digits }).format(value);
  const local = point === '.' ? text : text.replaceAll(/[.,]/g, (sign) => (sign === '.' ? ',' : '.'));
  return `${before.length === 3 ? `${before} ` : before}${local}${after}`;
}

import type { Facts } from './facts.ts';
import { asPattern, isPlaceholder, type Rule, type Verdict } from './rule.ts';

const name = /^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_?[*…]?|…(?:_[A-Z0-9]+)+)$/;

/** An environment variable, with or without a value, or several of them named by their common part. */
export const variableRule: Rule = ({ text, form, after }, facts) => {
  if (form === 'code' && /^[A-Z][A-Z0-9_]*=\S*$/.test(text)) return judgeAssignment(text, facts);
  if (!name.test(text) || !(text.includes('_') || facts.variables.has(text))) return undefined;
  const verdict = judgeName(text, facts);
  return verdict === true && form === 'code' ? judgeDefault(text, after, facts) : verdict;
};

function judgeName(text: string, { variables, words, declared }: Facts): Verdict {
  if (text === 'NAME_FILE') return true;
  if (isPlaceholder(text)) {
    const pattern = asPattern(text);
    return [...variables.keys()].some((each) => pattern.test(each)) || `no variable fits ${text}`;
  }
  return variables.has(text) || declared.has(text) || words.has(text) || `there is no variable ${text}`;
}

/** `NAME=value`: the variable must accept the value. */
export function judgeAssignment(text: string, facts: Facts): Verdict {
  const [variable = '', value = ''] = text.split(/=(.*)/);
  const verdict = judgeName(variable, facts);
  if (verdict !== true || value === '' || isPlaceholder(value) || !/^\w+$/.test(value)) return verdict;
  const judged = facts.variables.get(variable)?.type?.safeParse(value);
  return judged?.success !== false || `${variable} does not take ${value}`;
}

const units: Record<string, number> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** A number in brackets after a variable is its default: `NAME` (30 days). */
function judgeDefault(variable: string, after: string, facts: Facts): Verdict {
  const [, digits, unit] = /^ \((\d[\d,.]*)(?: (second|minute|hour|day)s?)?\)/.exec(after) ?? [];
  const type = facts.variables.get(variable)?.type;
  if (digits === undefined || !type) return true;
  const said = Number(digits.replaceAll(',', '')) * (unit === undefined ? 1 : (units[unit] ?? 1));
  const real = type.safeParse(undefined).data;
  return real === said || `${variable} is ${String(real)} by default, not ${said}`;
}

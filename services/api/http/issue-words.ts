import type { z } from 'zod';

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  undefined: 'left out',
  date: 'a date',
};

/** What is wrong with a value, where its schema has no words of its own; undefined leaves it to zod. */
export function issueWords(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = kinds[issue.expected] ?? `a ${issue.expected}`;
      return input === undefined ? `is missing; it must be ${wanted}` : `must be ${wanted}`;
    }
    case 'invalid_value':
      return `must be ${issue.values.map((each) => JSON.stringify(each) ?? 'left out').join(' or ')}`;
    case 'too_small':
      return `must ${sizeWords(issue.origin)} ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must ${sizeWords(issue.origin)} at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_union':
      return 'has none of the forms that are understood here';
    case 'unrecognized_keys':
      return `has no member ${issue.keys.map((each) => JSON.stringify(each.slice(0, 60))).join(', ')}`;
    default:
      return undefined;
  }
}

function sizeWords(origin: string): string {
  return unitOf(origin) === '' ? 'be' : 'have';
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'set' ? ' entries' : '';
}

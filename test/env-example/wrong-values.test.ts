import { expect, test } from 'vitest';
import { loadConfig, variableMeta } from '#shared/ground/config.ts';
import { readSchemas } from './variables.ts';

// Whatever an operator writes into .env, the resulting line says which variable is meant, what is wrong with it in
// plain words, and where it is set.

const schemas = await readSchemas();
const zodsWords = /invalid|expected|received|too (small|big)|unrecognized|undefined|NaN/i;

/** Values that most variables refuse. */
const wrong = ['no such thing', '-1', '0', '1.5', '999999999999', ':', '/', 'http://', 'ftp://x', 'a=b/c', '\t'];

function complaint(schema: (typeof schemas)[number]['schema'], environment: Record<string, string>): string {
  try {
    loadConfig(schema, environment);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const variables = schemas.flatMap(({ source, schema }) =>
  Object.keys(schema.shape).map((name) => [`${source} ${name}`, schema, name] as const),
);

test.each(variables)('%s: a wrong value is named, explained, and told where to set', (_, schema, name) => {
  for (const value of wrong) {
    const lines = complaint(schema, { [name]: value }).split('\n');
    for (const line of lines.filter((each) => each.startsWith(`${name} `) || each.startsWith(`${name}:`))) {
      const problem = line.replace(/^\S+?(?: "(?:[^"\\]|\\.)*"|(?=:))/, '').split('. Set ')[0];
      expect(problem).not.toMatch(zodsWords);
      expect(line).toContain('in .env or in the environment');
    }
    for (const line of lines.filter(Boolean)) expect(Object.keys(schema.shape)).toContain(/^\w+/.exec(line)?.[0]);
  }
});

test('what is missing is named, with where to set it', () => {
  const missing = schemas.flatMap(({ schema }) => complaint(schema, {}).split('\n').filter(Boolean));
  expect(missing.length).toBeGreaterThan(5);
  for (const line of missing) expect(line).toMatch(/^(\w+) is not set\. Set \1 in \.env or in the environment/);
});

test('most numbers and choices do refuse something: the test above has something to say', () => {
  const refusing = variables.filter(([, schema, name]) =>
    wrong.some((value) => complaint(schema, { [name]: value }).includes(`${name} "`)),
  );
  const open = variables.filter(([, schema, name]) => variableMeta(schema, name).secret !== true);
  expect(refusing.length).toBeGreaterThan(open.length / 2);
});

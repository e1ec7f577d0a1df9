import { expect, test } from 'vitest';
import { catalogueName } from './tool-names.ts';

const own = { command: '', domain: 'postgres', args: [], env: {}, disabled: false, trustAnnotations: false };
const foreign = {
  type: 'http' as const,
  url: 'http://localhost',
  headers: {},
  disabled: false,
  trustAnnotations: false,
};

test('our own tools keep their names; those of others begin with their server, once', () => {
  expect(catalogueName('postgres', own, 'postgres_query')).toBe('postgres_query');
  expect(catalogueName('wiki', foreign, 'search')).toBe('wiki__search');
  expect(catalogueName('wiki', foreign, 'wiki__search')).toBe('wiki__search');
  expect(catalogueName('wiki', undefined, 'search')).toBe('search');
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { limit, nastyText } from './nasty.ts';
import { properties } from './properties.ts';
import { writtenTable } from './tables.ts';

// The seed is fixed, so that no build fails by chance. The long form tries others: node test/text/property.ts --count
// 100000
const runs = { numRuns: 2_000, seed: 20_261_121 };
const steps = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 12 });

test('split messages are lossless, whole and within the limit', () => {
  fc.assert(
    fc.property(nastyText, limit, (text, max) => {
      expect(properties.split(text, max)).toBeUndefined();
    }),
    runs,
  );
});

test('nothing pings, previews, hides its host or deceives the eye', () => {
  fc.assert(
    fc.property(nastyText, (text) => {
      expect(properties.safe(text)).toBeUndefined();
    }),
    runs,
  );
});

test('healed markdown is closed and stays as it is', () => {
  fc.assert(
    fc.property(nastyText, (text) => {
      expect(properties.heal(text)).toBeUndefined();
    }),
    runs,
  );
});

test('parts never shrink nor move while the text grows', () => {
  fc.assert(
    fc.property(nastyText, limit, steps, (text, max, sizes) => {
      expect(properties.stream(text, max, sizes)).toBeUndefined();
    }),
    runs,
  );
});

test('tables are shown whole or in a file, safe, narrow, and never as raw pipes', () => {
  fc.assert(
    fc.property(writtenTable, fc.boolean(), (table, files) => {
      expect(properties.tables(table, files)).toBeUndefined();
    }),
    { ...runs, numRuns: 500 },
  );
});

test('parts never shrink nor move while a table comes', () => {
  fc.assert(
    fc.property(writtenTable, nastyText, limit, steps, ({ text }, rest, max, sizes) => {
      expect(properties.stream(text + rest, max, sizes)).toBeUndefined();
    }),
    { ...runs, numRuns: 500 },
  );
});

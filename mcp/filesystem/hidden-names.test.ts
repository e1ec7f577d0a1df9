import { expect, test } from 'vitest';
import { compileHiddenNames, DEFAULT_HIDDEN_NAMES } from './hidden-names.ts';

const isHidden = compileHiddenNames(DEFAULT_HIDDEN_NAMES);

test.each(['.env', '.ENV.local', 'server.pem', 'id_rsa'])('%j is hidden', (name) => {
  expect(isHidden(name)).toBe(true);
});

const copies =
  '.env~|#.env#|.#.env|.env.bak|.env.swp|.env_backup|.env-old|.env copy|.env (1)|Copy of .env|.env.2026-11-27|.env.|.env |' +
  '.env.gz|~$.env|.env.orig~|.env.save.1|id_rsa~|id_rsa.bak|.id_rsa.swp|.id_rsa.swo|id_rsa.old.1|server.key.bak|' +
  'server.pem.orig|.npmrc~|.netrc.save|.ssh.bak|.git~|server copy.key|\uff0eenv';

test.each(copies.split('|'))('the copy %j is hidden too', (name) => {
  expect(isHidden(name)).toBe(true);
});

const others =
  '.env.example|id_rsa.pub|environment|notes~|report.bak|Copy of notes.md|report (1).pdf|keyboard.md|environment.bak|' +
  'monkey.txt|#1 priority.md|2026-11-27.md|1.txt|~|.bashrc~|env.md|key.txt|pem.bak';

test.each(others.split('|'))('%j is not hidden', (name) => {
  expect(isHidden(name)).toBe(false);
});

test('a folder of very many long names costs little', () => {
  const started = process.cpuUsage();
  for (let n = 0; n < 50_000; n += 1) isHidden(`${'a'.repeat(230)}${n}.txt`);
  expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
});

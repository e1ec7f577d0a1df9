import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildS3Server } from './s3-binary.ts';

let folder: string;
let binary: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-build-'));
  binary = path.join(folder, 'cache/versitygw-v0');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Makes a go command that does this. */
function go(script: string): string {
  const file = path.join(folder, 'go');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

test('what go says is heard as it says it, and the program is kept', async () => {
  const lines: string[] = [];
  const made = `[ $1 = list ] && exit 0
echo 'go: downloading a.example/b' >&2; echo a.example/b >&2
mkdir -p $GOBIN; printf '#!/bin/sh\\n' > $GOBIN/versitygw; chmod +x $GOBIN/versitygw`;
  await buildS3Server({ binary, go: go(made), heard: (line) => lines.push(line) });
  expect(lines).toEqual(['go: downloading a.example/b', 'a.example/b']);
  expect(existsSync(binary)).toBe(true);
  expect(readdirSync(path.dirname(binary))).toEqual([path.basename(binary)]);
  await buildS3Server({ binary, go: go('echo again >&2; exit 1') });
});

test('a source that does not answer is given up on, with what was said last', async () => {
  const hanging = go("echo 'go: asking (a proxy)' >&2; exec sleep 600");
  await expect(buildS3Server({ binary, go: hanging, lookMs: 300 })).rejects.toThrow(
    /^no S3 server: versitygw cannot be built: go list took longer than 0\.3 s; it said last: go: asking a proxy $/,
  );
});

test('a build that fails leaves nothing behind and tells the last line', async () => {
  const failing = go("[ $1 = list ] && exit 0; mkdir -p $GOBIN; echo first >&2; echo 'disk full' >&2; exit 2");
  await expect(buildS3Server({ binary, go: failing })).rejects.toThrow('cannot be built: disk full');
  expect(readdirSync(path.dirname(binary))).toEqual([]);
});

test('without go the reason says so', async () => {
  await expect(buildS3Server({ binary, go: undefined })).rejects.toThrow('no S3 server: Go is not installed');
});

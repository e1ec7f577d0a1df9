import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { processEnvironment, type Environment } from '#shared/ground/config.ts';
import { lives, nameOfProcess } from '#shared/ground/lives.mjs';

/** The project's folder: where package.json lies. */
export const projectRoot = path.resolve(import.meta.dirname, '../..');

const serviceSchema = z.object({
  pid: z.number().int().optional(),
  /** By purpose (`metrics`, `mcp`, `page` …), as the service reports them when it is ready. */
  addresses: z.record(z.string(), z.string()).default({}),
});

const stackSchema = z.object({
  /** Process that started the stack and ends it. */
  pid: z.number().int(),
  /** Its name, which no later process gets. */
  process: z.string().optional(),
  startedAt: z.string(),
  /** The services' variables that a client needs to take part (REDIS_URL, TOOL_RUNNERS …). Holds secrets. */
  environment: z.record(z.string(), z.string()),
  services: z.record(z.string(), serviceSchema).default({}),
});

/** What is known about the stack that `npm start` runs in this folder. */
export type StackFile = z.output<typeof stackSchema>;

/** The folder in which `npm start` keeps everything: DRAGOMAN_STATE_DIR, or `.dragoman` in the project's folder. */
export function stateFolder(env: Environment = processEnvironment()): string {
  return path.resolve(env['DRAGOMAN_STATE_DIR'] || path.join(projectRoot, '.dragoman'));
}

function stackFilePath(): string {
  return path.join(stateFolder(), 'stack.json');
}

/** The stack that runs from here; undefined when none does. A file that a killed starter has left does not count. */
export function readStackFile(): StackFile | undefined {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(stackFilePath(), 'utf8'));
  } catch {
    return undefined;
  }
  const parsed = stackSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const { pid, process: name = String(pid) } = parsed.data;
  return lives(name) ? parsed.data : undefined;
}

/** Describes the running stack, for its owner only. The file is replaced in one step: readers see all or nothing. */
export function writeStackFile(stack: StackFile): void {
  const file = stackFilePath();
  const draft = `${file}.${process.pid}`;
  const named = { ...stack, process: nameOfProcess(stack.pid) };
  try {
    writeFileSync(draft, `${JSON.stringify(named, undefined, 2)}\n`, { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, file);
  } catch (error) {
    // On a full disk a part of it stands there. What is no file of ours is left alone.
    if (statSync(draft, { throwIfNoEntry: false })?.isFile()) rmSync(draft, { force: true });
    throw error;
  }
}

export function removeStackFile(): void {
  rmSync(stackFilePath(), { force: true });
}

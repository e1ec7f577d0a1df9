import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { processEnvironment, type Environment } from '#shared/ground/config.ts';
import { projectRoot, readStackFile } from '../stack-file.ts';

/**
 * The environment of a tool-runner of this folder. The person's environment comes first, then the variables that the
 * running stack was started with, then `.env` as `npm start` reads it.
 */
export function runnerEnvironment(root = projectRoot): Environment {
  const file = path.join(root, '.env');
  const written = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const set = Object.entries(processEnvironment()).filter(([, value]) => value !== '');
  return { ...written, ...readStackFile()?.environment, ...Object.fromEntries(set) };
}

import path from 'node:path';
import { processEnvironment, type Environment } from '#shared/ground/config.ts';
import { readEnvFile } from '../setup/env-file.ts';
import { projectRoot, readStackFile } from '../stack-file.ts';

/**
 * The environment of a tool-runner of this folder. The person's environment comes first, then the variables that the
 * running stack was started with, then `.env` as `npm start` reads it.
 */
export function runnerEnvironment(root = projectRoot): Environment {
  const written = readEnvFile(path.join(root, '.env'));
  const set = Object.entries(processEnvironment()).filter(([, value]) => value !== '');
  return { ...written, ...readStackFile()?.environment, ...Object.fromEntries(set) };
}

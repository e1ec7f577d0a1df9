import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

interface ComposeService {
  environment?: Record<string, unknown>;
  mem_limit?: string;
}

const file = path.resolve(import.meta.dirname, '../../compose.yaml');

/** A service of compose.yaml, with what it merges in. Throws when there is none with that name. */
export function composeService(name: string): ComposeService {
  const { services } = parse(readFileSync(file, 'utf8'), { merge: true }) as {
    services: Record<string, ComposeService>;
  };
  const service = services[name];
  if (!service) throw new Error(`compose.yaml has no service ${name}`);
  return service;
}

/** How many bytes a service's container may use. Throws when compose.yaml sets no limit. */
export function memoryLimit(name: string): number {
  const limit = composeService(name).mem_limit ?? '';
  const [, number, unit = ''] = /^(\d+)([kmg]?)b?$/i.exec(limit) ?? [];
  if (number === undefined) throw new Error(`compose.yaml gives ${name} no memory limit that can be read: ${limit}`);
  return Number(number) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
}

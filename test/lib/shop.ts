import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startTestPostgres, type TestPostgres } from './postgres.ts';

export interface TestShop extends TestPostgres {
  /** The database `shop` with the role that only reads. */
  readerUrl: string;
}

const demoFile = path.resolve(import.meta.dirname, '../../mcp/postgres/embedded/demo.sql');

/** A real PostgreSQL with the demo shop in the database `shop`, read by a role of mcp/postgres/role.sql. */
export async function startTestShop(): Promise<TestShop> {
  const server = await startTestPostgres();
  await server.admin('CREATE DATABASE shop');
  await server.admin(readFileSync(demoFile, 'utf8'), 'shop');
  return Object.assign(server, { readerUrl: await server.readOnlyRole('shop') });
}

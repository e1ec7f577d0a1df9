import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openArchive, type ArchiveDatabase } from '#shared/archive/database.ts';
import { startTestPostgres, type TestPostgres } from './postgres.ts';

export interface TestArchive extends AsyncDisposable {
  server: TestPostgres;
  /** The URL of the role that shared/archive/role.sql made. */
  url: string;
  archive: ArchiveDatabase;
}

const roleFile = path.resolve(import.meta.dirname, '../../shared/archive/role.sql');

/** An archive on a real PostgreSQL of its own, made in the way of shared/archive/archive.sh. */
export async function startTestArchive(): Promise<TestArchive> {
  await using building = new AsyncDisposableStack();
  const server = building.use(await startTestPostgres());
  await server.admin('CREATE DATABASE dragoman_archive');
  await server.admin(`SET dragoman.password = 'archive';${readFileSync(roleFile, 'utf8')}`, 'dragoman_archive');
  const url = server.url('dragoman_archive', 'archive', 'dragoman_archive');
  const archive = building.use(openArchive(url));
  const owned = building.move();
  return { server, url, archive, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

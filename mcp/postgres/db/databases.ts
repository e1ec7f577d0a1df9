import { Pool, type PoolClient } from 'pg';
import { ToolError } from '#mcp/kit.ts';
import type { Settings } from '../settings.ts';

/** How long a clean connection waits for its next use. */
const idleMs = 30_000;

/** How many databases stay connected at once. One more closes the one whose last use is longest ago. */
const maxPools = 8;

/** The connections to one server: a small pool per database, all with the role of the URL. */
export class Databases implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #pools = new Map<string, Pool>();
  /** The database that the URL names. */
  readonly main: string;

  constructor(settings: Settings) {
    this.#settings = settings;
    const url = new URL(settings.url);
    this.main = decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username);
  }

  /**
   * A connection without any state of its last user. The caller gives it back by `release`, or by `release(true)` when
   * its state is not known.
   * @throws ToolError when there is no such database, or it cannot be reached
   */
  async connect(database: string): Promise<PoolClient> {
    if (database.includes('\0') || Buffer.byteLength(database) > 63) {
      throw new ToolError('That is no name of a database. Call postgres_list_databases for the names.');
    }
    return this.#pool(database).connect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
    this.#pools.clear();
  }

  #pool(database: string): Pool {
    const known = this.#pools.get(database);
    if (known) {
      // A Map keeps the order of insertion, so this makes it the order of last use.
      this.#pools.delete(database);
      this.#pools.set(database, known);
      return known;
    }
    const pool = this.#createPool(database);
    this.#pools.set(database, pool);
    this.#dropOldest();
    return pool;
  }

  #createPool(database: string): Pool {
    const url = new URL(this.#settings.url);
    url.pathname = `/${encodeURIComponent(database)}`;
    const pool = new Pool({
      connectionString: url.href,
      application_name: 'dragoman',
      max: this.#settings.maxConnections,
      idleTimeoutMillis: idleMs,
      connectionTimeoutMillis: this.#settings.connectTimeoutMs,
      allowExitOnIdle: true,
    });
    // An idle connection that breaks fails no call: the pool drops it and the next call opens another.
    pool.on('error', () => undefined);
    return pool;
  }

  #dropOldest(): void {
    for (const [name, pool] of this.#pools) {
      if (this.#pools.size <= maxPools) return;
      if (pool.totalCount > pool.idleCount) continue;
      this.#pools.delete(name);
      pool.end().catch(() => undefined);
    }
  }
}

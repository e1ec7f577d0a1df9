import type { Client } from 'discord.js';

/** The part of the library's websocket that is used here. */
interface Socket {
  readyState: number;
  onerror: unknown;
  terminate(): void;
}

interface Shard {
  /** The library's own WebSocketShardStatus. */
  status: number;
  destroy(options: { reason: string; recover: number }): Promise<void>;
  connection?: Socket | null;
  internalConnect(): Promise<void>;
}

const closing = 2;
/** The library's WebSocketShardStatus and WebSocketShardDestroyRecovery. */
const resuming = 2;
const withNewSession = 0;

/** discord.js gives no access to its connections. If it keeps them elsewhere one day, none are found. */
function shardsById(client: Client): Map<number, Shard> {
  const { _ws: manager } = client.ws as unknown as { _ws?: { strategy?: { shards?: Map<number, Shard> } } | null };
  return manager?.strategy?.shards ?? new Map();
}

function shardsOf(client: Client): Shard[] {
  return [...shardsById(client).values()];
}

/**
 * Ends connections that still wait for the other side's goodbye at the second look. On a dead connection it never
 * comes, and the library would reconnect only after the 30 s that `ws` waits.
 */
export function createCloser(client: Client): () => void {
  let waiting = new Set<Socket>();
  return () => {
    const now = shardsOf(client).flatMap(({ connection }) => (connection?.readyState === closing ? connection : []));
    for (const socket of now) if (waiting.has(socket)) socket.terminate();
    waiting = new Set(now);
  };
}

/**
 * Gives up sessions that Discord does not resume, and begins new ones: the library waits for its answer without end. To
 * be called at each look with the shards of which anything was heard since the last; `patience` is a number of looks.
 */
export function createRenewer(client: Client, patience: number): (heard: ReadonlySet<number>) => void {
  const silent = new Map<number, number>();
  return (heard) => {
    for (const [id, shard] of shardsById(client)) {
      const looks = shard.status === resuming && !heard.has(id) ? (silent.get(id) ?? 0) + 1 : 0;
      silent.set(id, looks < patience ? looks : 0);
      if (looks < patience) continue;
      const options = { reason: 'Discord does not answer RESUME', recover: withNewSession };
      void shard.destroy(options).catch(() => undefined);
    }
  };
}

/** Ends the client for good, whatever its connection is doing; by itself it would finish a reconnect under way. */
export async function endClient(client: Client): Promise<void> {
  const shards = shardsOf(client);
  for (const shard of shards) shard.internalConnect = () => Promise.resolve();
  await client.destroy();
  for (const { connection } of shards) {
    if (!connection) continue;
    // A connection that is still being made ends with an error.
    connection.onerror = () => undefined;
    connection.terminate();
  }
}

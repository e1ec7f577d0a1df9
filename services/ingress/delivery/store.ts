import type { Redis } from 'ioredis';
import { keys } from '#shared/keys.ts';
import { keepRunsMs } from '#shared/runs.ts';

/** What is known of one message of a run: `0`, `1` … for parts of the answer, `approval:<id>` for cards. */
export interface StoredPart {
  /** Its id once it stands. */
  message?: string;
  channel?: string;
  /** Digest of the body that stands there. */
  digest?: string;
  /** When it was first tried, in milliseconds since the epoch. */
  triedAt?: number;
}

export interface Delivery {
  parts: Map<string, StoredPart>;
  /** What was left out of the question, for the person who asked. */
  warnings: string[];
  /** The whole answer stands. */
  done: boolean;
}

const partField = 'part:';

/** What of a run stands where in Discord. */
export interface DeliveryStore {
  read(runId: string): Promise<Delivery>;
  write(runId: string, name: string, part: StoredPart): Promise<void>;
  forget(runId: string, name: string): Promise<void>;
  writeWarnings(runId: string, warnings: string[]): Promise<void>;
  finish(runId: string): Promise<void>;
}

export function createDeliveryStore(redis: Redis): DeliveryStore {
  async function set(runId: string, field: string, value: string): Promise<void> {
    const key = keys.delivery(runId);
    await redis.pipeline().hset(key, field, value).pexpire(key, keepRunsMs).exec();
  }
  return {
    async read(runId) {
      const raw = await redis.hgetall(keys.delivery(runId));
      const parts = new Map<string, StoredPart>();
      for (const [field, value] of Object.entries(raw)) {
        if (field.startsWith(partField)) parts.set(field.slice(partField.length), JSON.parse(value) as StoredPart);
      }
      return {
        parts,
        warnings: JSON.parse(raw['warnings'] ?? '[]') as string[],
        done: raw['done'] === '1',
      };
    },
    write: (runId, name, part) => set(runId, `${partField}${name}`, JSON.stringify(part)),
    async forget(runId, name) {
      await redis.hdel(keys.delivery(runId), `${partField}${name}`);
    },
    writeWarnings: (runId, warnings) => set(runId, 'warnings', JSON.stringify(warnings)),
    finish: (runId) => set(runId, 'done', '1'),
  };
}

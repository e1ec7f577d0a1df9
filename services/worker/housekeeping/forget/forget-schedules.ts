import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { deleteSchedule, listSchedules } from '#shared/schedules/store.ts';

/** Forgets the scheduled questions of a person (`kind:id`), and the time zone that they named. Returns how many. */
export async function forgetSchedulesOf(redis: Redis, person: string): Promise<number> {
  const schedules = await listSchedules(redis, { person: person.slice(person.indexOf(':') + 1) });
  for (const { id } of schedules) await deleteSchedule(redis, id, person);
  await redis.hdel(keys.schedulesZones, person);
  return schedules.length;
}

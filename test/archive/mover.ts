import { openArchive } from '#shared/archive/database.ts';
import { moveAudit, moveRuns } from '#shared/archive/move.ts';
import { keys } from '#shared/redis/keys.ts';
import { connectRedis } from '#shared/redis/connect.ts';

// Moves everything to the archive as a worker does, so that a test can kill it: node test/archive/mover.ts <Redis>
// <archive> <key>
const [redisUrl = '', archiveUrl = '', key = ''] = process.argv.slice(2);
const redis = connectRedis(redisUrl, 'mover');
await using archive = openArchive(archiveUrl);
await archive.prepare();
process.stdout.write('ready\n');
for (;;) {
  const ids = await redis.zrange(keys.recent, '0', '39');
  const moved = await moveRuns(redis, archive, ids);
  const rows = await moveAudit(redis, archive, key, { ms: 0, max: 10 });
  if (moved + rows === 0) break;
}
redis.disconnect();

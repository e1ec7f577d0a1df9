import { config } from '#services/worker/config.ts';
import { createContext } from '#services/worker/context.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { startPlayedModel } from '#test/model/played-model.ts';
import type { Turn } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';

// A real worker in a process of its own, because its undici and that of discord.js cannot share one. Its model asks for
// what the test has planned. Its tools only count: `write_file` needs a yes, `read_file` does not.
const url = process.env['REDIS_URL'] ?? '';
const redis = connectRedis(url, 'played-tools');
const model = await startPlayedModel();
model.handle(async ({ user, step }) => {
  const plan = step === 0 ? await redis.get(`plan:${/plan (\S+)/.exec(user)?.[1]}`) : null;
  return plan === null ? { text: 'That is all.' } : (JSON.parse(plan) as Turn);
});

const count = (tool: string) => async () => {
  await redis.rpush('executions', tool);
  return 'done';
};
const toolbox = createPlayedToolbox({
  write_file: { run: count('write_file'), readOnly: false, permission: 'approve' },
  read_file: { run: count('read_file') },
});
const values = { REDIS_URL: url, LITELLM_API_BASE: model.url, DRAGOMAN_SIGNING_KEY: 'k'.repeat(32) };
const context = await createContext(config.parse({ ...values, POLICY_FILE: process.env['POLICY_FILE'] }), { toolbox });
process.stdout.write('{"msg":"ready"}\n');
process.once('SIGTERM', () => void close());

async function close(): Promise<void> {
  await context[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
  redis.disconnect();
}

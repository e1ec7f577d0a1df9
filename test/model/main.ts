import { readFileSync } from 'node:fs';
import { controlRoute } from './control.ts';
import { startPlayedModel, type PlayedModel } from './played-model.ts';
import { handlerOf, scriptFile } from './rules.ts';
import { openWitness } from './witness.ts';

// The played model as a separate process, for tests that kill things. It reads PLAYED_MODEL_PORT, PLAYED_MODEL_HOST,
// PLAYED_MODEL_RULES (a JSON file, see rules.ts), PLAYED_MODEL_WITNESS (a file that gets one synced line a request) and
// PLAYED_MODEL_LATENCY_MS.
const { PLAYED_MODEL_PORT, PLAYED_MODEL_HOST, PLAYED_MODEL_RULES, PLAYED_MODEL_WITNESS, PLAYED_MODEL_LATENCY_MS } =
  process.env;

const witness = PLAYED_MODEL_WITNESS ? openWitness(PLAYED_MODEL_WITNESS) : undefined;
const model: PlayedModel = await startPlayedModel({
  port: Number(PLAYED_MODEL_PORT ?? 0),
  host: PLAYED_MODEL_HOST ?? '127.0.0.1',
  keep: 100_000,
  extra: controlRoute(() => model),
  onRequest({ user, marker, step }, turn) {
    witness?.append({ at: Date.now(), user, marker, step, calls: turn.toolCalls?.map((call) => call.name) });
  },
});
if (PLAYED_MODEL_RULES) {
  const { rules } = scriptFile.parse(JSON.parse(readFileSync(PLAYED_MODEL_RULES, 'utf8')));
  model.handle(handlerOf(rules));
}
model.latency(Number(PLAYED_MODEL_LATENCY_MS ?? 0));
process.stdout.write(`${JSON.stringify({ ready: true, url: model.url, port: model.port })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void model[Symbol.asyncDispose]().then(() => witness?.[Symbol.dispose]());
  });
}

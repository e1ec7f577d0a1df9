import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { pick, randomOf } from './random.ts';
import { createWorld, type World } from './world.ts';

const steps = 14;
const conversations = ['a', 'b'];

/**
 * Plays one random sequence that follows from the seed, then lets everything end. Rejects where Redis and the model
 * differ.
 */
export async function playSequence(redis: Redis, seed: number): Promise<void> {
  const random = randomOf(seed);
  const name = `s${seed}`;
  const world = createWorld(redis, name);
  const trace: string[] = [];
  try {
    for (let step = 0; step < steps; step += 1) await oneStep(world, name, random, trace);
    trace.push('drain');
    await drain(world);
    await checkEnd(redis, world, name);
  } catch (error) {
    throw new Error(`SEQUENCE_SEED=${seed}: ${trace.join(', ')}`, { cause: error });
  }
}

async function oneStep(world: World, name: string, random: () => number, trace: string[]): Promise<void> {
  const run = pick(world.runs, random);
  const held = pick([...world.queue.held.keys()], random);
  const waiting = pick([...world.queue.waiting.keys()], random);
  const conversation = `${name}-${pick(conversations, random) ?? ''}`;
  const moves: [string, () => Promise<unknown>][] = [
    ['message', () => world.message(conversation, false)],
    ['message whose job is lost', () => world.message(conversation, true)],
    ['sweep', () => world.sweep()],
  ];
  if (waiting !== undefined) {
    const take: (typeof moves)[number] = [`claim ${waiting}`, () => world.take(waiting)];
    moves.push(take, take, take);
  }
  if (held !== undefined) {
    moves.push([`end ${held}`, () => world.end(held)]);
    moves.push([`ask ${held}`, () => world.ask(held)], [`ask ${held}`, () => world.ask(held)]);
    moves.push([`kill ${held}`, () => Promise.resolve(world.kill(held))]);
  }
  if (run) {
    moves.push([`again ${run.id}`, () => world.again(run)], [`late ${run.id}`, () => world.late(run)]);
    moves.push(
      [`allow ${run.id}`, () => world.decide(run, 'allow')],
      [`deny ${run.id}`, () => world.decide(run, 'deny')],
    );
    const commands = Math.floor(random() * 5);
    moves.push([`allow ${run.id} and die after ${commands}`, () => world.decideAndDie(run, 'allow', commands)]);
    moves.push([`stop ${run.id}`, () => world.stop(run)]);
  }
  const [what, move] = pick(moves, random)!;
  trace.push(what);
  await move();
}

/** Workers and people do their part until nothing is left, because every accepted run must end. */
async function drain(world: World): Promise<void> {
  for (let round = 0; world.runs.some(({ status }) => status !== 'ended'); round += 1) {
    if (round > 100) throw new Error(`stuck: ${JSON.stringify(world.runs)}`);
    await world.sweep();
    for (const job of world.queue.held.keys()) await world.end(job);
    for (const job of world.queue.waiting.keys()) {
      await world.take(job);
      if (world.queue.held.has(job)) await world.end(job);
    }
    for (const run of world.runs) if (run.status === 'waiting') await world.decide(run, 'allow');
  }
  for (const run of world.runs) await world.late(run);
  // This sweeps up what ended since the last sweep.
  await world.sweep();
}

async function checkEnd(redis: Redis, world: World, name: string): Promise<void> {
  for (const run of world.runs) {
    const types = (await world.journal(run)).map(({ entry }) => entry.type);
    const count = (type: string) => types.filter((each) => each === type).length;
    if (count('run.accepted') !== 1 || count('run.ended') !== 1) throw new Error(`${run.id}: ${types.join(' ')}`);
    if (count('run.claimed') !== run.epoch) throw new Error(`${run.id} was claimed otherwise than ${run.epoch} times`);
  }
  for (const conversation of conversations) {
    const mine = world.runs.filter((run) => run.conversation === `${name}-${conversation}`).map(({ id }) => id);
    const ended = world.done.filter((id) => mine.includes(id));
    const inOrder = mine.filter((id) => ended.includes(id));
    if (ended.join() !== inOrder.join()) throw new Error(`out of order: ${ended.join()}`);
    if ((await redis.exists(keys.line(`${name}-${conversation}`))) === 1) throw new Error('a line is left over');
  }
  if ((await redis.exists(keys.inflight(`terminal:${name}`))) === 1) throw new Error('something is in flight for ever');
}

import type { Plan, PlannedCall } from '../played/plan.ts';
import type { Rig } from './rig.ts';

/** Asks questions until it is stopped, and keeps a number of them open. */
export interface Load {
  /** Stops asking. Resolves when the last question was asked. Rejects when one could not be asked. */
  stop(): Promise<void>;
}

/** Keeps `open` questions under way. `plan` makes the next one. */
export function startLoad(rig: Rig, open: number, plan: () => Plan): Load {
  const stop = new AbortController();
  const work = (async () => {
    while (!stop.signal.aborted) {
      rig.look();
      for (let room = open - rig.ledger.open().length; room > 0 && !stop.signal.aborted; room -= 1) {
        await rig.ask(plan());
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  work.catch((error: unknown) => rig.fail(error));
  return {
    async stop() {
      stop.abort();
      await work;
    },
  };
}

/** Tools in the proportion in which plans call them. */
const tools = ['look', 'look', 'set', 'post', 'post'];
/** The same, and some that need a yes. */
const toolsAndQuestions = [...tools, ...tools, ...tools, ...tools, 'sign', 'lapse'];

/**
 * Plans of up to six calls of all kinds, some with an answer of several messages. `questions` adds calls that need a
 * yes, where `startHuman` plays the people.
 */
export function mixedPlans(draw: () => number, options: { questions?: boolean } = {}): () => Plan {
  const choice = options.questions ? toolsAndQuestions : tools;
  let count = 0;
  const calls = (): PlannedCall[] =>
    Array.from({ length: 1 + Math.floor(draw() * 5) }, () => {
      const tool = choice[Math.floor(draw() * choice.length)] ?? 'look';
      return { tool, ms: Math.floor(20 + draw() ** 2 * 400), times: tool === 'look' && draw() < 0.4 ? 2 : 1 };
    });
  return () => {
    count += 1;
    const lines = draw() < 0.2 ? 80 + Math.floor(draw() * 120) : 1 + Math.floor(draw() * 10);
    return { case: `c${count}`, calls: calls(), lines };
  };
}

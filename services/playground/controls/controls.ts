import type { PlaygroundContext } from '../context.ts';
import { talkControls, type TalkControls } from './talk.ts';
import { watchControls, type WatchControls } from './watch.ts';

/** Everything that a test, or the page, does with a playground. */
export interface Controls extends TalkControls, WatchControls {}

export function createControls(context: PlaygroundContext): Controls {
  return { ...talkControls(context), ...watchControls(context) };
}

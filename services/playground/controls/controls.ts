import type { PlaygroundContext } from '../context.ts';
import { interactControls, type InteractControls } from './interact.ts';
import { peopleControls, type PeopleControls } from './people.ts';
import { talkControls, type TalkControls } from './talk.ts';
import { troubleControls, type TroubleControls } from './trouble.ts';
import { watchControls, type WatchControls } from './watch.ts';

/** Everything that a test, or the page, can do with a playground. */
export interface Controls extends TalkControls, WatchControls, InteractControls, PeopleControls, TroubleControls {}

export function createControls(context: PlaygroundContext): Controls {
  return {
    ...talkControls(context),
    ...watchControls(context),
    ...interactControls(context),
    ...peopleControls(context),
    ...troubleControls(context),
  };
}

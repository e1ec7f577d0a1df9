import type { Turn } from '#test/model/turn.ts';
import { createPlayedToolbox, type PlayedToolbox } from '#test/worker/played-toolbox.ts';

const call = (name: string, about = 'it') => ({ name, arguments: { about } });

/** What the played model does in the stored runs, both when they are recorded and when they go on. */
export const scripts: Record<string, Turn[]> = {
  talk: [{ text: 'Good morning.' }],
  reads: [{ text: 'I look.', toolCalls: [call('look', 'a'), call('look', 'b')] }, { text: 'Seen both.' }],
  writes: [
    { toolCalls: [call('set')] },
    { toolCalls: [call('look')] },
    { toolCalls: [call('keyed')] },
    { text: 'Written.' },
  ],
  asks: [{ toolCalls: [call('look'), call('guarded')] }, { text: 'Allowed and done.' }],
  forgets: [{ toolCalls: [call('write', 'a')] }, { toolCalls: [call('write', 'b')] }, { text: 'Two writes.' }],
  mends: [{ toolCalls: [call('nonsense')] }, { toolCalls: [call('look')] }, { text: 'Mended.' }],
};

/** Tools of every kind. */
export function storedToolbox(): PlayedToolbox {
  return createPlayedToolbox({
    look: { run: () => 'seen' },
    set: { run: () => 'set', readOnly: false, repeatable: true },
    keyed: { run: () => 'kept', readOnly: false, remembered: true },
    write: { run: () => 'written', readOnly: false },
    guarded: { run: () => 'done', readOnly: false, permission: 'approve' },
  });
}

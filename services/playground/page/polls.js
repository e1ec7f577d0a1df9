import { h } from './dom.js';
import { timeView } from './times.js';

/** A poll as it was asked. Votes are not played. */
export function pollView(poll) {
  const several = poll.allow_multiselect === true;
  const answers = (poll.answers ?? []).map(({ poll_media: { text, emoji } = {} }) =>
    h('li', {}, [emoji?.name, text].filter(Boolean).join(' ')),
  );
  const end = Date.parse(poll.expiry ?? '');
  return h(
    'section',
    { class: 'poll', 'aria-label': 'Poll' },
    h('b', {}, poll.question?.text ?? ''),
    h('p', { class: 'hint' }, several ? 'Select one or more answers' : 'Select one answer'),
    h('ul', {}, answers),
    h(
      'p',
      { class: 'hint' },
      'The playground takes no votes.',
      !Number.isNaN(end) && [' Ends ', timeView(end / 1000, 'R')],
    ),
  );
}

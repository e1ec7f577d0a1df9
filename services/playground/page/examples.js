import { byId, h } from './dom.js';
import { store, userName } from './store.js';

/** Questions that the demo's data answers, with any model. */
export const QUESTIONS = [
  'Which tables are in the database?',
  'How many customers are there?',
  'What time is it in Tokyo?',
  'Which buckets exist?',
];

const KEY = 'playground.examples';

/** They are for somebody who has not written here yet. */
export function updateExamples() {
  const root = byId('examples');
  if (root) root.hidden = !wanted();
}

function wanted() {
  const wrote = [...store.messages.values()].some(({ author }) => author.id === store.snapshot.me);
  return !wrote && localStorage.getItem(KEY) !== 'off' && store.snapshot.bot.online;
}

/** Questions to begin with, until one is asked or they are put away. A press sends one as if it had been typed. */
export function examples(here, send) {
  const bot = userName(store.snapshot.bot.id);
  const root = h('div', { id: 'examples', hidden: !wanted() });
  const away = () => {
    localStorage.setItem(KEY, 'off');
    root.hidden = true;
  };
  const chips = QUESTIONS.map((question) =>
    h(
      'button',
      { type: 'button', class: 'example', onclick: () => send(here.with ? question : `@${bot} ${question}`) },
      question,
    ),
  );
  root.append(h('span', { class: 'hint' }, 'Try:'), ...chips);
  root.append(h('button', { type: 'button', class: 'quiet', 'aria-label': 'Hide the examples', onclick: away }, '✕'));
  return root;
}

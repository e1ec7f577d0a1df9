import { byId, h } from './dom.js';
import { markdown } from './markdown.js';
import { SAMPLES } from './samples.js';
import { loadSnapshot } from './store.js';
import { startTicking } from './times.js';
import { setUpTheme } from './theme.js';

/** A row: what was written, what this page draws, and what Discord is documented to do. */
function row({ text, says, from }) {
  return h(
    'tr',
    {},
    h('td', {}, h('pre', {}, text)),
    h('td', {}, h('div', { class: 'text' }, markdown(text))),
    h('td', {}, says, ' ', h('small', { class: 'dim' }, from)),
  );
}

setUpTheme();
await loadSnapshot();
byId('rows').replaceChildren(...SAMPLES.map((sample) => row(sample)));
startTicking();

import { h } from './dom.js';
import { names } from './mentions.js';
import { guildOf, user } from './store.js';

const MOST = 8;

/** The people, roles and channels that an @ or # before the cursor could mean. */
export function mentionMenu(box, changed) {
  const [, sign, begun] = /(?:^|\s)([@#])([\p{L}\p{N}_.-]*)$/u.exec(box.value.slice(0, box.selectionStart)) ?? [];
  if (sign === undefined) return [];
  const fitting = offered(sign)
    .filter(({ name }) => name.toLowerCase().startsWith(begun.toLowerCase()))
    .slice(0, MOST);
  if (fitting.length === 0) return [];
  const choose = (name) => {
    const end = box.selectionStart;
    const before = box.value.slice(0, end - begun.length);
    box.value = `${before}${name} ${box.value.slice(end)}`;
    box.focus();
    box.selectionStart = before.length + name.length + 1;
    box.selectionEnd = box.selectionStart;
    changed();
  };
  const items = fitting.map(({ name, hint }) =>
    h(
      'button',
      { type: 'button', class: 'suggestion', onclick: () => choose(name) },
      `${sign}${name}`,
      hint && h('small', {}, ` ${hint}`),
    ),
  );
  // A name that was typed to its end is sent as it stands.
  const whole = fitting.some(({ name }) => name === begun);
  return [h('div', { class: whole ? 'menu whole' : 'menu', 'aria-label': 'People, roles and channels' }, items)];
}

function offered(sign) {
  if (sign === '#') return (guildOf()?.channels ?? []).map(({ name }) => ({ name }));
  return names().map(({ name, id, role }) => ({ name, hint: role ? 'role' : user(id)?.bot ? 'app' : undefined }));
}

import { h } from './dom.js';
import { allChannels, channelTitle, guildOf, user, userName } from './store.js';

/** From this many choices on there is a box to search in. */
const SEARCH_FROM = 10;

/**
 * A select menu as Discord has it: a box that opens a list. `onchosen` gets the values once the list is closed, and
 * only when they changed.
 */
export function picker(component, { onchosen = () => undefined, label } = {}) {
  const options = choicesOf(component);
  const least = component.min_values ?? 1;
  const most = component.max_values ?? 1;
  let chosen = startingValues(component, options);
  let before = chosen;
  const placeholder = component.placeholder || 'Make a selection';
  const shown = h('span', {});
  const box = h(
    'button',
    {
      type: 'button',
      class: 'picker-box',
      disabled: component.disabled === true,
      'aria-haspopup': 'listbox',
      'aria-expanded': 'false',
      'aria-label': label ?? placeholder,
      onclick: () => (list.hidden ? open() : close()),
    },
    shown,
    h('span', { 'aria-hidden': 'true' }, '▾'),
  );
  const items = h('div', {
    role: 'listbox',
    'aria-multiselectable': String(most > 1),
    'aria-label': label ?? placeholder,
  });
  const search = h('input', {
    type: 'search',
    placeholder: 'Search',
    'aria-label': 'Search',
    oninput: () => drawItems(),
  });
  const hint = h('p', { class: 'hint' }, least === most ? `Choose ${most}` : `Choose ${least} to ${most}`);
  const done = h('button', { type: 'button', class: 'primary', onclick: () => close() }, 'Done');
  const foot = most > 1 && h('div', { class: 'picker-foot' }, hint, done);
  const list = h('div', { class: 'picker-list', hidden: true }, options.length >= SEARCH_FROM && search, items, foot);
  const element = h('div', { class: 'picker' }, box, list);

  function drawBox() {
    const names = options.filter(({ value }) => chosen.includes(value)).map((option) => option.label);
    shown.textContent = names.join(', ') || placeholder;
    shown.className = names.length > 0 ? '' : 'dim';
  }
  function drawItems() {
    const wanted = search.value.toLowerCase();
    const fitting = options.filter((option) => option.label.toLowerCase().includes(wanted));
    items.replaceChildren(
      ...fitting.map((option) => item(option, chosen.includes(option.value), () => toggle(option))),
    );
    if (fitting.length === 0) items.replaceChildren(h('p', { class: 'hint' }, 'Nothing like that is offered.'));
  }
  function toggle({ value }) {
    if (most === 1) {
      chosen = least === 0 && chosen.includes(value) ? [] : [value];
      return close();
    }
    if (chosen.includes(value)) chosen = chosen.filter((other) => other !== value);
    else if (chosen.length < most) chosen = [...chosen, value];
    drawBox();
    drawItems();
  }
  function open() {
    before = chosen;
    list.hidden = false;
    box.setAttribute('aria-expanded', 'true');
    drawItems();
    (options.length >= SEARCH_FROM ? search : items.querySelector('[role=option]'))?.focus();
    document.addEventListener('pointerdown', outside);
  }
  function close() {
    list.hidden = true;
    box.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside);
    box.focus();
    drawBox();
    const changed = before.join('\n') !== chosen.join('\n');
    if (changed && chosen.length >= least) onchosen(chosen);
  }
  const outside = (event) => element.contains(event.target) || close();
  element.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = [...items.querySelectorAll('[role=option]')];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  });
  drawBox();
  return { element, values: () => chosen };
}

function item({ label, description, emoji }, selected, onclick) {
  return h(
    'button',
    { type: 'button', role: 'option', class: 'option', 'aria-selected': String(selected), onclick },
    h('span', {}, [emoji?.name, label].filter(Boolean).join(' '), description && h('small', {}, description)),
    h('span', { 'aria-hidden': 'true' }, selected ? '✓' : ''),
  );
}

function startingValues(component, options) {
  const preset = (component.default_values ?? []).map(({ id }) => id);
  return options.filter((option) => option.default === true || preset.includes(option.value)).map(({ value }) => value);
}

/** What the menu offers: its own options, or the people, roles and channels of the place. */
function choicesOf(component) {
  const guild = guildOf();
  const people = () =>
    guild
      ? guild.members.map(({ id }) => ({
          value: id,
          label: userName(id),
          description: user(id)?.bot ? 'app' : undefined,
        }))
      : [];
  const roles = () => (guild?.roles ?? []).map(({ id, name }) => ({ value: id, label: name, description: 'role' }));
  switch (component.type) {
    case 3:
      return component.options ?? [];
    case 5:
      return people();
    case 6:
      return roles();
    case 7:
      return [...people(), ...roles()];
    default:
      return allChannels()
        .filter(({ type, with: other }) => !other && (component.channel_types ?? [type]).includes(type))
        .map((c) => ({ value: c.id, label: channelTitle(c) }));
  }
}

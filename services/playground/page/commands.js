import { act } from './api.js';
import { settle } from './modal.js';
import { h } from './dom.js';
import { guildOf, store, user } from './store.js';

const SUBCOMMAND = 1;
const GROUP = 2;

/** The slash commands that begin with what was typed. Each subcommand is listed by itself. */
export function commandMenu(here, typed, choose) {
  const wanted = typed.slice(1).toLowerCase();
  const fitting = here.commands
    .filter(({ type }) => type === 1)
    .flatMap((command) => spread(command))
    .filter(({ title }) => title.startsWith(wanted) || wanted.startsWith(title))
    .slice(0, 12);
  const items = fitting.map((command) =>
    h(
      'button',
      { type: 'button', class: 'suggestion', onclick: () => choose(command) },
      h('b', {}, `/${command.title}`),
      ` ${command.description}`,
    ),
  );
  if (items.length === 0) items.push(h('p', { class: 'hint' }, 'The bot has no such command here.'));
  return h('div', { class: 'menu', 'aria-label': 'Commands' }, items);
}

function spread(command, path = [], root = command) {
  const options = command.options ?? [];
  const nested = options.filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (nested.length > 0) return nested.flatMap((inner) => spread(inner, [...path, inner.name], root));
  const title = [root.name, ...path].join(' ');
  return [{ title, name: root.name, subcommand: path.join(' '), description: command.description, options }];
}

/** A form for a command's options; without options it is only a button. */
export function commandForm(command, close) {
  const channelId = store.channelId;
  const form = h(
    'form',
    { class: 'command-form', 'aria-label': `/${command.title}` },
    h('b', {}, `/${command.title}`),
    command.options.map((option) => field(command, option, () => valuesOf(form))),
    h('button', { type: 'submit', class: 'primary' }, 'Run'),
    h('button', { type: 'button', class: 'quiet', onclick: close }, 'Cancel'),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const options = valuesOf(form);
    close();
    settle(await act('command', { channel: channelId, author: store.me, ...named(command), options }));
  });
  return form;
}

function named(command) {
  return { name: command.name, ...(command.subcommand && { subcommand: command.subcommand }) };
}

function valuesOf(form) {
  const entries = [...new FormData(form)].filter(([, value]) => value !== '');
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function field(command, option, values) {
  const props = { name: option.name, required: option.required === true, 'aria-label': option.name };
  const title = `${option.name}${option.required ? '' : ' (optional)'}`;
  return h('label', { title: option.description }, h('span', {}, title), input(command, option, props, values));
}

function input(command, option, props, values) {
  const choices = choicesOf(option);
  if (choices) {
    const items = choices.map(({ name, value }) => h('option', { value }, name));
    return h('select', props, h('option', { value: '' }, '—'), items);
  }
  const number = option.type === 4 || option.type === 10;
  const bounds = {
    minlength: option.min_length,
    maxlength: option.max_length,
    min: option.min_value,
    max: option.max_value,
  };
  const box = h('input', {
    ...props,
    ...bounds,
    type: number ? 'number' : 'text',
    step: option.type === 10 ? 'any' : undefined,
    autocomplete: 'off',
  });
  return option.autocomplete ? suggesting(command, option, box, values) : box;
}

function choicesOf(option) {
  if (option.choices?.length > 0) return option.choices;
  const guild = guildOf();
  if (option.type === 5)
    return [
      { name: 'yes', value: 'true' },
      { name: 'no', value: 'false' },
    ];
  if (option.type === 6) return store.snapshot.users.map(({ id, name }) => ({ name, value: id }));
  if (option.type === 7) return (guild?.channels ?? []).map(({ id, name }) => ({ name: `#${name}`, value: id }));
  if (option.type === 8) return (guild?.roles ?? []).map(({ id, name }) => ({ name, value: id }));
  if (option.type === 9) return (guild?.members ?? []).map(({ id }) => ({ name: user(id)?.name ?? id, value: id }));
  return undefined;
}

/** A text box that asks the bot for suggestions a moment after the last key press. */
function suggesting(command, option, box, values) {
  const list = h('datalist', { id: `suggest-${option.name}` });
  box.setAttribute('list', list.id);
  let timer;
  box.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const use = { channel: store.channelId, author: store.me, ...named(command), focused: option.name };
      const found = await act('autocomplete', { ...use, options: { ...values(), [option.name]: box.value } });
      list.replaceChildren(...(found ?? []).map(({ name, value }) => h('option', { value, label: name })));
    }, 250);
  });
  return h('span', {}, box, list);
}

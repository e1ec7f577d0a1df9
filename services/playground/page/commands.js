import { act } from './api.js';
import { h } from './dom.js';
import { filePicker, fileTray } from './files.js';
import { settle } from './modal.js';
import { allChannels, channelTitle, guildOf, store, userName } from './store.js';

const SUBCOMMAND = 1;
const GROUP = 2;
const SUGGEST_AFTER_MS = 250;

/** The slash commands that begin with what was typed. Each subcommand is listed by itself. */
export function commandMenu(here, typed, choose) {
  const wanted = typed.slice(1).toLowerCase();
  const fitting = here.commands
    .filter(({ type }) => type === 1)
    .flatMap((command) => spread(command))
    .filter(({ title }) => title.startsWith(wanted) || wanted.startsWith(title));
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
  const fields = command.options.map((option) => fieldOf(command, option, () => given(fields)));
  const form = h(
    'form',
    { class: 'command-form', 'aria-label': `/${command.title}` },
    h('b', {}, `/${command.title}`),
    fields.map(({ view }) => view),
    h('button', { type: 'submit', class: 'primary' }, 'Run'),
    h('button', { type: 'button', class: 'quiet', onclick: close }, 'Cancel'),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const options = given(fields);
    close();
    settle(await act('command', { channel: channelId, author: store.me, ...named(command), options }));
  });
  return form;
}

function named(command) {
  return { name: command.name, ...(command.subcommand && { subcommand: command.subcommand }) };
}

/** The options that were filled in, by name. */
function given(fields) {
  const filled = fields.map(({ name, value }) => [name, value()]);
  return Object.fromEntries(filled.filter(([, value]) => value !== '' && value !== undefined));
}

function fieldOf(command, option, others) {
  const title = `${option.name}${option.required ? '' : ' (optional)'}`;
  const props = { required: option.required === true, 'aria-label': option.name, title: option.description };
  const { control, value } = controlOf(command, option, props, others);
  const view = h(option.type === 11 ? 'div' : 'label', { class: 'field' }, h('span', {}, title), control);
  return { name: option.name, view, value };
}

function controlOf(command, option, props, others) {
  if (option.type === 11) {
    const tray = fileTray({ most: 1 });
    const choose = filePicker(tray, { title: option.name, text: 'Choose a file', multiple: false });
    return { control: h('span', {}, choose, tray.element), value: () => tray.values()[0] };
  }
  const choices = choicesOf(option);
  if (choices) {
    const items = choices.map(({ name, value }) => h('option', { value }, name));
    const list = h('select', props, h('option', { value: '' }, '—'), items);
    return { control: list, value: () => list.value };
  }
  const box = textBox(option, props);
  return option.autocomplete ? suggesting(command, option, box, others) : { control: box, value: () => box.value };
}

function textBox(option, props) {
  const number = option.type === 4 || option.type === 10;
  return h('input', {
    ...props,
    minlength: option.min_length,
    maxlength: option.max_length,
    min: option.min_value,
    max: option.max_value,
    type: number && !option.autocomplete ? 'number' : 'text',
    step: option.type === 10 ? 'any' : undefined,
    autocomplete: 'off',
  });
}

function choicesOf(option) {
  if (option.choices?.length > 0) return option.choices;
  const guild = guildOf();
  const people = () => (guild?.members ?? []).map(({ id }) => ({ name: userName(id), value: id }));
  const roles = () => (guild?.roles ?? []).map(({ id, name }) => ({ name, value: id }));
  switch (option.type) {
    case 5:
      return [
        { name: 'True', value: 'true' },
        { name: 'False', value: 'false' },
      ];
    case 6:
      return people();
    case 7:
      return allChannels()
        .filter(({ type, with: other }) => !other && (option.channel_types ?? [type]).includes(type))
        .map((c) => ({ name: channelTitle(c), value: c.id }));
    case 8:
      return roles();
    case 9:
      return [...people(), ...roles()];
    default:
      return undefined;
  }
}

/** A text box that asks the bot for suggestions a moment after the last key press; each has a name and a value. */
function suggesting(command, option, box, others) {
  const list = h('div', {
    class: 'menu suggested',
    role: 'listbox',
    'aria-label': `Suggestions for ${option.name}`,
    hidden: true,
  });
  let chosen;
  let timer;
  const choose = (choice) => {
    chosen = choice;
    box.value = choice.name;
    list.hidden = true;
    box.focus();
  };
  const look = async () => {
    const use = { channel: store.channelId, author: store.me, ...named(command), focused: option.name };
    const text = box.value;
    const found = await act('autocomplete', { ...use, options: { ...others(), [option.name]: text } });
    if (box.value !== text || document.activeElement !== box) return;
    list.replaceChildren(
      ...(found ?? []).map((choice) =>
        h(
          'button',
          { type: 'button', role: 'option', class: 'suggestion', onclick: () => choose(choice) },
          choice.name,
        ),
      ),
    );
    list.hidden = (found ?? []).length === 0;
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, SUGGEST_AFTER_MS);
  };
  box.addEventListener('input', () => {
    chosen = undefined;
    soon();
  });
  box.addEventListener('focus', soon);
  const control = h('span', { class: 'suggesting' }, box, list);
  control.addEventListener('keydown', (event) => moveIn(event, box, list));
  control.addEventListener('focusout', (event) => (list.hidden = !control.contains(event.relatedTarget)));
  return { control, value: () => (chosen ? String(chosen.value) : box.value) };
}

function moveIn(event, box, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === 'Escape') list.hidden = true;
  if (step === undefined || list.hidden) return;
  event.preventDefault();
  const all = [box, ...list.querySelectorAll('button')];
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
}

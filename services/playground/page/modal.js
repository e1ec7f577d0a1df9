import { act } from './api.js';
import { ask, h, toast } from './dom.js';
import { filePicker, fileTray } from './files.js';
import { markdown } from './markdown.js';
import { picker } from './picker.js';

const SHORT = 1;

/** Shows an interaction's outcome to the person: nothing when it went well, and the modal when there is one. */
export function settle(outcome) {
  if (!outcome) return;
  if (outcome.failed) toast('The application did not respond.');
  if (outcome.modal) void showModal(outcome);
}

/** Shows the form that a bot answered with, and sends what was filled in. It stays open until the bot has answered. */
async function showModal({ id, modal }) {
  const fields = modal.components.map((row) => fieldOf(row));
  await ask({
    title: modal.title,
    body: h(
      'div',
      { class: 'fields' },
      fields.map(({ view }) => view),
    ),
    submit: 'Submit',
    read: () => Object.fromEntries(fields.filter(({ id: name }) => name).map(({ id: name, value }) => [name, value()])),
    async send(values) {
      const outcome = await act('submit-modal', { interaction: id, values });
      if (!outcome) return false;
      if (outcome.failed) toast('Something went wrong. Try again.');
      else settle(outcome);
      return !outcome.failed;
    },
  });
}

/** A row of the form: what is seen, the field's id, and how its value is read. A row of text has no id. */
function fieldOf(row) {
  if (row.type === 10) return { view: h('div', { class: 'text' }, markdown(row.content)) };
  const input = row.components?.[0] ?? row.component ?? {};
  const label = row.label ?? input.label ?? '';
  const { control, value } = controlOf(input, label);
  const needed = input.required !== false && input.type !== 23;
  const view = h(
    input.type === 4 ? 'label' : 'div',
    { class: 'field' },
    h('span', { class: 'field-label' }, label, needed && h('span', { class: 'needed', 'aria-hidden': 'true' }, ' *')),
    row.description && h('small', {}, row.description),
    control,
  );
  return { view, id: input.custom_id, value };
}

function controlOf(input, label) {
  switch (input.type) {
    case 4:
      return textInput(input, label);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8: {
      const made = picker(input, { label });
      return { control: made.element, value: made.values };
    }
    case 19: {
      const tray = fileTray({ most: input.max_values ?? 1 });
      const choose = filePicker(tray, { title: label, text: 'Choose files', multiple: (input.max_values ?? 1) > 1 });
      return { control: h('div', {}, choose, tray.element), value: tray.values };
    }
    case 21:
      return boxes(input, label, 'radio', ([first]) => first ?? '');
    case 22:
      return boxes(input, label, 'checkbox', (values) => values);
    case 23: {
      const box = h('input', { type: 'checkbox', 'aria-label': label, checked: input.default === true });
      return { control: box, value: () => box.checked };
    }
    default:
      return {
        control: h('p', { class: 'hint' }, `A field of type ${input.type}, which the playground does not show.`),
      };
  }
}

function textInput(input, label) {
  const short = input.style === SHORT;
  const box = h(short ? 'input' : 'textarea', {
    type: short ? 'text' : undefined,
    rows: short ? undefined : 7,
    'aria-label': label,
    required: input.required !== false,
    placeholder: input.placeholder,
    minlength: input.min_length,
    maxlength: input.max_length ?? 4000,
    value: input.value ?? '',
  });
  return { control: box, value: () => box.value };
}

function boxes(input, label, type, read) {
  const all = (input.options ?? []).map((option) => ({
    option,
    box: h('input', { type, name: input.custom_id, checked: option.default === true }),
  }));
  const lines = all.map(({ option, box }) =>
    h(
      'label',
      { class: 'check' },
      box,
      h('span', {}, option.label, option.description && h('small', {}, option.description)),
    ),
  );
  const value = () => read(all.filter(({ box }) => box.checked).map(({ option }) => option.value));
  return { control: h('div', { role: 'group', 'aria-label': label }, lines), value };
}

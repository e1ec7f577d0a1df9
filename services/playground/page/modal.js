import { act } from './api.js';
import { ask, h, toast } from './dom.js';

/** Shows an interaction's outcome to the person: nothing when it went well, and the modal when there is one. */
export function settle(outcome) {
  if (!outcome) return;
  if (outcome.failed) toast('The application did not respond.');
  if (outcome.modal) void showModal(outcome);
}

/** Shows the form that a bot answered with, and sends what was filled in. */
async function showModal(outcome) {
  const fields = outcome.modal.components.map((row) => fieldView(row));
  const values = await ask({
    title: outcome.modal.title,
    body: h('div', { class: 'fields' }, fields),
    submit: 'Submit',
    read: (form) => Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)])),
  });
  if (values) settle(await act('submit-modal', { interaction: outcome.id, values }));
}

function fieldView(row) {
  if (row.type === 10) return h('p', {}, row.content);
  const input = row.components?.[0] ?? row.component;
  const text = row.label ?? input.label ?? '';
  const common = {
    name: input.custom_id,
    required: input.required !== false,
    placeholder: input.placeholder,
    minlength: input.min_length,
    maxlength: input.max_length ?? 4000,
  };
  return h(
    'label',
    {},
    h('span', {}, text),
    row.description && h('small', {}, row.description),
    control(input, common),
  );
}

function control(input, common) {
  if (input.type === 3) {
    const options = (input.options ?? []).map(({ value, label }) => h('option', { value }, label));
    return h('select', { name: common.name, required: common.required }, options);
  }
  const value = input.value ?? '';
  return input.style === 2
    ? h('textarea', { ...common, rows: 4, value })
    : h('input', { ...common, type: 'text', value });
}

import { act } from './api.js';
import { h } from './dom.js';
import { attachmentView } from './embeds.js';
import { markdown } from './markdown.js';
import { settle } from './modal.js';
import { guildOf, store, user } from './store.js';

const STYLES = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger', 5: 'link' };

/** A message's components: older ones in rows, newer ones (text, sections, containers) as they are nested. */
export function componentView(component, message) {
  const children = () => (component.components ?? []).map((inner) => componentView(inner, message));
  switch (component.type) {
    case 1:
      return h('div', { class: 'row' }, children());
    case 2:
      return button(component, message);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return select(component, message);
    case 9:
      return h('div', { class: 'section' }, h('div', {}, children()), componentView(component.accessory, message));
    case 10:
      return h('div', { class: 'text' }, markdown(component.content));
    case 12:
      return h(
        'div',
        {},
        (component.items ?? []).map((item) => fileOf(item.media, message)),
      );
    case 13:
      return fileOf(component.file, message);
    case 14:
      return h('hr', {});
    case 17:
      return h('div', { class: 'container' }, children());
    default:
      return h('p', { class: 'hint' }, `A component of type ${component.type}, which the playground does not show.`);
  }
}

function fileOf(media, message) {
  const name = String(media?.url ?? '').replace('attachment://', '');
  const attachment = message.attachments.find((a) => a.filename === name);
  return attachment ? attachmentView(attachment) : h('p', { class: 'hint' }, name);
}

function label(component) {
  return [component.emoji?.name, component.label].filter(Boolean).join(' ');
}

function button(component, message) {
  const look = `button ${STYLES[component.style] ?? 'secondary'}`;
  if (component.style === 5) {
    const safe = /^https?:\/\//.test(component.url) ? component.url : undefined;
    return h(
      'a',
      { class: look, href: safe, target: '_blank', rel: 'noopener noreferrer nofollow' },
      `${label(component)} ↗`,
    );
  }
  const press = () => use(element, 'click', { message: message.id, author: store.me, customId: component.custom_id });
  const element = h(
    'button',
    { type: 'button', class: look, disabled: component.disabled === true, onclick: press },
    label(component),
  );
  return element;
}

function select(component, message) {
  const placeholder = component.placeholder ?? 'Choose';
  const options = choices(component).map(({ value, label: text, default: chosen }) =>
    h('option', { value, selected: chosen === true }, text),
  );
  const several = (component.max_values ?? 1) > 1;
  const element = h('select', { 'aria-label': placeholder, disabled: component.disabled === true, multiple: several });
  if (!several) element.append(h('option', { value: '', disabled: true, selected: true }, placeholder));
  element.append(...options);
  const send = () => {
    const values = [...element.selectedOptions].map(({ value }) => value);
    return use(element, 'select', { message: message.id, author: store.me, customId: component.custom_id, values });
  };
  if (!several) {
    element.addEventListener('change', send);
    return element;
  }
  return h('div', { class: 'row' }, element, h('button', { type: 'button', class: 'button', onclick: send }, 'Choose'));
}

function choices(component) {
  const guild = guildOf();
  const people = () => (guild?.members ?? []).map(({ id }) => ({ value: id, label: user(id)?.name ?? id }));
  const roles = () => (guild?.roles ?? []).map(({ id, name }) => ({ value: id, label: name }));
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
      return (guild?.channels ?? []).map(({ id, name }) => ({ value: id, label: `#${name}` }));
  }
}

/** Uses a component, shows that the use is under way, and then its outcome. */
async function use(element, action, body) {
  element.disabled = true;
  element.setAttribute('aria-busy', 'true');
  const outcome = await act(action, body);
  element.disabled = false;
  element.removeAttribute('aria-busy');
  settle(outcome);
}

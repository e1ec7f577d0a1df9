import { act } from './api.js';
import { h } from './dom.js';
import { attachmentView, hiddenUntilPressed, localPath, pictureView } from './attachments.js';
import { markdown } from './markdown.js';
import { settle } from './modal.js';
import { picker } from './picker.js';
import { store } from './store.js';

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
    case 11:
      return h('div', { class: 'thumbnail' }, pictureOf(component, message));
    case 12:
      return h(
        'div',
        { class: 'gallery' },
        (component.items ?? []).map((item) => pictureOf(item, message)),
      );
    case 13:
      return fileOf(component.file, message);
    case 14:
      return h(component.divider === false ? 'div' : 'hr', { class: component.spacing === 2 ? 'gap wide' : 'gap' });
    case 17:
      return container(component, children());
    default:
      return h('p', { class: 'hint' }, `A component of type ${component.type}, which the playground does not show.`);
  }
}

function container(component, children) {
  const box = h('div', { class: 'container' }, children);
  const { accent_color: accent } = component;
  if (typeof accent === 'number') box.style.borderInlineStartColor = `#${accent.toString(16).padStart(6, '0')}`;
  return component.spoiler ? hiddenUntilPressed(box) : box;
}

/** The attachment that `attachment://name` means. */
function attached(media, message) {
  const name = /^attachment:\/\/(.+)$/.exec(media?.url ?? '')?.[1];
  return message.attachments.find(({ filename, url }) => filename === name || url === media?.url);
}

function pictureOf({ media, description, spoiler }, message) {
  const path = localPath(attached(media, message)?.url ?? media?.url ?? '');
  if (!path) return h('p', { class: 'hint' }, `Picture at ${media?.url}`);
  const view = pictureView(path, description ?? '');
  return spoiler ? hiddenUntilPressed(view) : view;
}

function fileOf(media, message) {
  const attachment = attached(media, message);
  return attachment ? attachmentView(attachment) : h('p', { class: 'hint' }, String(media?.url));
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
  const { element } = picker(component, {
    onchosen: (values) =>
      use(element, 'select', { message: message.id, author: store.me, customId: component.custom_id, values }),
  });
  return element;
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

import { act } from './api.js';
import { componentView } from './components.js';
import { h } from './dom.js';
import { attachmentView, embedView } from './embeds.js';
import { inline } from './markdown-inline.js';
import { markdown } from './markdown.js';
import { messageActions } from './message-actions.js';
import { nameColor, store, userName } from './store.js';

const SUPPRESS_EMBEDS = 4;
const GROUP_MS = 5 * 60_000;

/** One message as Discord would show it; `before` is the one above it. */
export function messageView(message, before) {
  const mine = message.pings.includes(store.snapshot.me);
  const grouped = followsOn(message, before);
  const kind = ['message', mine && 'pinged', grouped && 'grouped', message.visibleTo && 'ephemeral'];
  return h(
    'article',
    {
      class: kind.filter(Boolean).join(' '),
      id: `m${message.id}`,
      'aria-label': `${userName(message.author.id)}, ${clock(message)}`,
    },
    origin(message),
    !grouped &&
      h(
        'span',
        { class: 'avatar', background: avatarColor(message.author.id), 'aria-hidden': 'true' },
        initial(message),
      ),
    h('div', { class: 'body' }, !grouped && head(message), content(message), foot(message)),
    messageActions(message),
  );
}

function followsOn(message, before) {
  if (!before || message.replyTo || message.interaction || message.visibleTo || before.visibleTo) return false;
  return before.author.id === message.author.id && new Date(message.timestamp) - new Date(before.timestamp) < GROUP_MS;
}

function initial(message) {
  return [...userName(message.author.id)][0]?.toUpperCase() ?? '?';
}

function avatarColor(id) {
  const hue = Number(BigInt(id) % 360n);
  return nameColor(id) ?? `hsl(${hue} 45% 42%)`;
}

function clock(message) {
  const date = new Date(message.timestamp);
  const today = date.toDateString() === new Date().toDateString();
  return today
    ? date.toLocaleTimeString([], { timeStyle: 'short' })
    : date.toLocaleString([], { dateStyle: 'short', timeStyle: 'short' });
}

function head(message) {
  return h(
    'header',
    {},
    h('b', { class: 'author', color: nameColor(message.author.id) }, userName(message.author.id)),
    message.author.bot && h('span', { class: 'badge' }, 'APP'),
    h('time', { datetime: message.timestamp }, clock(message)),
  );
}

/** What a message answers: an earlier message, or the command that somebody used. */
function origin(message) {
  if (message.interaction?.type === 2) {
    const name = message.interaction.command_type === 1 ? `/${message.interaction.name}` : message.interaction.name;
    return h('p', { class: 'origin' }, `${userName(message.interaction.user.id)} used `, h('b', {}, name));
  }
  if (!message.replyTo) return undefined;
  const target = store.messages.get(message.replyTo);
  if (!target) return h('p', { class: 'origin' }, '↱ Original message was deleted');
  const jump = () => document.getElementById(`m${target.id}`)?.scrollIntoView({ block: 'center' });
  const text = h('span', {}, inline(target.content.slice(0, 160))).textContent;
  const excerpt = text || (target.attachments.length > 0 ? 'an attachment' : 'a message');
  return h('button', { type: 'button', class: 'origin', onclick: jump }, `↱ ${userName(target.author.id)}: ${excerpt}`);
}

function content(message) {
  if (message.loading) return h('p', { class: 'thinking' }, `${userName(message.author.id)} is thinking…`);
  const parts = [h('div', { class: 'text' }, markdown(message.content))];
  if (message.editedAt) parts[0].append(h('small', { class: 'edited', title: message.editedAt }, ' (edited)'));
  parts.push(...message.attachments.map(attachmentView));
  if ((message.flags & SUPPRESS_EMBEDS) === 0)
    parts.push(...message.embeds.map((e) => embedView(e, message.attachments)));
  parts.push(...message.components.map((component) => componentView(component, message)));
  return parts;
}

function foot(message) {
  const parts = [];
  if (message.threadId) {
    parts.push(h('a', { class: 'thread-link', href: `#${message.threadId}` }, '↳ Open the thread'));
  }
  if (message.visibleTo) {
    const dismiss = () => act('delete', { message: message.id });
    const button = h('button', { type: 'button', class: 'quiet', onclick: dismiss }, 'Dismiss message');
    parts.push(h('p', { class: 'ephemeral-note' }, 'Only you can see this · ', button));
  }
  if (message.reactions.length > 0) {
    parts.push(
      h(
        'div',
        { class: 'reactions' },
        message.reactions.map((reaction) => reactionView(message, reaction)),
      ),
    );
  }
  return parts;
}

function reactionView(message, { emoji, users }) {
  const own = users.includes(store.snapshot.me);
  const toggle = () => act('react', { message: message.id, author: store.me, emoji, on: !own });
  const names = users.map(userName).join(', ');
  const label = `${emoji} by ${names}`;
  return h(
    'button',
    {
      type: 'button',
      class: 'reaction',
      'aria-pressed': String(own),
      'aria-label': label,
      title: names,
      onclick: toggle,
    },
    `${emoji} ${users.length}`,
  );
}

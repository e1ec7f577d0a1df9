import { act } from './api.js';
import { componentView } from './components.js';
import { attachmentView } from './attachments.js';
import { h } from './dom.js';
import { embedView } from './embeds.js';
import { markdown, oneLine } from './markdown.js';
import { messageActions } from './message-actions.js';
import { pollView } from './polls.js';
import { previewsOf } from './previews.js';
import { nameColor, store, userName } from './store.js';

const SUPPRESS_EMBEDS = 4;
const COMPONENTS_V2 = 32_768;
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
  if (!target) return h('p', { class: 'origin' }, '↱ The original message is not here any more');
  const jump = () => (location.hash = `${target.channelId}/${target.id}`);
  return h(
    'button',
    { type: 'button', class: 'origin', onclick: jump },
    `↱ `,
    h('b', { color: nameColor(target.author.id) }, userName(target.author.id)),
    ' ',
    excerpt(target),
  );
}

function excerpt(target) {
  const [first] = target.components
    .flatMap((component) => [component, ...(component.components ?? [])])
    .filter(({ type }) => type === 10);
  const text = target.content || first?.content;
  if (text) return h('span', {}, oneLine(text));
  return h('i', {}, target.attachments.length > 0 ? 'Click to see attachment' : 'Click to see message');
}

function content(message) {
  if (message.loading) return h('p', { class: 'thinking' }, `${userName(message.author.id)} is thinking…`);
  const quiet = (message.flags & SUPPRESS_EMBEDS) !== 0;
  const text = h('div', { class: 'text' }, markdown(message.content));
  const previews = quiet ? [] : previewsOf(text, message.embeds);
  const edited = message.editedAt && h('small', { class: 'edited', title: message.editedAt }, ' (edited)');
  if (edited) lastLineOf(text).append(edited);
  // Messages of components v2 show their files where a component names them.
  const files = (message.flags & COMPONENTS_V2) === 0 ? message.attachments : [];
  return [
    message.forwarded?.map(forwardView),
    text,
    message.poll && pollView(message.poll),
    files.map(attachmentView),
    !quiet && message.embeds.map((embed) => embedView(embed, message.attachments)),
    previews,
    message.components.map((component) => componentView(component, message)),
  ];
}

/** Where a note behind the text goes: a last line that is a block of its own takes it in. */
function lastLineOf(text) {
  const last = text.lastChild;
  return last instanceof Element && last.matches('.subtext, [role=heading]') ? last : text;
}

function forwardView({ message }) {
  return h(
    'blockquote',
    { class: 'forward' },
    h('small', {}, '↱ Forwarded'),
    h('div', { class: 'text' }, markdown(message.content)),
  );
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

import { act } from './api.js';
import { settle } from './modal.js';
import { replyTo } from './composer.js';
import { ask, h } from './dom.js';
import { channel, store } from './store.js';

const QUICK = ['👍', '👎', '❤️', '🎉'];

/** What a person can do with a message; shown on hover and on keyboard focus. */
export function messageActions(message) {
  if (message.visibleTo) return undefined;
  const here = channel();
  const own = message.author.id === store.snapshot.me;
  const button = (label, text, onclick) =>
    h('button', { type: 'button', title: label, 'aria-label': label, onclick }, text);
  const menus = here.commands.filter(({ type }) => type === 3);
  return h(
    'div',
    { class: 'actions', role: 'toolbar', 'aria-label': 'Message actions' },
    QUICK.map((emoji) =>
      button(`React with ${emoji}`, emoji, () => act('react', { message: message.id, author: store.me, emoji })),
    ),
    here.canSend && button('Reply', 'Reply', () => replyTo(message)),
    here.canThread &&
      here.type === 0 &&
      !message.threadId &&
      button('Start a thread', 'Thread', () => startThread(message)),
    menus.map(({ name }) => button(`Apps: ${name}`, name, () => contextMenu(message, name))),
    own && button('Edit', 'Edit', () => edit(message)),
    (own || here.canManage) && button('Delete', 'Delete', () => act('delete', { message: message.id })),
  );
}

async function contextMenu(message, name) {
  settle(await act('command', { channel: message.channelId, author: store.me, name, target: message.id }));
}

async function edit(message) {
  const content = await ask({
    title: 'Edit message',
    body: h('textarea', {
      name: 'content',
      rows: 5,
      required: true,
      maxlength: 2000,
      'aria-label': 'Message',
      value: message.content,
    }),
    submit: 'Save',
    read: (form) => String(new FormData(form).get('content')),
  });
  if (content !== undefined) await act('edit', { message: message.id, author: store.snapshot.me, content });
}

async function startThread(message) {
  const name = await ask({
    title: 'Start a thread',
    body: h(
      'label',
      {},
      'Name',
      h('input', { name: 'name', required: true, maxlength: 100, value: message.content.slice(0, 40) }),
    ),
    submit: 'Start',
    read: (form) => String(new FormData(form).get('name')),
  });
  if (name === undefined) return;
  const made = await act('thread', { channel: message.channelId, author: store.me, name, messageId: message.id });
  if (made) location.hash = made.channel;
}

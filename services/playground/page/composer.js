import { act } from './api.js';
import { byId, h, toast } from './dom.js';
import { commandForm, commandMenu } from './commands.js';
import { channel, channelTitle, guildOf, store, userName } from './store.js';

const MAX_CONTENT = 2000;
const TYPING_EVERY_MS = 8000;
let typedAt = 0;
let files = [];

/** Draws the message box of the open channel anew. A text that was being written there is lost. */
export function drawComposer() {
  files = [];
  const here = channel();
  const root = byId('composer');
  if (!here) return root.replaceChildren();
  if (!here.canSend) return root.replaceChildren(h('p', { class: 'hint' }, 'You may not write in this channel.'));
  const box = h('textarea', {
    id: 'message-box',
    rows: 1,
    maxlength: MAX_CONTENT,
    'aria-label': `Message ${channelTitle(here)}`,
    placeholder: `Message ${channelTitle(here)} as ${userName(store.snapshot.me)} — / for commands`,
    oninput: () => typed(box),
    onkeydown: (event) => pressed(event, box),
  });
  const pick = h('input', {
    type: 'file',
    multiple: true,
    id: 'pick',
    'aria-label': 'Attach files',
    onchange: () => picked(pick),
  });
  root.replaceChildren(
    h('div', { id: 'suggestions' }),
    h('div', { id: 'reply-to' }),
    h('div', { id: 'files' }),
    h(
      'div',
      { class: 'box' },
      h('label', { class: 'pick', title: 'Attach files' }, '+', pick),
      box,
      h('button', { type: 'button', class: 'primary', onclick: () => send(box) }, 'Send'),
    ),
  );
  drawReply();
}

export function replyTo(message) {
  store.replyTo = message;
  drawReply();
  byId('message-box')?.focus();
}

function drawReply() {
  const bar = byId('reply-to');
  if (!bar) return;
  if (!store.replyTo) return bar.replaceChildren();
  const stop = () => {
    store.replyTo = undefined;
    drawReply();
  };
  bar.replaceChildren(
    h(
      'p',
      { class: 'reply-bar' },
      `Replying to ${userName(store.replyTo.author.id)} `,
      h('button', { type: 'button', class: 'quiet', 'aria-label': 'Do not reply', onclick: stop }, '✕'),
    ),
  );
}

function typed(box) {
  box.style.height = 'auto';
  box.style.height = `${Math.min(box.scrollHeight, 240)}px`;
  const here = channel();
  byId('suggestions').replaceChildren(
    ...(box.value.startsWith('/')
      ? [commandMenu(here, box.value, (command) => openCommand(command, box))]
      : mentionMenu(box)),
  );
  if (box.value === '' || box.value.startsWith('/') || Date.now() - typedAt < TYPING_EVERY_MS) return;
  typedAt = Date.now();
  void act('type', { channel: here.id, author: store.me });
}

function openCommand(command, box) {
  box.value = '';
  const close = () => {
    byId('suggestions').replaceChildren();
    box.focus();
  };
  byId('suggestions').replaceChildren(commandForm(command, close));
  byId('suggestions').querySelector('input, select, button')?.focus();
}

/** The people and roles that an @ at the end of the text could mean. */
function mentionMenu(box) {
  const begun = /@([\p{L}\w.-]*)$/u.exec(box.value.slice(0, box.selectionStart))?.[1];
  if (begun === undefined) return [];
  const fitting = names()
    .filter(({ name }) => name.toLowerCase().startsWith(begun.toLowerCase()))
    .slice(0, 8);
  const choose = (name) => {
    const before = box.value.slice(0, box.selectionStart).replace(/@[\p{L}\w.-]*$/u, `@${name} `);
    box.value = before + box.value.slice(box.selectionStart);
    byId('suggestions').replaceChildren();
    box.focus();
  };
  const items = fitting.map(({ name }) =>
    h('button', { type: 'button', class: 'suggestion', onclick: () => choose(name) }, `@${name}`),
  );
  return items.length > 0 ? [h('div', { class: 'menu', 'aria-label': 'People and roles' }, items)] : [];
}

/** Everybody and every role that can be named here, in Discord's own notation. */
function names() {
  const guild = guildOf();
  const ids = guild ? guild.members.map(({ id }) => id) : [channel().with, store.snapshot.me];
  const people = ids.map((id) => ({ name: userName(id), code: `<@${id}>` }));
  const roles = (guild?.roles ?? [])
    .filter(({ name }) => name !== '@everyone')
    .map(({ id, name }) => ({ name, code: `<@&${id}>` }));
  return [...people, ...roles];
}

/** Turns @Name and #channel into what Discord's clients send: longer names first, people before roles. */
function encode(text) {
  let coded = text;
  for (const { name, code } of names().toSorted((a, b) => b.name.length - a.name.length)) {
    coded = coded.replaceAll(
      new RegExp(`(?<![\\w<])@${RegExp.escape?.(name) ?? name.replaceAll(/[^\w ]/g, '\\$&')}(?!\\w)`, 'g'),
      () => code,
    );
  }
  for (const { name, id } of guildOf()?.channels ?? []) {
    coded = coded.replaceAll(
      new RegExp(`(?<![\\w<])#${name.replaceAll(/[^\w]/g, '\\$&')}(?![\\w-])`, 'g'),
      () => `<#${id}>`,
    );
  }
  return coded;
}

function pressed(event, box) {
  if (event.key === 'Escape') byId('suggestions').replaceChildren();
  if (event.key === 'ArrowDown' || event.key === 'Tab') {
    const firstChoice = byId('suggestions').querySelector('button');
    if (firstChoice) {
      event.preventDefault();
      firstChoice.focus();
    }
  }
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  const choice = box.value.startsWith('/') ? byId('suggestions').querySelector('button') : undefined;
  if (choice) choice.click();
  else void send(box);
}

async function send(box) {
  const content = encode(box.value);
  if (content.trim() === '' && files.length === 0) return;
  const said = {
    channel: store.channelId,
    author: store.me,
    content,
    ...(store.replyTo && { replyTo: store.replyTo.id }),
    attachments: files,
  };
  if (!(await act('say', said))) return;
  box.value = '';
  box.style.height = 'auto';
  files = [];
  typedAt = 0;
  store.replyTo = undefined;
  drawReply();
  byId('files').replaceChildren();
  byId('suggestions').replaceChildren();
}

async function picked(pick) {
  for (const file of pick.files) {
    if (file.size > 10 * 1024 * 1024) toast(`${file.name} is larger than 10 MiB.`);
    else files.push({ filename: file.name, contentType: file.type || undefined, base64: await base64(file) });
  }
  pick.value = '';
  byId('files').replaceChildren(...files.map(({ filename }) => h('span', { class: 'chip' }, filename)));
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

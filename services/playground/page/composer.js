import { act } from './api.js';
import { ask, byId, h, toast } from './dom.js';
import { commandForm, commandMenu } from './commands.js';
import { examples } from './examples.js';
import { filePicker, fileTray } from './files.js';
import { follow } from './follow.js';
import { encode } from './mentions.js';
import { mentionMenu } from './mention-menu.js';
import { channel, channelTitle, store, userName } from './store.js';

/** The longest message that a person can send. Discord counts what it is sent: a mention as `<@id>`, in UTF-16 units. */
const MAX_CONTENT = 2000;
/** From so many left on they are counted down, as in Discord's own box. */
const COUNT_FROM = 200;
const TYPING_EVERY_MS = 8000;
let typedAt = 0;
let tray;
/** What was being written in each channel when another one was opened. */
const drafts = new Map();

/** Draws the message box of the open channel anew, with what was being written there. */
export function drawComposer() {
  const here = channel();
  const root = byId('composer');
  tray = undefined;
  if (!here) return root.replaceChildren();
  if (!here.canSend) return root.replaceChildren(h('p', { class: 'hint' }, 'You may not write in this channel.'));
  tray = fileTray();
  tray.element.id = 'files';
  const box = messageBox(here);
  root.replaceChildren(
    h('div', { id: 'suggestions', onkeydown: moveInMenu }),
    h('div', { id: 'reply-to' }),
    tray.element,
    examples(here, (question) => sendText(question)),
    h(
      'div',
      { class: 'box' },
      filePicker(tray, { title: 'Attach files', text: '+', id: 'pick' }),
      box,
      h('span', { id: 'left', class: 'left', 'aria-live': 'polite' }),
      h('button', { type: 'button', class: 'primary', onclick: () => send(box) }, 'Send'),
    ),
  );
  drawReply();
  fit(box);
  count(box);
}

function messageBox(here) {
  const title = channelTitle(here);
  const box = h('textarea', {
    id: 'message-box',
    rows: 1,
    'aria-label': `Message ${title}`,
    placeholder: `Message ${title} as ${userName(store.snapshot.me)}`,
    oninput: () => typed(box),
    onkeydown: (event) => pressed(event, box),
    onpaste: (event) => pasted(event, box),
    value: drafts.get(here.id) ?? '',
  });
  return box;
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

function fit(box) {
  box.style.height = 'auto';
  // The border is not part of the scroll height.
  box.style.height = `${Math.min(box.scrollHeight + box.offsetHeight - box.clientHeight, 240)}px`;
}

function count(box) {
  const left = MAX_CONTENT - encode(box.value).length;
  byId('left').textContent = left < COUNT_FROM ? String(left) : '';
  byId('left').classList.toggle('over', left < 0);
}

function typed(box) {
  fit(box);
  count(box);
  const here = channel();
  drafts.set(here.id, box.value);
  byId('suggestions').replaceChildren(
    ...(box.value.startsWith('/')
      ? [commandMenu(here, box.value, (command) => openCommand(command, box))]
      : mentionMenu(box, () => typed(box))),
  );
  if (box.value === '' || box.value.startsWith('/') || Date.now() - typedAt < TYPING_EVERY_MS) return;
  typedAt = Date.now();
  void act('type', { channel: here.id, author: store.me });
}

/** Takes files that were dropped or pasted. Returns whether there was somewhere to put them. */
export function takeFiles(files) {
  if (!tray || files.length === 0) return false;
  void tray.add(files);
  byId('message-box').focus();
  return true;
}

function pasted(event, box) {
  const { files } = event.clipboardData;
  if (files.length > 0) {
    event.preventDefault();
    return void takeFiles([...files]);
  }
  const text = event.clipboardData.getData('text');
  const after = box.value.slice(0, box.selectionStart) + text + box.value.slice(box.selectionEnd);
  if (encode(after).length <= MAX_CONTENT) return;
  event.preventDefault();
  toast(
    `That is longer than ${MAX_CONTENT.toLocaleString('en')} characters: it is attached as message.txt, as Discord does it.`,
  );
  takeFiles([textFile(text)]);
}

function textFile(text) {
  return new File([text], 'message.txt', { type: 'text/plain' });
}

function openCommand(command, box) {
  box.value = '';
  typed(box);
  const close = () => {
    byId('suggestions').replaceChildren();
    box.focus();
  };
  byId('suggestions').replaceChildren(commandForm(command, close));
  byId('suggestions').querySelector('input, select, button')?.focus();
}

function pressed(event, box) {
  const choices = [...byId('suggestions').querySelectorAll('.menu button')];
  if (event.key === 'Escape') byId('suggestions').replaceChildren();
  if (event.key === 'ArrowDown' && choices.length > 0) {
    event.preventDefault();
    choices[0].focus();
  }
  const chooses = event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey && !event.isComposing);
  if (chooses && choices.length > 0 && !byId('suggestions').querySelector('.whole')) {
    event.preventDefault();
    return choices[0].click();
  }
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  void send(box);
}

/** Arrows go up and down in the open menu. */
function moveInMenu(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !event.target.matches('.menu:not(.suggested) .suggestion')) return;
  event.preventDefault();
  const all = [...byId('suggestions').querySelectorAll('.suggestion')];
  all[(all.indexOf(event.target) + step + all.length) % all.length].focus();
}

async function send(box) {
  const content = encode(box.value);
  if (content.trim() === '' && tray.count === 0) return;
  if (content.length > MAX_CONTENT) return offerFile(box, content.length);
  const { replyTo: answered } = store;
  const text = box.value;
  if (!(await sendText(text, { replyTo: answered?.id, attachments: tray.values() }))) return;
  if (box.value === text) box.value = '';
  typedAt = 0;
  tray.clear();
  store.replyTo = undefined;
  drawReply();
  typed(box);
}

/** Sends a text as the person who is played. The log follows what one has written oneself. */
async function sendText(text, { replyTo: answered, attachments = [] } = {}) {
  follow();
  const said = { channel: store.channelId, author: store.me, content: encode(text), attachments };
  return act('say', { ...said, ...(answered && { replyTo: answered }) });
}

async function offerFile(box, length) {
  const wanted = await ask({
    title: 'Your message is too long',
    body: h(
      'p',
      {},
      `It has ${length.toLocaleString('en')} characters, of which Discord takes ${MAX_CONTENT.toLocaleString('en')}; a mention counts as its id. It can be sent as the file message.txt.`,
    ),
    submit: 'Attach as message.txt',
    read: () => true,
  });
  if (!wanted) return;
  takeFiles([textFile(box.value)]);
  box.value = '';
  typed(box);
}

import { get } from './api.js';
import { setUpBanner } from './banner.js';
import { drawComposer } from './composer.js';
import { ask, byId, h, toast } from './dom.js';
import { setUpDrop } from './drop.js';
import { follow, setUpFollowing, showMessage } from './follow.js';
import { messageView } from './messages.js';
import { updateExamples } from './examples.js';
import { drawMembers, drawSidebar } from './sidebar.js';
import { allChannels, channel, channelTitle, loadSnapshot, store, userName } from './store.js';
import { setUpTheme } from './theme.js';
import { startTicking } from './times.js';

const TYPING_MS = 10_000;
let stream;
let refreshing;

async function start() {
  setUpTheme();
  setUpBanner();
  setUpFollowing();
  setUpDrop();
  startTicking();
  byId('connect').addEventListener('click', showConnection);
  byId('menu').addEventListener('click', () => toggleMenu());
  byId('log').addEventListener('click', () => toggleMenu(false));
  globalThis.addEventListener('hashchange', () => void openPlace());
  setInterval(drawTyping, 1000);
  await become(store.me);
}

/** Switches to another person: from now on the page shows what they see. */
async function become(person) {
  store.me = person;
  localStorage.setItem('playground.me', person);
  store.unread.clear();
  store.typing.clear();
  await loadSnapshot();
  listen();
  await openPlace(true);
}

function listen() {
  stream?.close();
  stream = new EventSource(`/playground/api/events?as=${encodeURIComponent(store.me)}`);
  const on = (name, handle) => stream.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  on('message', arrived);
  on('removed', removed);
  on('typing', ({ channelId, userId }) => {
    store.typing.set(`${channelId}/${userId}`, Date.now() + TYPING_MS);
    drawTyping();
  });
  on('state', refreshSoon);
  // After a broken connection, what was missed is fetched again.
  let broken = false;
  stream.addEventListener('error', () => (broken = true));
  stream.addEventListener('open', () => {
    if (broken) void become(store.me);
    broken = false;
  });
}

function refreshSoon() {
  clearTimeout(refreshing);
  refreshing = setTimeout(async () => {
    const before = channel();
    await loadSnapshot();
    drawSidebar(become);
    drawMembers();
    drawHead();
    const now = channel();
    if (!now) location.hash = '';
    else if (now.canSend !== before?.canSend) drawComposer();
    updateExamples();
  }, 60);
}

/** Opens what the address names: a channel, or a message in it. */
async function openPlace(anew = false) {
  const [wanted, messageId] = location.hash.slice(1).split('/');
  if (anew || !messageId || wanted !== store.channelId) await openChannel(wanted);
  if (!messageId || store.channelId !== wanted) return;
  if (!showMessage(messageId)) toast('That message is not here: it was deleted, or is older than the messages shown.');
  // The same link can then be followed once more.
  history.replaceState(null, '', location.hash.split('/')[0]);
}

async function openChannel(wanted) {
  const known = () => allChannels().find(({ id }) => id === wanted);
  if (wanted && !known()) await loadSnapshot();
  const here = known() ?? store.snapshot.guilds[0]?.channels.find(({ type }) => type === 0) ?? allChannels()[0];
  store.channelId = here?.id;
  store.replyTo = undefined;
  store.unread.delete(store.channelId);
  store.messages = new Map();
  if (here) {
    const found = await get('messages', { channel: here.id, as: store.me });
    if (store.channelId !== here.id) return;
    for (const message of found) store.messages.set(message.id, message);
  }
  toggleMenu(false);
  drawSidebar(become);
  drawMembers();
  drawHead();
  drawComposer();
  drawLog();
  follow();
}

function drawHead() {
  const here = channel();
  byId('channel-name').textContent = channelTitle(here);
  byId('channel-topic').textContent = here?.topic ?? '';
  byId('notice').hidden = store.snapshot.bot.online;
  document.title = `${channelTitle(here)} · Playground`;
}

function drawLog() {
  const views = [];
  let before;
  for (const message of store.messages.values()) {
    views.push(messageView(message, before));
    before = message;
  }
  if (views.length === 0) views.push(h('p', { class: 'hint empty' }, 'Nothing has been said here yet.'));
  byId('messages').replaceChildren(...views);
}

function arrived({ message, fresh }) {
  if (fresh) {
    store.typing.delete(`${message.channelId}/${message.author.id}`);
    drawTyping();
  }
  if (message.channelId !== store.channelId) return fresh ? countUnread(message) : undefined;
  const list = byId('messages');
  const known = store.messages.has(message.id);
  store.messages.set(message.id, message);
  const all = [...store.messages.values()];
  const view = messageView(message, all[all.findIndex(({ id }) => id === message.id) - 1]);
  const old = byId(`m${message.id}`);
  list.querySelector('.empty')?.remove();
  if (known && old) replaceKeepingFocus(old, view);
  else list.append(view);
  updateExamples();
}

/** An answer that streams in must not take the focus away from a person who is about to press its button. */
function replaceKeepingFocus(old, view) {
  const focusable = (root) => [...root.querySelectorAll('button, a, select')];
  const name = (element) => element.getAttribute('aria-label') ?? element.textContent;
  const focused = old.contains(document.activeElement) ? name(document.activeElement) : undefined;
  old.replaceWith(view);
  if (focused !== undefined)
    focusable(view)
      .find((element) => name(element) === focused)
      ?.focus();
}

function countUnread(message) {
  if (message.author.id === store.snapshot.me) return;
  const { count = 0, pings = 0 } = store.unread.get(message.channelId) ?? {};
  const pinged = message.pings.includes(store.snapshot.me) ? 1 : 0;
  store.unread.set(message.channelId, { count: count + 1, pings: pings + pinged });
  if (channel(message.channelId)) drawSidebar(become);
  else refreshSoon();
}

function removed({ channelId, ids }) {
  if (channelId !== store.channelId) return;
  for (const id of ids) store.messages.delete(id);
  drawLog();
}

function drawTyping() {
  const now = Date.now();
  const names = [];
  for (const [key, until] of store.typing) {
    const [channelId, userId] = key.split('/');
    if (until < now) store.typing.delete(key);
    else if (channelId === store.channelId && userId !== store.snapshot.me) names.push(userName(userId));
  }
  const text = names.length === 0 ? '' : `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} typing…`;
  if (byId('typing').textContent !== text) byId('typing').textContent = text;
}

function toggleMenu(open = !document.body.classList.contains('menu-open')) {
  document.body.classList.toggle('menu-open', open);
  byId('menu').setAttribute('aria-expanded', String(open));
}

async function showConnection() {
  const { api, token } = await get('connection');
  const line = (name, value) =>
    h('label', {}, h('span', {}, name), h('input', { readonly: true, value, onfocus: (e) => e.target.select() }));
  await ask({
    title: 'Connect a bot',
    submit: 'Close',
    body: h(
      'div',
      { class: 'fields' },
      h(
        'p',
        {},
        'A bot logs in here as it would to Discord. With discord.js, give this address as `rest.api`. The token is good for this playground only.',
      ),
      line('DISCORD_API_BASE', api),
      line('DISCORD_TOKEN', token),
    ),
  });
}

await start();

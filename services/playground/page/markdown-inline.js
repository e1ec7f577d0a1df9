import { h } from './dom.js';
import { allChannels, channelTitle, guildOf, nameColor, store, userName } from './store.js';

/** The rules, tried in this order at each place of the text. Each returns a node, or nothing where it does not fit. */
const RULES = [
  [/^\\([^0-9A-Za-z\s])/, (m) => m[1]],
  [/^(`{1,2})([^`]|[^`][\s\S]*?[^`])\1(?!`)/, (m) => h('code', {}, m[2])],
  [/^\|\|([\s\S]+?)\|\|/, (m) => spoiler(m[1])],
  [/^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, (m) => h('strong', {}, inline(m[1]))],
  [/^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, (m) => h('u', {}, inline(m[1]))],
  [/^~~([\s\S]+?)~~/, (m) => h('s', {}, inline(m[1]))],
  [/^\*(?=\S)((?:\\[\s\S]|[^\\*]|\*\*)+?)\*(?!\*)/, (m) => h('em', {}, inline(m[1]))],
  [/^_((?:\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])/, (m) => h('em', {}, inline(m[1]))],
  [
    /^\[([^[\]\n]{1,500})\]\(<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\))?[^\s<>()]*)>?\)/,
    (m) => link(m[2], inline(m[1])),
  ],
  [/^<(https?:\/\/[^\s<>]+)>/, (m) => link(m[1], [m[1]])],
  [/^https?:\/\/[^\s<>]*[^\s<>.,:;"'\])*_~|]/, (m) => link(m[0], [m[0]])],
  [/^<@!?(\d{15,20})>/, (m) => mention(`@${userName(m[1])}`, m[1] === store.snapshot.me, nameColor(m[1]))],
  [/^<@&(\d{15,20})>/, (m) => roleMention(m[1])],
  [/^<#(\d{15,20})>/, (m) => mention(channelTitle(allChannels().find((c) => c.id === m[1])) || '#unknown')],
  [/^<\/([^:>\n]{1,100}):\d+>/, (m) => mention(`/${m[1]}`)],
  [/^<a?(:\w{2,32}:)\d{15,20}>/, (m) => m[1]],
  [/^<t:(-?\d{1,13})(?::[tTdDfFR])?>/, (m) => time(Number(m[1]))],
  [/^@(everyone|here)\b/, (m) => mention(m[0])],
];

const PLAIN = /^(?:[0-9A-Za-z\s\u00C0-\uFFFF]+?(?=https?:\/\/|[^0-9A-Za-z\s\u00C0-\uFFFF]|$)|[\s\S])/;

/** Renders what stands inside a line: emphasis, code, links, mentions. Links lead to http and https only. */
export function inline(text) {
  const nodes = [];
  let rest = text;
  while (rest !== '') {
    const { node, length } = first(rest, nodes.at(-1));
    if (typeof node === 'string' && typeof nodes.at(-1) === 'string') nodes[nodes.length - 1] += node;
    else nodes.push(node);
    rest = rest.slice(length);
  }
  return nodes;
}

function first(rest, before) {
  const inWord = typeof before === 'string' && /[A-Za-z0-9]$/.test(before);
  for (const [pattern, make] of RULES) {
    // snake_case_names contain no emphasis.
    if (inWord && rest[0] === '_' && rest[1] !== '_') break;
    const match = pattern.exec(rest);
    if (match) return { node: make(match), length: match[0].length };
  }
  const plain = PLAIN.exec(rest)[0];
  return { node: plain, length: plain.length };
}

function link(url, children) {
  if (!URL.canParse(url)) return url;
  return h('a', { href: url, title: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, children);
}

function spoiler(text) {
  const node = h('span', { class: 'spoiler', role: 'button', tabindex: '0', 'aria-label': 'Spoiler, press to show' });
  node.append(...inline(text));
  const show = () => {
    node.classList.add('shown');
    node.removeAttribute('aria-label');
  };
  node.addEventListener('click', show);
  node.addEventListener('keydown', (event) => event.key === 'Enter' && show());
  return node;
}

function mention(text, mine = false, color) {
  return h('span', { class: mine ? 'mention mine' : 'mention', color }, text);
}

function roleMention(id) {
  const guild = guildOf();
  const role = guild?.roles.find((r) => r.id === id);
  const mine = guild?.members.find((m) => m.id === store.snapshot.me)?.roles.includes(id) ?? false;
  return mention(`@${role?.name ?? 'unknown role'}`, mine);
}

function time(seconds) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `<t:${seconds}>`;
  return h('time', { datetime: date.toISOString() }, date.toLocaleString());
}

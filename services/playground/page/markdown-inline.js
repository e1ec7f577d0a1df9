import { h } from './dom.js';
import { placeOf } from './places.js';
import { allChannels, channelTitle, guildOf, nameColor, store, userName } from './store.js';
import { timeView } from './times.js';

/** The rules, tried in this order at each place of the text. Each returns a node, or nothing where it does not fit. */
const RULES = [
  [/^\\([^0-9A-Za-z\s])/, (m) => m[1]],
  [/^(`{1,2})([^`]|[^`][\s\S]*?[^`])\1(?!`)/, (m) => h('code', {}, m[2])],
  [/^\|\|([\s\S]+?)\|\|/, (m, how) => spoiler(m[1], how)],
  [/^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, (m, how) => h('strong', {}, inline(m[1], how))],
  [/^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, (m, how) => h('u', {}, inline(m[1], how))],
  [/^~~([\s\S]+?)~~/, (m, how) => h('s', {}, inline(m[1], how))],
  [/^\*(?=\S)((?:\\[\s\S]|[^\\*]|\*\*)+?)\*(?!\*)/, (m, how) => h('em', {}, inline(m[1], how))],
  [/^_((?:\\[\s\S]|[^\\_]|__)+?)_(?![A-Za-z0-9_])/, (m, how) => h('em', {}, inline(m[1], how))],
  // Discord does not let a text that is an address lead somewhere else.
  [
    /^\[(?![^\]]*(?:https?:\/\/|discord\.gg\/))((?:\\[\s\S]|\[[^[\]\n]*\]|[^[\]\n\\])+)\]\(<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?: "[^"\n]*")?\)/,
    (m, how) => maskedLink(m, how),
  ],
  [/^<(https?:\/\/[^\s<>]+)>/, (m, how) => link(m[1], [m[1]], { ...how, quiet: true })],
  [/^https?:\/\/(?:(?!\]\()[^\s<>])*[^\s<>.,:;"'\])*_~|]/, (m, how) => link(balanced(m), [balanced(m)], how)],
  [/^<@!?(\d{15,20})>/, (m) => mention(`@${userName(m[1])}`, m[1] === store.snapshot.me, nameColor(m[1]))],
  [/^<@&(\d{15,20})>/, (m) => roleMention(m[1])],
  [/^<#(\d{15,20})>/, (m, how) => channelMention(m[1], how)],
  [/^<\/([^:>\n]{1,100}):\d+>/, (m) => mention(`/${m[1]}`)],
  [/^<id:(customize|browse|guide|linked-roles)>/, (m) => mention(GUILD_PAGES[m[1]])],
  [/^<a?(:\w{2,32}:)\d{15,20}>/, (m) => m[1]],
  [/^<t:(-?\d{1,13})(?::([sStTdDfFR]))?>/, (m) => timeView(Number(m[1]), m[2]) ?? m[0]],
  [/^@(everyone|here)\b/, (m) => mention(m[0])],
];

const GUILD_PAGES = {
  customize: '🔎 Channels & Roles',
  browse: '🔎 Browse Channels',
  guide: '🧭 Server Guide',
  'linked-roles': '🔗 Linked Roles',
};

const PLAIN = /^(?:[0-9A-Za-z\s\u00C0-\uFFFF]+?(?=https?:\/\/|[^0-9A-Za-z\s\u00C0-\uFFFF]|$)|[\s\S])/;

/**
 * Renders what stands inside a line: emphasis, code, links, mentions. Links lead to http and https only. With
 * `still` nothing of it can be pressed.
 */
export function inline(text, how = {}) {
  const nodes = [];
  let rest = text;
  while (rest !== '') {
    const { node, length } = first(rest, nodes.at(-1), how);
    if (typeof node === 'string' && typeof nodes.at(-1) === 'string') nodes[nodes.length - 1] += node;
    else nodes.push(node);
    rest = rest.slice(length);
  }
  return nodes;
}

function first(rest, before, how) {
  const inWord = typeof before === 'string' && /[A-Za-z0-9]$/.test(before);
  for (const [pattern, make] of RULES) {
    // snake_case_names contain no emphasis.
    if (inWord && rest[0] === '_' && rest[1] !== '_') break;
    const match = pattern.exec(rest);
    if (match) return { node: make(match, how), length: match[0].length };
  }
  const plain = PLAIN.exec(rest)[0];
  return { node: plain, length: plain.length };
}

/** A bracket at the end of an address belongs to it when one in the address opens it, as in Wikipedia's. */
function balanced(match) {
  const after = match.input[match[0].length];
  const open = match[0].split('(').length - match[0].split(')').length;
  if (after === ')' && open > 0) match[0] += ')';
  return match[0];
}

function maskedLink(match, how) {
  const quiet = match[0].includes(`](<`);
  return link(match[2], inline(match[1], { ...how, linked: true }), { ...how, quiet });
}

/** `quiet`: in angle brackets, which tell Discord to show no preview of the page. */
function link(url, children, { still = false, linked = false, quiet = false } = {}) {
  if (linked || !URL.canParse(url)) return children;
  const place = placeOf(url);
  if (place && still) return mention(place.title);
  if (place) return h('a', { href: place.href, class: 'mention' }, children[0] === url ? place.title : children);
  if (still) return h('span', { class: 'link' }, children);
  const props = { href: url, title: url, target: '_blank', rel: 'noopener noreferrer nofollow' };
  return h('a', { ...props, 'data-preview': !quiet }, children);
}

function spoiler(text, how) {
  if (how.still) return h('span', { class: 'spoiler' }, inline(text, how));
  const node = h('span', { class: 'spoiler', role: 'button', tabindex: '0', 'aria-label': 'Spoiler, press to show' });
  node.append(...inline(text, how).flat(Infinity));
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

function channelMention(id, { still }) {
  const known = allChannels().find((c) => c.id === id);
  if (!known || still) return mention(channelTitle(known) || '#unknown');
  return h('a', { href: `#${id}`, class: 'mention' }, channelTitle(known));
}

function roleMention(id) {
  const guild = guildOf();
  const role = guild?.roles.find((r) => r.id === id);
  const mine = guild?.members.find((m) => m.id === store.snapshot.me)?.roles.includes(id) ?? false;
  return mention(`@${role?.name ?? 'unknown role'}`, mine);
}

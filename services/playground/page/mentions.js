import { channel, guildOf, store, userName } from './store.js';

/** Everybody and every role that can be named here, in Discord's own notation. A bot's own role goes by the bot. */
export function names() {
  const guild = guildOf();
  const ids = guild ? guild.members.map(({ id }) => id) : [channel().with, store.snapshot.me];
  const people = ids.map((id) => ({ name: userName(id), code: `<@${id}>`, id }));
  const roles = (guild?.roles ?? [])
    .filter(({ name, managed }) => name !== '@everyone' && !managed)
    .map(({ id, name }) => ({ name, code: `<@&${id}>`, role: true }));
  return [...people, ...roles];
}

/** Code stays as it was typed. */
const CODE = /(```[\s\S]*?```|``[\s\S]*?``|`[^`\n]*`)/;

/** Turns @Name and #channel into what Discord's clients send: longer names first, people before roles. */
export function encode(text) {
  return text
    .split(CODE)
    .map((part, i) => (i % 2 === 1 ? part : encodePlain(part)))
    .join('');
}

function encodePlain(text) {
  let coded = text;
  for (const { name, code } of names().toSorted((a, b) => b.name.length - a.name.length)) {
    coded = coded.replaceAll(new RegExp(`(?<![\\w<])@${escaped(name)}(?!\\w)`, 'g'), () => code);
  }
  for (const { name, id } of guildOf()?.channels ?? []) {
    coded = coded.replaceAll(new RegExp(`(?<![\\w<])#${escaped(name)}(?![\\w-])`, 'g'), () => `<#${id}>`);
  }
  return coded;
}

function escaped(name) {
  return RegExp.escape?.(name) ?? name.replaceAll(/[^\w ]/g, '\\$&');
}

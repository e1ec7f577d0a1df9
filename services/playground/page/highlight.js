import { h } from './dom.js';

/** The library that Discord colours code with; it is fetched when the first code comes that names a language. */
const LIBRARY = '/page/lib/highlight.js';
/** Longer code stays without colours, so that no message can hold the page up. */
const MAX_LENGTH = 20_000;
let library;
let loading;

/** Code as nodes, each word in the colour of its kind where the language is known. */
export function highlighted(text, language) {
  if (!language || text.length > MAX_LENGTH) return [text];
  if (library) return coloured(text, language);
  const holder = h('span', {}, text);
  void load().then(() => holder.replaceWith(...coloured(text, language)));
  return [holder];
}

async function load() {
  loading ??= import(LIBRARY).then((module) => (library = module.default));
  return loading;
}

function coloured(text, language) {
  if (!library.getLanguage(language)) return [text];
  const { root } = library.highlight(text, { language: language.toLowerCase(), ignoreIllegals: true })._emitter;
  return root.children.map((part) => nodeOf(part));
}

/** The library's own tree as nodes; its HTML is not used. */
function nodeOf(part) {
  if (typeof part === 'string') return part;
  const kind = String(part.scope ?? '').split('.')[0];
  return h(
    'span',
    { class: `hl-${kind.replaceAll(/[^\w-]/g, '')}` },
    part.children.map((inner) => nodeOf(inner)),
  );
}

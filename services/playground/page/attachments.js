import { h } from './dom.js';
import { highlighted } from './highlight.js';

const PICTURES = /^image\/(png|jpeg|gif|webp)/;
const TEXTS = /^(text\/|application\/(json|xml|x-yaml))/;
/** How much of a text file is shown, as in Discord's own preview. */
const PREVIEW_BYTES = 50_000;
const PREVIEW_LINES = 6;
const ALL_LINES = 400;

/** The path of one of the playground's files on the page's own address. */
export function localPath(url) {
  if (!URL.canParse(url)) return undefined;
  const { pathname } = new URL(url);
  return pathname.startsWith('/cdn/') ? pathname : undefined;
}

/** A picture in the message; pressed, it is shown as large as the page allows. */
export function pictureView(path, alt) {
  const image = h('img', { src: path, alt, loading: 'lazy' });
  return h(
    'button',
    { type: 'button', class: 'picture', 'aria-label': `Enlarge ${alt}`.trim(), onclick: () => enlarge(path, alt) },
    image,
  );
}

function enlarge(path, alt) {
  const dialog = h(
    'dialog',
    {
      class: 'enlarged',
      'aria-label': alt || 'Picture',
      onclick: () => dialog.close(),
      onclose: () => dialog.remove(),
    },
    h('img', { src: path, alt }),
    h('p', {}, alt, ' ', h('a', { href: path, target: '_blank', rel: 'noopener' }, 'Open in a tab')),
  );
  document.body.append(dialog);
  dialog.showModal();
}

export function attachmentView(attachment) {
  const { filename, url, contentType, size, description } = attachment;
  const path = localPath(url) ?? '#';
  const name = filename.replace(/^SPOILER_/, '');
  const hide = (view) => (name === filename ? view : hiddenUntilPressed(view));
  if (PICTURES.test(contentType)) return hide(pictureView(path, description ?? name));
  const link = h('a', { href: path, download: filename }, attachment.title ?? name);
  const head = h(
    'p',
    { class: 'file-head' },
    link,
    h('small', {}, ` ${sizeOf(size)}`),
    description && h('small', {}, ` ${description}`),
  );
  if (!TEXTS.test(contentType) || size === 0) return hide(h('div', { class: 'file' }, head));
  return hide(textFile(head, path, name, size));
}

/** A text file with its first lines below its name, and all of it on demand; the lines come when it is seen. */
function textFile(head, path, name, size) {
  const body = h('div', { class: 'file-text' });
  const more = h('button', { type: 'button', class: 'quiet', hidden: true }, 'Expand');
  const box = h('div', { class: 'file text-file' }, head, body, more);
  let text = '';
  let all = false;
  const draw = () => {
    const lines = text.trimEnd().split('\n');
    const shown = lines.slice(0, all ? ALL_LINES : PREVIEW_LINES);
    body.replaceChildren(/\.(csv|tsv)$/i.test(name) ? table(shown, name) : code(shown, name));
    const left = lines.length - shown.length;
    more.hidden = lines.length <= PREVIEW_LINES;
    more.textContent = all ? 'Collapse' : `Expand (${left} more lines)`;
    if (all && left > 0) body.append(h('p', { class: 'hint' }, `${left} more lines: download the file to see them.`));
    if (all && size > PREVIEW_BYTES)
      body.append(h('p', { class: 'hint' }, `This is the beginning; the file has ${sizeOf(size)}.`));
  };
  more.addEventListener('click', () => {
    all = !all;
    draw();
  });
  const load = async () => {
    const answer = await fetch(path).catch(() => undefined);
    if (!answer?.ok) return;
    text = (await answer.text()).slice(0, PREVIEW_BYTES);
    draw();
  };
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    seen.disconnect();
    void load();
  });
  seen.observe(box);
  return box;
}

function code(lines, name) {
  const language = /\.(\w+)$/.exec(name)?.[1] ?? '';
  return h('pre', { tabindex: '0' }, h('code', {}, highlighted(lines.join('\n'), language)));
}

function table(lines, name) {
  const separator = /\.tsv$/i.test(name) ? '\t' : ',';
  const [first = [], ...rows] = lines.map((line) => cells(line, separator));
  const row = (tag, values) =>
    h(
      'tr',
      {},
      values.map((value) => h(tag, {}, value)),
    );
  return h(
    'div',
    { class: 'table', tabindex: '0' },
    h(
      'table',
      {},
      h('thead', {}, row('th', first)),
      h(
        'tbody',
        {},
        rows.map((values) => row('td', values)),
      ),
    ),
  );
}

/** The cells of a line of CSV (RFC 4180); a line break within quotes is not looked for. */
function cells(line, separator) {
  const found = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i];
    if (quoted && c === '"' && line[i + 1] === '"') {
      cell += c;
      i += 1;
    } else if (c === '"') quoted = !quoted;
    else if (c === separator && !quoted) {
      found.push(cell);
      cell = '';
    } else if (c !== '\r') cell += c;
  }
  return [...found, cell];
}

/** Blurs something until it is pressed, as Discord does with spoilers. */
export function hiddenUntilPressed(view) {
  const cover = h('button', { type: 'button', class: 'cover' }, 'Spoiler');
  const box = h('div', { class: 'covered' }, view, cover);
  cover.addEventListener('click', () => {
    box.classList.remove('covered');
    cover.remove();
  });
  return box;
}

export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

import { h } from './dom.js';
import { inline } from './markdown-inline.js';
import { markdown } from './markdown.js';

/** The path of one of the playground's files on the page's own address. */
export function localPath(url) {
  if (!URL.canParse(url)) return undefined;
  const { pathname } = new URL(url);
  return pathname.startsWith('/cdn/') ? pathname : undefined;
}

export function embedView(embed, attachments) {
  const bar = typeof embed.color === 'number' ? `#${embed.color.toString(16).padStart(6, '0')}` : undefined;
  const box = h('article', { class: 'embed' });
  if (bar) box.style.borderInlineStartColor = bar;
  const title = embed.title && h('p', { class: 'embed-title' }, linked(embed.url, inline(embed.title)));
  const fields = (embed.fields ?? []).map((field) =>
    h(
      'div',
      { class: field.inline ? 'embed-field inline' : 'embed-field' },
      h('b', {}, inline(field.name)),
      h('div', {}, markdown(field.value)),
    ),
  );
  box.append(
    ...[
      embed.author && h('p', { class: 'embed-author' }, linked(embed.author.url, [embed.author.name])),
      title,
      embed.description && h('div', {}, markdown(embed.description)),
      fields.length > 0 && h('div', { class: 'embed-fields' }, fields),
      picture(embed.image, attachments),
      picture(embed.thumbnail, attachments),
      embed.footer && h('p', { class: 'embed-foot' }, embed.footer.text),
    ].filter(Boolean),
  );
  return box;
}

function linked(url, children) {
  if (!url || !/^https?:\/\//.test(url)) return children;
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, children);
}

/** Pictures from other sites are named, not fetched. */
function picture(image, attachments) {
  if (!image?.url) return undefined;
  const name = /^attachment:\/\/(.+)$/.exec(image.url)?.[1];
  const path = localPath(name ? (attachments.find((a) => a.filename === name)?.url ?? '') : image.url);
  if (path) return h('img', { src: path, alt: '', class: 'embed-image' });
  return h('p', { class: 'embed-foot' }, `Picture at ${image.url}`);
}

export function attachmentView(attachment) {
  const path = localPath(attachment.url) ?? '#';
  const picture = /^image\/(png|jpeg|gif|webp)/.test(attachment.contentType);
  const spoilered = attachment.filename.startsWith('SPOILER_');
  if (picture && !spoilered) {
    const image = h('img', { src: path, alt: attachment.description ?? attachment.filename, loading: 'lazy' });
    return h('a', { class: 'picture', href: path, target: '_blank', rel: 'noopener' }, image);
  }
  return h(
    'p',
    { class: 'file' },
    h('a', { href: path, download: attachment.filename }, attachment.filename),
    h('small', {}, ` ${size(attachment.size)}`),
  );
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

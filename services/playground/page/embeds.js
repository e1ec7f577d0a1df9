import { localPath, pictureView } from './attachments.js';
import { h } from './dom.js';
import { inline } from './markdown-inline.js';
import { markdown } from './markdown.js';
import { timeView } from './times.js';

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
  const thumbnail = picture(embed.thumbnail, attachments);
  if (thumbnail) box.append(h('div', { class: 'thumbnail' }, thumbnail));
  box.append(
    ...[
      embed.author && h('p', { class: 'embed-author' }, linked(embed.author.url, [embed.author.name])),
      title,
      embed.description && h('div', {}, markdown(embed.description)),
      fields.length > 0 && h('div', { class: 'embed-fields' }, fields),
      picture(embed.image, attachments),
      foot(embed),
    ].filter(Boolean),
  );
  return box;
}

function foot({ footer, timestamp }) {
  const date = new Date(timestamp ?? '');
  const time = !Number.isNaN(date.getTime()) && timeView(date.getTime() / 1000, 's');
  if (!footer && !time) return undefined;
  return h('p', { class: 'embed-foot' }, footer?.text, footer?.text && time && ' • ', time);
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
  if (path) return pictureView(path, '');
  return h('p', { class: 'embed-foot' }, `Picture at ${image.url}`);
}

import { localPath, pictureView } from './attachments.js';
import { h } from './dom.js';

/** Discord shows no more previews of one message. */
const MOST = 5;

/**
 * What stands below a text that has links: pictures of the playground's own, and for each other page a card in the
 * place of the preview that Discord would show. Nothing is fetched from other sites.
 */
export function previewsOf(text, embeds) {
  const urls = [...text.querySelectorAll('a[data-preview]')].map(({ href }) => href);
  const shown = new Set(urls.filter((url) => !embeds.some((embed) => embed.url === url)));
  return [...shown].slice(0, MOST).map((url) => preview(url));
}

function preview(url) {
  const path = localPath(url);
  if (path && /\.(png|jpe?g|gif|webp)$/i.test(path)) return pictureView(path, '');
  const props = { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' };
  return h(
    'article',
    { class: 'embed preview' },
    h('p', { class: 'embed-author' }, new URL(url).hostname),
    h('p', { class: 'embed-foot' }, 'Discord shows a preview of ', h('a', props, 'this page'), ' here.'),
  );
}

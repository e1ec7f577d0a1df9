import type { Picture } from '#shared/run/journal-entries.ts';

/** Pictures of one result that are handed on, and characters of their base64 together. */
const most = 4;
const mostChars = 6_000_000;

/** How each kind of picture that models and Discord take begins, as base64, and the ending of its name. */
const kinds: Record<string, { begins: RegExp; ending: string }> = {
  'image/png': { begins: /^iVBORw0KGgo/, ending: 'png' },
  'image/jpeg': { begins: /^\/9j\//, ending: 'jpg' },
  'image/gif': { begins: /^R0lGOD/, ending: 'gif' },
  'image/webp': { begins: /^UklGR/, ending: 'webp' },
};

/** Collects the pictures of one result. */
export interface PictureCollector {
  /** The picture that base64 holds; undefined when it is none, or there are too many. */
  take(mimeType: unknown, data: unknown): Picture | undefined;
  taken: Picture[];
}

/** `tool`: its name, which the pictures are named after. */
export function collectPictures(tool: string): PictureCollector {
  const taken: Picture[] = [];
  let chars = 0;
  return {
    taken,
    take(mimeType, data) {
      if (typeof data !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return undefined;
      const kind = typeof mimeType === 'string' ? kinds[mimeType] : undefined;
      if (!kind?.begins.test(data) || taken.length >= most || chars + data.length > mostChars) return undefined;
      chars += data.length;
      const name = `${tool.replaceAll(/[^\w-]+/g, '_').slice(0, 60)}-${taken.length + 1}.${kind.ending}`;
      const bytes = Math.floor((data.replace(/=+$/, '').length * 3) / 4);
      const picture = { name, mimeType: String(mimeType), bytes, data };
      taken.push(picture);
      return picture;
    },
  };
}

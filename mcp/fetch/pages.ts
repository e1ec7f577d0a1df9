/** A page as text, before it is cut into pieces. */
export interface Page {
  url: string;
  status: number;
  contentType: string;
  title?: string | undefined;
  content: string;
  /** What the reader should know about the text as a whole, for example that it is incomplete. */
  note?: string | undefined;
}

/** Keeps pages for a short while, so that a reader who goes on reads the same text and the site is not asked again. */
export interface PageCache {
  get(key: string): Page | undefined;
  set(key: string, page: Page): void;
}

/** Drops the oldest pages when all together exceed `maxChars`, and every page older than `ttlMs`. */
export function createPageCache(maxChars = 8_000_000, ttlMs = 300_000): PageCache {
  const pages = new Map<string, { page: Page; until: number }>();
  let chars = 0;
  const drop = (key: string): void => {
    chars -= pages.get(key)?.page.content.length ?? 0;
    pages.delete(key);
  };
  return {
    get(key) {
      const entry = pages.get(key);
      if (entry && entry.until > Date.now()) return entry.page;
      drop(key);
      return undefined;
    },
    set(key, page) {
      drop(key);
      pages.set(key, { page, until: Date.now() + ttlMs });
      chars += page.content.length;
      for (const oldest of pages.keys()) {
        if (chars <= maxChars) break;
        drop(oldest);
      }
    },
  };
}

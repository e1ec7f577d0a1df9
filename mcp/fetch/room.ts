import { ToolError } from '#mcp/kit.ts';

/** Bounds what all calls together hold: each page is within its limit, and many at once would still be too much. */
export interface Room {
  /** What one call holds; given back when it is disposed. */
  share(): Share;
}

export interface Share extends Disposable {
  /** @throws ToolError when there is no room for so many more bytes now */
  take(bytes: number): void;
}

export function createRoom(maxBytes: number): Room {
  let held = 0;
  return {
    share() {
      let mine = 0;
      return {
        take(bytes) {
          if (held + bytes > maxBytes)
            throw new ToolError('Too many large pages are being read at once. Try again in a moment.');
          held += bytes;
          mine += bytes;
        },
        [Symbol.dispose]() {
          held -= mine;
          mine = 0;
        },
      };
    },
  };
}

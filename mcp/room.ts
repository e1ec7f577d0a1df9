/**
 * Limits what all calls at work hold together: each is within its own limit, but many of them would still be too much.
 */
export interface Room {
  /** What one call holds; given back when it is disposed. */
  share(): Share;
}

export interface Share extends Disposable {
  /** Takes this many more bytes. Returns false, and takes nothing, when there is no room for them now. */
  take(bytes: number): boolean;
}

export function createRoom(maxBytes: number): Room {
  let held = 0;
  return {
    share() {
      let mine = 0;
      return {
        take(bytes) {
          if (held + bytes > maxBytes) return false;
          held += bytes;
          mine += bytes;
          return true;
        },
        [Symbol.dispose]() {
          held -= mine;
          mine = 0;
        },
      };
    },
  };
}

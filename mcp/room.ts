/** Bounds what all who work at once hold together: each is within its own limit, and many of them would still be too much. */
export interface Room {
  /** What one of them holds; given back when it is disposed. */
  share(): Share;
}

export interface Share extends Disposable {
  /** False when there is no room for so many more bytes now; then nothing is taken. */
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

/** Sends an answer's text to the doors. */
export interface LiveText extends Disposable {
  push(text: string): void;
  /** All that was handed to `publish`. */
  readonly sent: string;
}

/**
 * Publishes text deltas joined, each with its place in the text: the first at once, then at most one every `everyMs` milliseconds. What was not sent
 * when it is disposed is dropped, because the journal's entry carries the whole text. For the same reason failures of
 * `publish` are ignored.
 */
export function createLiveText(publish: (text: string, at: number) => Promise<void>, everyMs = 25): LiveText {
  let waiting = '';
  let sent = '';
  let timer: NodeJS.Timeout | undefined;
  let first: NodeJS.Immediate | undefined;
  function send(): void {
    timer = undefined;
    first = undefined;
    if (waiting === '') return;
    const text = waiting;
    waiting = '';
    timer = setTimeout(send, everyMs);
    publish(text, sent.length).catch(() => undefined);
    sent += text;
  }
  return {
    get sent() {
      return sent;
    },
    push(text) {
      waiting += text;
      // Not sent within this turn of the event loop: an answer that is complete in it will be in the journal anyway.
      if (!timer) first ??= setImmediate(send);
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      clearImmediate(first);
    },
  };
}

import { byId } from './dom.js';

/** So near to its end a log counts as read to its end. */
const NEAR = 60;
let following = true;
let lastTop = 0;

/**
 * Keeps the newest message in sight while the reader is at the end of the log, whatever grows: the log, by pictures
 * and edits, or the message box below it. Whoever has scrolled up stays where they are, and is offered the way back.
 */
export function setUpFollowing() {
  const log = byId('log');
  const button = byId('to-end');
  log.addEventListener('scroll', () => {
    const { scrollHeight, scrollTop, clientHeight } = log;
    const up = scrollTop < lastTop;
    lastTop = scrollTop;
    // The log may have grown since it was scrolled to its end: only who goes up leaves it.
    if (scrollHeight - scrollTop - clientHeight < NEAR) set(true);
    else if (up) set(false);
  });
  button.addEventListener('click', () => follow());
  const observer = new ResizeObserver(() => following && toEnd());
  observer.observe(log);
  observer.observe(byId('messages'));
}

function set(now) {
  following = now;
  byId('to-end').hidden = now;
}

function toEnd() {
  const log = byId('log');
  log.scrollTop = log.scrollHeight;
}

/** Goes to the end of the log and stays there. */
export function follow() {
  set(true);
  toEnd();
}

/** Scrolls to a message and marks it for a moment. Returns whether it is there. */
export function showMessage(id) {
  const view = byId(`m${id}`);
  if (!view) return false;
  set(false);
  view.scrollIntoView({ block: 'center' });
  view.classList.remove('found');
  // Asking for a size makes the browser begin the animation anew.
  void view.offsetWidth;
  view.classList.add('found');
  return true;
}

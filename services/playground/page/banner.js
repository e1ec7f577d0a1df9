import { byId } from './dom.js';

const KEY = 'playground.banner';

/** The line that says what this page is can be put away; the page's title goes on saying it. */
export function setUpBanner() {
  const text = byId('banner-text');
  const set = (off) => {
    text.hidden = off;
    byId('banner-close').hidden = off;
    byId('banner').classList.toggle('small', off);
  };
  set(localStorage.getItem(KEY) === 'off');
  byId('banner-close').addEventListener('click', () => {
    localStorage.setItem(KEY, 'off');
    set(true);
  });
}

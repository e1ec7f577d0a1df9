import { byId } from './dom.js';

const KEY = 'playground.theme';

/** Follows the system's theme until somebody chooses one. The choice is kept. */
export function setUpTheme() {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const current = () => localStorage.getItem(KEY) ?? (system.matches ? 'dark' : 'light');
  const apply = () => {
    document.documentElement.dataset.theme = current();
    byId('theme').textContent = current() === 'dark' ? '☀' : '☾';
  };
  system.addEventListener('change', apply);
  byId('theme').addEventListener('click', () => {
    localStorage.setItem(KEY, current() === 'dark' ? 'light' : 'dark');
    apply();
  });
  apply();
}

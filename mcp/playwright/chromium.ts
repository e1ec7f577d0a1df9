import { accessSync, constants } from 'node:fs';

/** Where Debian and others put the program. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/local/bin/chromium',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/opt/homebrew/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const noChromium =
  'there is no Chromium on this machine. Install it (on Debian: apt-get install chromium), or name one with BROWSER_EXECUTABLE';

/** The Chromium to use: the one that is named, else one in the usual places. Undefined when there is none. */
export function findChromium(named?: string): string | undefined {
  return (named === undefined ? PLACES : [named]).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** True where Chromium cannot use its sandbox: it refuses to start with it as root. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Chromium's own network layer. It resolves no name itself and sends nothing past its proxy: neither look-ahead of DNS,
 * nor WebRTC, QUIC and what is built on it. What has no run, such as the browser's own traffic, goes to a port where
 * nobody listens.
 */
export const nowhere = 'http://127.0.0.1:9';
export const switches = [
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--disable-quic',
  '--dns-prefetch-disable',
  '--no-pings',
  '--disable-gpu',
  '--mute-audio',
  '--deny-permission-prompts',
  // Megabytes of JavaScript objects; a page that wants more loses its process.
  '--js-flags=--max-old-space-size=512',
];

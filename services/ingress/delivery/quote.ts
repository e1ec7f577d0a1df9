import { quoteMark } from '../text/quote.ts';
import { oneLine } from './escape.ts';

/** Characters of the line; escapes count. */
const most = 260;

/** The line above an answer that says what was asked, where Discord shows no question: '' without one. */
export function quoteLine(quote: string | undefined): string {
  if (quote === undefined || quote === '') return '';
  for (let chars = 240; chars > 20; chars -= 20) {
    const line = quoteMark + oneLine(quote, chars);
    if (line.length <= most) return line;
  }
  return '';
}

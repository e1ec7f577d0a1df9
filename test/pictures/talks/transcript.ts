import path from 'node:path';
import type { Person } from './stage.ts';

const PHONE = { width: 390, height: 844 };
/** Lines of what was said that a page shows at most; the picture beside it shows the rest. */
const MOST_LINES = 16;

/** What happened, in order, as Markdown; its pictures are files beside it. */
export class Transcript {
  readonly shots: string[] = [];
  readonly #folder: string;
  readonly #lines: string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  heading(title: string): void {
    this.#lines.push(`## ${title}`, '');
  }

  /** A sentence for the reader. */
  note(text: string): void {
    this.#lines.push(text, '');
  }

  did(who: string, what: string): void {
    this.#lines.push(`**${who}**: ${what}`, '');
  }

  /** What the bot said since `person` last did something, as it stands on their page. */
  async heard(person: Person): Promise<void> {
    for (const said of await person.heard()) this.wrote(said);
  }

  wrote(text: string): void {
    const lines = text
      .replaceAll(/\n{2,}/g, '\n\n')
      .replaceAll(']\n[', '] [')
      .trim()
      .split('\n');
    const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '…'] : lines;
    this.#lines.push('```text', ...shown.map((line) => line.trimEnd()), '```', '');
  }

  /** The page as it stands, at a desk, on a phone, or both. */
  async picture(person: Person, name: string, alt: string, widths: ('desk' | 'phone')[]): Promise<void> {
    const { page } = person;
    const desk = page.viewportSize();
    const images: string[] = [];
    for (const width of widths) {
      const file = `${name}${width === 'phone' ? '-phone' : ''}.png`;
      if (width === 'phone') await page.setViewportSize(PHONE);
      await person.settle();
      await page.screenshot({ path: path.join(this.#folder, file) });
      this.shots.push(file);
      const size = width === 'phone' ? 230 : 560;
      images.push(
        `<img src="pictures/${file}" alt="${alt}${width === 'phone' ? ', on a phone' : ''}" width="${size}" />`,
      );
      if (width === 'phone' && desk) await page.setViewportSize(desk);
    }
    await person.settle();
    this.#lines.push(images.join('\n'), '');
  }

  toString(): string {
    return this.#lines.join('\n');
  }
}

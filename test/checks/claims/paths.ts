import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Facts } from './facts.ts';
import { asPattern, type Rule, type Verdict } from './rule.ts';

const endings = /\.(?:ts|mts|mjs|cjs|js|lua|md|json|ya?ml|sql|sh|c|py|toml|conf|css|html)$/;
/** Files that only a running stack has. */
const madeLater = /^\.dragoman(?:\/|$)|^\.env$|^answer\.md$/;

/** Whether a text looks like a file or folder of the repository. */
export function isPath(text: string, { paths }: Pick<Facts, 'paths'>): boolean {
  if (!/^[\w.@<>*…{},-]+(?:\/[\w.@<>*…{},-]*)*$/.test(text) || text.startsWith('@') || text.startsWith('{'))
    return false;
  if (paths.has(text) || madeLater.test(text)) return true;
  const [first = ''] = text.split('/');
  return endings.test(text) || (text.includes('/') && (text.endsWith('/') || paths.has(first) || first === '.'));
}

/** A file or folder, relative to the repository or to the page, or named by the end of its path. */
export function judgePath(text: string, page: string, facts: Facts): Verdict {
  if (madeLater.test(text)) return judgeMadeLater(text, facts);
  const plain = text.replace(/^\.\//, '').replace(/\/$/, '');
  const beside = path.posix.join(path.posix.dirname(page), plain);
  if (facts.paths.has(plain) || facts.paths.has(beside)) return true;
  const pattern = asPattern(plain).source.slice(1);
  const ends = [new RegExp(`^${pattern}`), new RegExp(`/${pattern}`)];
  return [...facts.paths].some((file) => ends.some((end) => end.test(file))) || `there is no ${text}`;
}

function judgeMadeLater(text: string, { words, text: code }: Facts): Verdict {
  const parts = text.split('/').filter((part) => part !== '' && !/[<*…]/.test(part));
  return parts.every((part) => words.has(part) || code.includes(part)) || `no code makes ${text}`;
}

export const pathRule: Rule = ({ form, text, file }, facts) =>
  form === 'link' || !isPath(text, facts) ? undefined : judgePath(text, file, facts);

/** The target of a link: a file beside the page, and a heading in it. */
export const linkRule: Rule = ({ form, text, file }, facts) => {
  if (form !== 'link') return undefined;
  if (/^https?:/.test(text)) return undefined;
  const [target = '', anchor] = text.split('#');
  const page = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
  if (!facts.paths.has(page.replace(/\/$/, ''))) return `the link leads to ${page}, which is not there`;
  if (anchor === undefined) return true;
  return headings(facts.root, page).some((heading) => slug(heading) === anchor) || `${page} has no heading #${anchor}`;
};

/** `docs/operations.md, "Keys and budgets"`: a page and one of its headings. */
export const sectionRule: Rule = ({ form, text, file }, facts) => {
  const [, name, heading] = /^(README|[\w/.-]+\.md)`?, "([^"]+)"$/.exec(text) ?? [];
  if (form !== 'plain' || name === undefined || heading === undefined) return undefined;
  const candidates = [name, path.posix.join(path.posix.dirname(file), name), `${name}.md`, `docs/${name}`];
  const page = candidates.find((each) => facts.paths.has(each));
  if (page === undefined) return `there is no ${name}`;
  return headings(facts.root, page).includes(heading) || `${page} has no heading "${heading}"`;
};

function headings(root: string, page: string): string[] {
  const text = readFileSync(path.join(root, page), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].flatMap(([, heading]) => heading ?? []);
}

/** The anchor that GitHub makes for a heading. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

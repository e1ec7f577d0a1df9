/** A name that a text mentions, in the form in which the rules judge it. */
export interface Mention {
  /** Relative to the repository. */
  file: string;
  line: number;
  /**
   * `code`: in backticks; `shell`: a line of a block of commands; `link`: the target of a link; `plain`: a word of the
   * text.
   */
  form: 'code' | 'shell' | 'link' | 'plain';
  text: string;
  /** The word before the name, which often says what kind of name it is: `queue`, `network`, … */
  noun: string;
  /** What follows on the same line. */
  after: string;
}

const wholeVariable = /(?<![\w`/.:-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w`])/g;
const twoHumps = /(?<![\w`#/.-])(?:[A-Z][a-z]+){2,}(?![\w`/-])/g;
const faultTest = /(?<![\w`/.-])R\d{1,2}[A-Z]*(?![\w`-])/g;
const section = /(?<!\w)(?:README|[\w/.-]+\.md)`?, "[^"]+"/g;
const plainPath = /(?<![\w`/.:])(?:\.ci|docs|grafana|litellm|mcp|services|shared|start|test)\/[\w./-]*\w/g;

/** The names that a Markdown page mentions. */
export function mentionsInPage(file: string, page: string): Mention[] {
  const found: Mention[] = [];
  let block: string | undefined;
  for (const [at, text] of page.split('\n').entries()) {
    const fence = /^\s*```(\w*)/.exec(text);
    if (fence) block = block === undefined ? fence[1] : undefined;
    else if (block !== undefined)
      found.push(...(isShell(block) && !text.includes('──▶') ? [mention(file, at, 'shell', text.trim(), 0)] : []));
    else found.push(...mentionsInText(file, at, text));
  }
  return found;
}

function isShell(language: string): boolean {
  return ['', 'sh', 'shell', 'bash'].includes(language);
}

/** The names that the comments of a YAML file mention. */
export function mentionsInComments(file: string, source: string): Mention[] {
  return source.split('\n').flatMap((text, at) => {
    const comment = /(?:^|\s)#\s(.*)$/.exec(text)?.[1] ?? '';
    const command = /^\s*(?:docker compose|npm|npx) .*?(?=\s{2,}|$)/.exec(comment)?.[0];
    if (command !== undefined) return [mention(file, at, 'shell', command.trim(), 0)];
    const flag = /^\s*(--[\w-]+ \w+)\s{2,}/.exec(comment)?.[1];
    return [
      ...(flag ? [mention(file, at, 'shell', `docker compose ${flag}`, 0)] : []),
      ...mentionsInText(file, at, comment),
    ];
  });
}

function mentionsInText(file: string, at: number, text: string): Mention[] {
  const bare = text.replaceAll(/(`+)[^`]*\1/g, (code) => ' '.repeat(code.length)).replaceAll(/\]\([^)]*\)/g, '');
  const plain = [wholeVariable, twoHumps, faultTest, section, plainPath].flatMap((form) => {
    const source = form === section ? text : bare;
    return [...source.matchAll(form)].map((match) => mention(file, at, 'plain', match[0], match.index, source));
  });
  const codes = [...text.matchAll(/`([^`]+)`/g)].map((match) =>
    mention(file, at, 'code', match[1] ?? '', match.index, text),
  );
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) =>
    mention(file, at, 'link', match[1] ?? '', match.index),
  );
  return [...codes, ...links, ...plain];
}

function mention(file: string, at: number, form: Mention['form'], text: string, index: number, line = ''): Mention {
  const noun = /([A-Za-z]+)\s+(?:\*\*)?$/.exec(line.slice(0, index))?.[1]?.toLowerCase() ?? '';
  const after = line.slice(index + text.length + (form === 'code' ? 2 : 0));
  return { file, line: at + 1, form, text, noun, after };
}

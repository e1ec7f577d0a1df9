import { describe, expect, test } from 'vitest';
import { makeSafe } from './safety.ts';

describe('mentions', () => {
  test.each([
    '@everyone',
    '@here',
    '\\@everyone',
    '||@everyone||',
    '@\u200beveryone',
    '<@1234567890>',
    '<@&1234567890>',
  ])('%s is inert', (text) => {
    expect(makeSafe(text)).not.toMatch(/@(?:everyone|here)|<@[!&]?\d/);
  });

  test('a person of the conversation may be shown', () => {
    const mayMention = (kind: string, id: string): boolean => kind === 'user' && id === '42';
    expect(makeSafe('<@42> <@43>', { mayMention })).toBe('<@42> <@\u200b43>');
  });

  test('a command is not one click away', () => {
    expect(makeSafe('</ban:111111111111111111>')).toBe('</\u200bban:111111111111111111>');
  });
});

describe('links', () => {
  test.each([
    ['[Click](https://evil.example.com/login)', 'Click (<https://evil.example.com/login>)'],
    ['[https://google.com](https://evil.example.com)', '`https://google.com` (<https://evil.example.com/>)'],
    ['https://discord.com@evil.example.com/', '<https://evil.example.com/>'],
    ['https://disсord.com/gift', '<https://xn--disord-krf.com/gift>'],
    ['||https://example.com/a||', '||<https://example.com/a>||'],
    ['(see https://example.com/a).', '(see <https://example.com/a>).'],
    ['![alt](https://example.com/a.png)', 'alt (<https://example.com/a.png>)'],
    ['https://discord.gg/abcdef', '`https://discord.gg/abcdef`'],
    ['[a](javascript:alert(1))', 'a (`javascript:alert(1)`)'],
  ])('%s', (text, safe) => {
    expect(makeSafe(text)).toBe(safe);
  });

  test('a link that holds a secret is removed', () => {
    const secrets = ['hunter2-secret'];
    const encoded = Buffer.from('x hunter2-secret y').toString('base64url');
    for (const text of [
      'https://e.com/?q=hunter2-secret',
      'https://e.com/?q=hunter2%2Dsecret',
      `https://e.com/${encoded}`,
    ]) {
      expect(makeSafe(text, { secrets })).toBe('«link removed: it held a secret»');
    }
  });

  test('a masked link that is not understood is broken up', () => {
    expect(makeSafe('[[a] b](https://evil.example.com)')).not.toContain('](');
  });
});

describe('code', () => {
  test('keeps its text', () => {
    const text = 'Use `<@1> @everyone https://a.b` or\n```js\nfetch("https://a.b") // @everyone\n```';
    expect(makeSafe(text)).toBe(text);
  });

  test('is written as Discord reads it', () => {
    expect(makeSafe('~~~js\nx\n~~~')).toBe('```js\nx\n```');
    expect(makeSafe('````md\n```js\nx\n```\n````')).toBe('```md\n``\u200b`js\nx\n``\u200b`\n```');
  });

  test('a stray backtick does not turn what follows into code or out of it', () => {
    expect(makeSafe('a ` b\n\n`discord.gg/x` discord.gg/y')).toBe('a \\` b\n\n`discord.gg/x` `discord.gg/y`');
  });
});

describe('headings', () => {
  test.each([
    ['#### Deep\ntext', '### Deep\ntext'],
    ['> ##### Deeper', '> ### Deeper'],
    ['text\n###### Deepest', 'text\n### Deepest'],
    ['### As it is', '### As it is'],
    ['####### none', '####### none'],
    ['####no', '####no'],
    ['in #### a line', 'in #### a line'],
    ['```\n#### code\n```', '```\n#### code\n```'],
  ])('%j has a mark that Discord draws', (text, safe) => {
    expect(makeSafe(text)).toBe(safe);
  });

  test('one that grows never shows another mark', () => {
    const text = 'First.\n#### Deep one\nand more text';
    let before = '';
    for (let at = 1; at <= text.length; at += 1) {
      const now = makeSafe(text.slice(0, at), { done: false });
      expect(now.startsWith(before), now).toBe(true);
      before = now;
    }
  });
});

describe('formulas', () => {
  test.each([
    ['Euler: \\(e^{i\\pi}+1=0\\).', 'Euler: `e^{i\\pi}+1=0`.'],
    ['\\[\n\\frac{a}{b} * c_d\n\\]', '`\\frac{a}{b} * c_d`'],
    ['\\[ a_1 \\\\[2pt] b_2 \\]', '`a_1 \\\\[2pt] b_2`'],
    ['$$\nx_{i}*y_{j}*z\n$$', '`x_{i}*y_{j}*z`'],
    ['so $x_{i}*y_{j}$ and $n$.', 'so `x_{i}*y_{j}` and `n`.'],
    ['It costs $5, and $10 or $a.', 'It costs $5, and $10 or $a.'],
    ['echo $HOME/$PATH and $$', 'echo $HOME/$PATH and $$'],
    ['US$5_000 or 5$', 'US$5_000 or 5$'],
    ['as \\[1\\] and \\(see below\\) say', 'as \\[1\\] and \\(see below\\) say'],
    ['`\\(a_b\\)` stays', '`\\(a_b\\)` stays'],
    ['\\(`a`\\)', '\\(`a`\\)'],
  ])('%j is shown whole', (text, safe) => {
    expect(makeSafe(text)).toBe(safe);
  });

  test.each(['\\[', '\\(', '$$', '$a', '\\[ x'])('many beginnings %j take no time', (text) => {
    const many = text.repeat(50_000);
    const began = performance.now();
    makeSafe(many);
    makeSafe(many, { done: false });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('one that grows appears whole, and what was shown stays', () => {
    for (const text of [
      'It is \\(a_b\\) or $c^d$ or $e\n\n$$f_g$$ and $5 for you.',
      'open \\[ x\n\nand on it goes $y and so on',
    ]) {
      let before = '';
      for (let at = 1; at <= text.length; at += 1) {
        const now = makeSafe(text.slice(0, at), { done: false });
        expect(now.startsWith(before), JSON.stringify([before, now])).toBe(true);
        before = now;
      }
      expect(makeSafe(text).startsWith(before)).toBe(true);
    }
  });
});

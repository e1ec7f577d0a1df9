/**
 * Samples of Discord's Markdown: the text, the HTML that the page makes of it, and what is documented. `from` says where:
 * `help` is Discord's help article "Markdown Text 101", `api` its reference for developers ("Message Formatting"),
 * `spoilers` its article on spoiler tags, `guide` the community's "Markdown 201", which goes by screenshots.
 * The test beside the page draws each and compares.
 */
const USER = '4398046511104';
const pill = (text) => `<span class="mention">${text}</span>`;
const link = (url, text = url) =>
  `<a href="${url}" title="${url}" target="_blank" rel="noopener noreferrer nofollow" data-preview="">${text}</a>`;
const quietLink = (url, text = url) => link(url, text).replace(' data-preview=""', '');
const code = (text, language) =>
  `<pre tabindex="0"><code${language ? ` data-language="${language}"` : ''}>${text}</code></pre>`;
const hl = (kind, text) => `<span class="hl-${kind}">${text}</span>`;
const heading = (level, text) => `<div role="heading" aria-level="${level + 2}" class="h${level}">${text}</div>`;
const time = (style, text) =>
  `<time datetime="2021-04-20T16:20:30.000Z" class="mark" data-style="${style}">${text}</time>`;
const hidden = (text) =>
  `<span class="spoiler" role="button" tabindex="0" aria-label="Spoiler, press to show">${text}</span>`;

export const SAMPLES = [
  { text: '*italics*', html: '<em>italics</em>', says: 'Asterisks make italics.', from: 'help' },
  { text: '_italics_', html: '<em>italics</em>', says: 'So do underscores.', from: 'help' },
  { text: '**bold**', html: '<strong>bold</strong>', says: 'Two asterisks make bold.', from: 'help' },
  { text: '***both***', html: '<strong><em>both</em></strong>', says: 'Three make bold italics.', from: 'help' },
  { text: '__underline__', html: '<u>underline</u>', says: 'Two underscores underline.', from: 'help' },
  { text: '__*both*__', html: '<u><em>both</em></u>', says: 'Underlined italics.', from: 'help' },
  { text: '__**both**__', html: '<u><strong>both</strong></u>', says: 'Underlined bold.', from: 'help' },
  {
    text: '__***all***__',
    html: '<u><strong><em>all</em></strong></u>',
    says: 'Underlined bold italics.',
    from: 'help',
  },
  { text: '~~gone~~', html: '<s>gone</s>', says: 'Two tildes strike through.', from: 'help' },
  {
    text: '**two\nlines**',
    html: '<strong>two\nlines</strong>',
    says: 'Formatting can span lines.',
    from: 'guide',
  },
  { text: '2 * 3 * 4', html: '2 * 3 * 4', says: 'An asterisk before a space makes no italics.', from: 'guide' },
  { text: 'snake_case_name', html: 'snake_case_name', says: 'Underscores within a word are text.', from: 'guide' },
  { text: '\\*not\\*', html: '*not*', says: 'A backslash takes a mark for text.', from: 'help' },
  { text: '¯\\_(ツ)_/¯', html: '¯_(ツ)_/¯', says: 'The backslash before a mark disappears.', from: 'guide' },
  { text: '**open', html: '**open', says: 'Marks that are not closed are text.', from: 'guide' },
  { text: '# Big', html: heading(1, 'Big'), says: 'One to three # and a space make a header.', from: 'help' },
  { text: '## Middle', html: heading(2, 'Middle'), says: 'The second size.', from: 'help' },
  { text: '### Small', html: heading(3, 'Small'), says: 'The third size.', from: 'help' },
  { text: '#### Four', html: '#### Four', says: 'There is no fourth size.', from: 'help' },
  { text: '#tag', html: '#tag', says: 'Without the space it is no header.', from: 'help' },
  { text: 'a # b', html: 'a # b', says: 'A header begins the line.', from: 'help' },
  {
    text: '# **Bold** header',
    html: heading(1, '<strong>Bold</strong> header'),
    says: 'Formatting works in headers.',
    from: 'guide',
  },
  { text: '-# small', html: '<small class="subtext">small</small>', says: '-# makes subtext.', from: 'help' },
  { text: '- a\n- b', html: '<ul><li>a</li><li>b</li></ul>', says: '- makes a list.', from: 'help' },
  { text: '* a\n* b', html: '<ul><li>a</li><li>b</li></ul>', says: 'So does *.', from: 'help' },
  {
    text: '- a\n  - b\n- c',
    html: '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>',
    says: 'Spaces before the mark indent an item.',
    from: 'help',
  },
  {
    text: '1. a\n2. b',
    html: '<ol start="1"><li>a</li><li>b</li></ol>',
    says: 'A number and a point make a numbered list.',
    from: 'guide',
  },
  {
    text: '7. a\n7. b',
    html: '<ol start="7"><li>a</li><li>b</li></ol>',
    says: 'It counts on from its first number.',
    from: 'guide',
  },
  {
    text: '1. a\n   - x\n   - y\n2. b',
    html: '<ol start="1"><li>a<ul><li>x</li><li>y</li></ul></li><li>b</li></ol>',
    says: 'A list within does not disturb the numbers.',
    from: 'guide',
  },
  {
    text: '1. a\n  1. x\n  2. y\n2. b',
    html: '<ol start="1"><li>a<ol start="1"><li>x</li><li>y</li></ol></li><li>b</li></ol>',
    says: 'Numbers of a list within are its own.',
    from: 'guide',
  },
  {
    text: '- a\n  more\n- b',
    html: '<ul><li>a<br>more</li><li>b</li></ul>',
    says: 'An indented line belongs to its item.',
    from: 'guide',
  },
  { text: '- a\nb', html: '<ul><li>a</li></ul>b', says: 'The next line ends the list.', from: 'guide' },
  { text: '-a', html: '-a', says: 'Without the space it is no list.', from: 'help' },
  {
    text: '[text](https://example.com)',
    html: link('https://example.com', 'text'),
    says: 'A masked link.',
    from: 'help',
  },
  {
    text: '[text](<https://example.com>)',
    html: quietLink('https://example.com', 'text'),
    says: 'In angle brackets: without a preview.',
    from: 'guide',
  },
  {
    text: '[**bold**](https://example.com)',
    html: link('https://example.com', '<strong>bold</strong>'),
    says: 'Formatting works within.',
    from: 'guide',
  },
  {
    text: '[https://a.example](https://b.example)',
    html: `[${link('https://a.example')}](${link('https://b.example')})`,
    says: 'An address cannot be masked by another one.',
    from: 'guide',
  },
  {
    text: '[x](javascript:alert)',
    html: '[x](javascript:alert)',
    says: 'Only web addresses are links.',
    from: 'guide',
  },
  {
    text: 'https://example.com/a_b_c.',
    html: `${link('https://example.com/a_b_c')}.`,
    says: 'A bare address is a link.',
    from: 'guide',
  },
  {
    text: '<https://example.com>',
    html: quietLink('https://example.com'),
    says: 'In angle brackets: without a preview.',
    from: 'guide',
  },
  {
    text: 'https://en.wikipedia.org/wiki/A_(b)',
    html: link('https://en.wikipedia.org/wiki/A_(b)'),
    says: 'A bracket that the address opened belongs to it.',
    from: 'guide',
  },
  { text: '`code`', html: '<code>code</code>', says: 'Backticks make code.', from: 'help' },
  { text: '``a`b``', html: '<code>a`b</code>', says: 'Two of them let one stand within.', from: 'guide' },
  { text: '`**x**`', html: '<code>**x**</code>', says: 'Nothing is formatted in code.', from: 'help' },
  { text: '```\ntwo\nlines\n```', html: code('two\nlines'), says: 'Three make a block.', from: 'help' },
  {
    text: '```js\nlet a = 1;\n```',
    html: code(`${hl('keyword', 'let')} a = ${hl('number', '1')};`, 'js'),
    says: 'A language colours it.',
    from: 'help',
  },
  {
    text: '```sql\nSELECT 1\n```',
    html: code(`${hl('keyword', 'SELECT')} ${hl('number', '1')}`, 'sql'),
    says: 'The colours are those of highlight.js.',
    from: 'guide',
  },
  { text: '```one line```', html: code('one line'), says: 'A block on one line.', from: 'guide' },
  {
    text: '```not a language\nx\n```',
    html: code('not a language\nx'),
    says: 'A first line with a space is content.',
    from: 'guide',
  },
  { text: 'a\n```\nb\n```\nc', html: `a\n${code('b')}c`, says: 'Text goes on after a block.', from: 'help' },
  {
    text: '> one\n> two',
    html: '<blockquote>one\ntwo</blockquote>',
    says: '> and a space quote a line.',
    from: 'help',
  },
  {
    text: '>>> one\ntwo',
    html: '<blockquote>one\ntwo</blockquote>',
    says: '>>> quotes all that follows.',
    from: 'help',
  },
  { text: '>none', html: '&gt;none', says: 'Without the space it is no quote.', from: 'guide' },
  {
    text: '> - a\n> - b',
    html: '<blockquote><ul><li>a</li><li>b</li></ul></blockquote>',
    says: 'Lists stand in quotes.',
    from: 'guide',
  },
  { text: '> > x', html: '<blockquote>&gt; x</blockquote>', says: 'Quotes do not nest.', from: 'guide' },
  {
    text: '||hidden||',
    html: hidden('hidden'),
    says: 'Two bars hide a spoiler until it is pressed.',
    from: 'spoilers',
  },
  { text: '||two\nlines||', html: hidden('two\nlines'), says: 'Spoilers can span lines.', from: 'guide' },
  {
    text: '<t:1618935630>',
    html: time('f', '20 April 2021 at 16:20'),
    says: 'A moment, in the reader’s own zone and language.',
    from: 'api',
  },
  { text: '<t:1618935630:t>', html: time('t', '16:20'), says: 'Short time.', from: 'api' },
  { text: '<t:1618935630:T>', html: time('T', '16:20:30'), says: 'Time with seconds.', from: 'api' },
  { text: '<t:1618935630:d>', html: time('d', '20/04/2021'), says: 'Short date.', from: 'api' },
  { text: '<t:1618935630:D>', html: time('D', '20 April 2021'), says: 'Long date.', from: 'api' },
  {
    text: '<t:1618935630:F>',
    html: time('F', 'Tuesday 20 April 2021 at 16:20'),
    says: 'With the weekday.',
    from: 'api',
  },
  { text: '<t:1618935630:s>', html: time('s', '20/04/2021, 16:20'), says: 'Short date, short time.', from: 'api' },
  { text: '<t:1618935630:x>', html: '&lt;t:1618935630:x&gt;', says: 'There is no such style.', from: 'api' },
  { text: '@everyone', html: pill('@everyone'), says: 'A mention of all.', from: 'api' },
  { text: `<@${USER}000000>`, html: pill('@unknown person'), says: 'A mention of a person, by id.', from: 'api' },
  { text: '</ask:123456789012345678>', html: pill('/ask'), says: 'A mention of a command.', from: 'api' },
  { text: '<id:browse>', html: pill('🔎 Browse Channels'), says: 'A page of the server.', from: 'api' },
  {
    text: '| a | b |\n|---|---|\n| 1 | 2 |',
    html: '| a | b |\n|---|---|\n| 1 | 2 |',
    says: 'There are no tables.',
    from: 'help',
  },
  {
    text: '![x](https://example.com/x.png)',
    html: `!${link('https://example.com/x.png', 'x')}`,
    says: 'There are no pictures in the text.',
    from: 'help',
  },
  { text: '---', html: '---', says: 'There are no lines across.', from: 'help' },
  { text: '<b>x</b>', html: '&lt;b&gt;x&lt;/b&gt;', says: 'HTML is text.', from: 'help' },
  { text: '🎉 🎉', html: '<span class="jumbo">🎉 🎉</span>', says: 'Emoji alone are drawn large.', from: 'guide' },
];

import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { config, createDomain } from '#mcp/discord/domain.ts';
import type { ShownMessage } from '#services/playground/controls/shown.ts';
import { demoIds } from '#services/playground/state/demo.ts';
import { findChromium } from '#test/lib/browser.ts';
import { ptyMissing, startOnTerminal, type TerminalProgram } from '#test/lib/on-terminal.ts';
import type { World } from './world.ts';

interface Row {
  tool: string;
  /** What the model calls it with; `results` are the texts of the calls before it in the same run. */
  arguments: (world: World, results: string[]) => Record<string, unknown>;
  /** What its result must have in it. */
  found: RegExp;
}

const row = (tool: string, args: Record<string, unknown> | Row['arguments'], found: RegExp): Row => ({
  tool,
  arguments: typeof args === 'function' ? args : () => args,
  found,
});

/** One call of each tool that the stack of `npm start` has, in the order of one run for each domain. */
const rows: Record<string, Row[]> = {
  builtin: [
    row('current_time', { timezone: 'Europe/Berlin' }, /Europe\/Berlin/),
    row('memory_save', { text: 'the coffee is on the second floor' }, /Remembered|remembered already/),
    row('memory_search', { query: 'coffee' }, /second floor/),
    row('memory_list', {}, /second floor/),
    row('memory_delete', (_, results) => ({ id: /\[([0-9a-f]{10});/.exec(results[3] ?? '')?.[1] }), /Deleted/),
  ],
  postgres: [
    row('postgres_list_databases', {}, /demo|postgres/),
    row('postgres_list_tables', {}, /products/),
    row('postgres_describe_table', { table: 'products' }, /price/),
    row('postgres_query', { query: 'SELECT count(*) AS number_of_products FROM products' }, /number_of_products/),
    row('postgres_explain', { query: 'SELECT * FROM products' }, /Seq Scan/),
  ],
  storage: [
    row('minio_list_buckets', {}, /demo/),
    row('minio_put_object', { bucket_name: 'demo', object_name: 'every.txt', content: 'each tool' }, /every\.txt/),
    row('minio_list_objects', { bucket_name: 'demo', prefix: 'every' }, /every\.txt/),
    row('minio_stat_object', { bucket_name: 'demo', object_name: 'every.txt' }, /size_bytes: 9/),
    row('minio_get_object', { bucket_name: 'demo', object_name: 'every.txt' }, /each tool/),
    row('minio_presign_object', { bucket_name: 'demo', object_name: 'every.txt' }, /X-Amz-Signature/),
  ],
  fetch: [row('fetch', (world) => ({ url: world.page }), /The page says 42/)],
  filesystem: [
    row('write_file', { path: 'every.txt', content: 'each tool' }, /every\.txt/),
    row('read_file', { path: 'every.txt' }, /each tool/),
    row('search_files', { path: '.', pattern: '*very.txt' }, /every\.txt/),
    row('list_directory', { path: '.' }, /handbook/),
    row('edit_file', { path: 'every.txt', edits: [{ old_text: 'each', new_text: 'every' }] }, /\+every/),
    row('create_directory', { path: 'every/day' }, /every\/day/),
    row('move_file', () => ({ source: 'every.txt', destination: `every/${randomUUID()}.txt` }), /Moved/),
  ],
  sqlite: [
    row('list_tables', {}, /tastings\.db/),
    row('describe_table', { table_name: 'scores' }, /points/),
    row('read_query', { query: 'SELECT count(*) AS number_of_scores FROM scores' }, /number_of_scores/),
    row('create_table', { query: 'CREATE TABLE IF NOT EXISTS every_tool (a)' }, /every_tool|table of that name/),
    row('write_query', { query: 'INSERT INTO every_tool VALUES (1)' }, /Changed 1 row/),
    row('append_insight', { insight: 'Each tool was called.' }, /Each tool was called/),
  ],
};

const inPage =
  (what: string, args: Record<string, unknown> = {}): Row['arguments'] =>
  (_, results) => {
    const ref = new RegExp(String.raw`${what} \[ref=(\w+)\]`).exec(results[1] ?? '')?.[1];
    return { element: what, ref, ...args };
  };

// Where there is no Chromium, the tools of the browser are not offered.
if (findChromium() !== undefined) {
  rows['playwright'] = [
    row('browser_navigate', (world) => ({ url: world.form }), /The page says nothing yet/),
    row('browser_snapshot', {}, /button "Reveal"/),
    row('browser_type', inPage('textbox "Word"', { text: 'open' }), /Typed into textbox "Word"/),
    row('browser_click', inPage('button "Reveal"'), /Clicked/),
    row('browser_wait_for', { text: 'The page says' }, /The page says nothing yet/),
    row('browser_screenshot', {}, /picture browser_screenshot|image\/jpeg/),
    row('browser_close', {}, /The browser is closed/),
  ];
}

/** Tools that only people in Discord have. */
const inDiscord: Record<string, Row[]> = {
  discord: [
    row('discord_server_info', {}, /Dragoman Demo/),
    row('discord_list_channels', {}, /#general/),
    row('discord_post_message', { channel: demoIds.channels.ops, content: 'every tool was called' }, /Posted in #ops/),
    row('discord_read_messages', { channel: 'ops' }, /every tool was called/),
    row('discord_search_messages', { query: 'EVERY tool was' }, /[1-9]\d* found/),
  ],
};

/** Lets the model call each tool that there is, once for somebody in Discord and once for somebody at a terminal. */
export function everyToolScenarios(world: () => World): void {
  it('has a row for each tool', async () => {
    const { stdout } = await world().stack.dragoman(['tools', '--json']);
    const tools = (JSON.parse(stdout) as { tool: string }[]).map(({ tool }) => tool);
    const known = Object.values(rows).flatMap((each) => each.map(({ tool }) => tool));
    expect(known.toSorted()).toEqual(tools.toSorted());
    const ofDiscord = createDomain(config.parse({})).tools.map(({ name }) => name);
    expect(inDiscord['discord']?.map(({ tool }) => tool).toSorted()).toEqual(ofDiscord.toSorted());
  });

  describe.each(Object.entries({ ...rows, ...inDiscord }))('%s', (domain, each) => {
    it('for an operator in Discord, who allows what needs a yes', async () => {
      script(world(), domain, each);
      const { discord } = world();
      const asked = await discord.say({
        channel: 'general',
        author: 'Olga',
        content: `<@${demoIds.bot}> [script:every-${domain}] Call each.`,
      });
      expect(outcomes(await answerTo(world(), asked.id))).toEqual(each.map(({ tool }) => `${tool} found`));
    });

    it.skipIf(ptyMissing || domain in inDiscord)(
      'for somebody at a terminal, who allows what needs a yes',
      async () => {
        script(world(), domain, each);
        const { stack } = world();
        const question = `[script:every-${domain}] Call each.`;
        await using program = startOnTerminal('services/cli/main.ts', ['run', question], {
          DRAGOMAN_STATE_DIR: stack.folder,
          NO_COLOR: '1',
        });
        expect(await allowAll(program)).toBe(0);
        expect(outcomes(program.shown())).toEqual(each.map(({ tool }) => `${tool} found`));
      },
    );
  });
}

function script(world: World, domain: string, each: readonly Row[]): void {
  world.model.script(`every-${domain}`, (request) => {
    const results = request.results.map(({ text }) => text);
    const next = each[request.step];
    if (next) return { toolCalls: [{ name: next.tool, arguments: next.arguments(world, results) }] };
    const told = each.map(({ tool, found }, at) =>
      found.test(results[at] ?? '') ? `${tool} found` : `${tool} said ${results[at]?.slice(0, 300)}`,
    );
    return { text: `Outcomes:\n${told.join('\n')}` };
  });
}

/** What the bot answers to a message, once Olga has allowed each call that a card asks about. */
async function answerTo({ discord }: World, asked: string): Promise<string> {
  const allowed = new Set<string>();
  const asks = ({ id, components }: ShownMessage) =>
    !allowed.has(id) && JSON.stringify(components).includes('"Allow once"');
  for (;;) {
    const shown = await discord.waitFor('general', (message) => asks(message) || isAnswer(message), 60_000);
    if (isAnswer(shown)) return shown.content;
    allowed.add(shown.id);
    await discord.click({ message: shown.id, author: 'Olga', label: 'Allow once' });
  }

  function isAnswer({ replyTo, content }: ShownMessage): boolean {
    return replyTo === asked && content.includes('Outcomes:');
  }
}

/** Types a yes to each question until the program ends; resolves to its exit code. */
async function allowAll(program: TerminalProgram): Promise<number | null> {
  const over = program.ended.then((code) => ({ code }));
  for (;;) {
    const asked = program.until(/needs your yes:[\s\S]*?Allow it\? /).then(
      () => undefined,
      () => over,
    );
    const end = await Promise.race([asked, over]);
    if (end) return end.code;
    program.type('y\r');
  }
}

function outcomes(text: string): string[] {
  return text.split(/Outcomes:\s+/)[1]?.match(/^\w+ (?:found|said .*)$/gm) ?? [text];
}

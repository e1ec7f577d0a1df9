import { firstVerdict, judgeMentions, mentionsOf } from './claims/claims.ts';
import { readFacts, type Facts } from './claims/facts.ts';
import { mentionsInComments, mentionsInPage } from './claims/mentions.ts';

/** A line of a page, and a part of the expected complaint. Undefined: the line is true, and no complaint may come. */
const plants: [line: string, complaint: string | undefined][] = [
  // Files, folders, links, headings.
  ['`shared/run/fold/`, `config.ts`, `mcp/<domain>/domain.ts`, `.dragoman/logs/tool-runner-*.log`', undefined],
  ['`shared/run/foldd/`', 'there is no shared/run/foldd/'],
  ['The file shared/run/nothing.ts keeps it.', 'there is no shared/run/nothing.ts'],
  ['[the archive](operations.md#the-archive), docs/operations.md, "Keys and budgets"', undefined],
  ['[gone](operations.md#the-attic)', 'has no heading #the-attic'],
  ['[gone](attic.md)', 'the link leads to docs/attic.md'],
  ['docs/operations.md, "Keys and locks"', 'has no heading "Keys and locks"'],
  // npm scripts and what they take.
  ['`npm run test:faults -- --only R3 --kills 9`, `npm start -- --once "What?"`, `npm test -- shared/run`', undefined],
  ['`npm run test:fault`', 'package.json has no script "test:fault"'],
  ['`npm run bench -- --list`', "Unknown option '--list'"],
  ['`npm test -- shared/runs`', 'no test file has shared/runs'],
  // The command line.
  [
    '`npx dragoman jobs replay <run> --from start`, `cli audit --kind decided`, `--no-stdin`, `jobs show <id>`',
    undefined,
  ],
  ['`npx dragoman jobs repeat <run>`', '"jobs" has no command "repeat"'],
  ['`dragoman run --engine gpt`', 'there is no option --engine'],
  ['`jobs list --kind x`', 'there is no option --kind'],
  ['`cli jobs replay <run> --from middle`', '--from takes'],
  ['`--no-stdout`', 'no command has an option --no-stdout'],
  // Variables, their values and defaults.
  [
    '`REDIS_URL`, `DISCORD_TOKEN_FILE`, `RETENTION_*`, `DISCORD_PRESENCE=off`, `RETENTION_MEMORY_PERCENT` (80)',
    undefined,
  ],
  ['`REDIS_ADDRESS`', 'there is no variable REDIS_ADDRESS'],
  ['Set REDIS_ADDRESS first.', 'there is no variable REDIS_ADDRESS'],
  ['`RETENTIONS_*`', 'no variable fits'],
  ['`DISCORD_PRESENCE=perhaps`', 'does not take perhaps'],
  ['`RETENTION_FAILED_MS` (3 days)', 'by default, not'],
  // Redis keys, metrics, labels, alerts, queues.
  ['`run:<id>:journal`, `index:failed-for:*`, the queue `runs`, `history:<conversation>~<talk>`', undefined],
  ['`run:<id>:diary`', 'has no key run:<id>:diary'],
  ['`index:lost`', 'has no key index:lost'],
  ['`dragoman_runs_total{outcome="failed"}`, `dragoman_runs_mended_total{what}`, alert `RunsFail`', undefined],
  ['`dragoman_runs_lost_total`', 'there is no metric'],
  ['`dragoman_runs_total{result="failed"}`', 'has no label result'],
  ['`dragoman_runs_total{outcome="lost"}`', 'never has outcome="lost"'],
  ['It fires RunsVanish.', 'there is no alert RunsVanish'],
  ['queue `rnus`', 'there is no queue rnus'],
  ['R1P and R22W show it.', undefined],
  ['R77 shows it.', 'there is no fault test R77'],
  // Compose.
  ['`docker compose restart worker ingress`, network `archive`, `docker compose --profile offline up -d`', undefined],
  ['`docker compose restart wroker`', 'has no service wroker'],
  ['`docker compose --profile online up`', 'has no profile online'],
  ['`docker compose exec worker node services/cli/main.ts docter`', 'has no command "docter"'],
  ['`http://127.0.0.1:3000`, `http://litellm:4000/v1`', undefined],
  ['`http://127.0.0.1:3999`', 'nothing listens on port 3999'],
  ['`rotate s3`', undefined],
  ['`rotate s4`', 'there is no secret group s4'],
  // Discord, dashboards, code.
  ['`/ask question: Why?`, `/readyz`, `Runs and queues → Wait for a worker`', undefined],
  ['`/ask model: gpt`', '/ask has no option model'],
  ['`/summon`', 'there is no command /summon'],
  ['`Runs and queues → Waiting`', 'no dashboard or panel'],
  ['`createWorker`, `defineTool({ name })`, `budget-exceeded`, `allow`', undefined],
  ['`createWroker`', 'the code has no createWroker'],
  ['`defineTule({ name })`', 'the code has no defineTule'],
  ['`budget-exceded`', 'the code has no "budget-exceded"'],
  ['`allowd`', 'nothing in the code is called so'],
];

/**
 * Complains when a planted false claim is not found, when a true one is reported, and when many names could be misspelt
 * without a complaint.
 */
export async function claimsCanary(root: string): Promise<string[]> {
  const facts = await readFacts(root);
  return [
    ...plants.flatMap((plant) => judgePlant(plant, facts)),
    ...judgeComment(facts),
    ...judgeMisspelt(root, facts),
  ];
}

function judgePlant([line, wanted]: (typeof plants)[number], facts: Facts): string[] {
  const { complaints, judged } = judgeMentions(mentionsInPage('docs/planted.md', line), facts);
  if (wanted === undefined && judged > 0) return complaints.map((complaint) => `a true claim is refused: ${complaint}`);
  const found = wanted !== undefined && complaints.some((complaint) => complaint.includes(wanted));
  return found ? [] : [`not noticed: ${line}; it said ${complaints.join('; ') || 'nothing'}`];
}

function judgeComment(facts: Facts): string[] {
  const yaml =
    'key: value # see REDIS_ADDRESS\n#   docker compose up wroker   starts it\n#   --profile online   another\n';
  const { complaints } = judgeMentions(mentionsInComments('compose.yaml', yaml), facts);
  return complaints.length === 3
    ? []
    : [`three false comments were planted, found: ${complaints.join('; ') || 'none'}`];
}

/** The names in the docs that would still pass with two more letters: words of examples. */
function judgeMisspelt(root: string, facts: Facts): string[] {
  const right = mentionsOf(root).filter((mention) => mention.form === 'code' && firstVerdict(mention, facts) === true);
  const changed = right.map((mention) => ({ ...mention, text: misspelt(mention.text) }));
  const unseen = changed.filter((mention) => firstVerdict(mention, facts) === true).map(({ text }) => text);
  const share = unseen.length / right.length;
  return share < 0.05 ? [] : [`${unseen.length} of ${right.length} names can be misspelt unseen: ${unseen.join(', ')}`];
}

/** The text with two more letters in its longest word that is no placeholder. */
function misspelt(text: string): string {
  const words = [...text.matchAll(/(?<![<\w])[A-Za-z]{2,}/g)].toSorted((a, b) => b[0].length - a[0].length);
  const [longest] = words;
  if (!longest) return text;
  const at = longest.index + longest[0].length - 1;
  return `${text.slice(0, at)}${/^[A-Z]+$/.test(longest[0]) ? 'XQ' : 'xq'}${text.slice(at)}`;
}

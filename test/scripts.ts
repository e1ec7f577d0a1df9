import { checkCount, scriptArguments } from './lib/script-arguments.ts';

// What the npm scripts of this project take after `--`. Each script reads its own part, and the docs are compared with
// all.

const bool = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;
const help = { type: 'boolean', short: 'h', default: false } as const;

export const testArguments = scriptArguments({
  usage: `npm test [-- name …] [--slow] [--redis PATH]
  name …        only the test files that have one of these words in their path
  --slow        only files that npm test leaves out because they take long
  --redis PATH  the Redis or Valkey server that the suites run against
Installs what these suites need, names what it skips and why, and ends with the line "N passed, N failed".`,
  options: { redis: text, slow: bool, help },
  words: true,
});

export const checkArguments = scriptArguments({
  usage: `npm run check [-- name …] [--others]
  name …    only the checks that have one of these words in their name
  --others  lists the names in the docs that the check "claims" takes for somebody else's`,
  options: { others: bool, help },
  words: true,
});

export const generateArguments = scriptArguments({
  usage: `npm run generate
Writes anew what follows from other files: pictures of ARCHITECTURE.md, .env.example, what compose.yaml, LiteLLM and Prometheus
have of the list of servers.`,
  options: { help },
});

export const picturesArguments = scriptArguments({
  usage: `npm run pictures [-- --talks]
Makes the pictures of the docs anew from the running product (docs/pictures): the playground and the terminal. Needs a Chromium.
  --talks  docs/first-minutes.md with its pictures instead: the first ten minutes of a member and of an administrator`,
  options: { talks: bool, help },
});

export const benchArguments = scriptArguments({
  usage: `npm run bench [-- option …]
  (none)           the product beside a minimal pipeline, about two minutes; then the bytes of what Redis keeps
  --quick          the same or any of the below with less of everything
  --bytes          what Redis needs for a run and for a conversation
  --http           the HTTP door beside the model asked directly and a bare Express proxy, two minutes
  --keys           whether the time of a look-up tells which API keys exist, a minute
  --tools          what Dragoman adds to a call of each domain's tools, on a whole npm start, three minutes
  --start          how long npm start takes to the first answer, in a fresh clone and later, and what it holds, ten minutes
  --first-sign     when people in Discord see a first sign, 100 conversations at once, two minutes
  --lists          how long operators' lists take in a large store, ten minutes
  --tokens         counts samples with tokenizers of others, which it installs (300 MB), a minute
  --durable-peers  the product beside DBOS and Restate, which it installs, six minutes
BENCH_PROFILE=folder writes a CPU profile of each process there.`,
  options: {
    quick: bool,
    bytes: bool,
    keys: bool,
    lists: bool,
    start: bool,
    tools: bool,
    http: bool,
    tokens: bool,
    'first-sign': bool,
    'durable-peers': bool,
    help,
  },
});

export const faultArguments = scriptArguments({
  usage: `npm run test:faults [-- option …]
  (none)        every test in full: a thousand kills and more, hours
  --quick       every test with few faults
  --only R3,R8  only these tests
  --kills N     with another number of faults
FAULT_SEED=n repeats the random numbers of an earlier run. test/faults/README.md says what each test does.`,
  options: { quick: bool, full: bool, only: text, kills: text, help },
  check: ({ kills }) => checkCount('--kills', kills),
});

export const composeArguments = scriptArguments({
  usage: `npm run test:compose [-- name …] [--keep]
  name …  only the files of test/compose that have one of these words in their name
  --keep  uses a stack that is up, and leaves it up
Builds the images, starts the real compose.yaml, tests it and takes it down.`,
  options: { keep: bool, help },
  words: true,
});

export const clientsArguments = scriptArguments({
  usage: `npm run test:clients [-- name …]
  name …  only the files of test/clients that have one of these words in their name
Installs libraries from PyPI and programs from npm, once, and asks the HTTP API with them.`,
  options: { help },
  words: true,
});

export const litellmArguments = scriptArguments({
  usage: `npm run test:litellm [-- name …]
  name …  only the files of test/litellm that have one of these words in their name
Installs the LiteLLM that compose.yaml pins, once, and tests the contract with it.`,
  options: { help },
  words: true,
});

export const postgresVersionsArguments = scriptArguments({
  usage: `npm run test:postgres-versions [-- version …]
  version …  only these of 14, 15, 16, 17 and 18
Installs each PostgreSQL from npm, once, tests the PostgreSQL tools with it, and names those that cannot be had.`,
  options: { help },
  words: true,
});

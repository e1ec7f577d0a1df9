/** A test file that plays cases, and a part of the names of the tests that do it. */
export interface Driver {
  file: string;
  tests: string;
}

/** Which suites play the cases of each corpus. A file that no suite plays stands in `unplayed`, with the reason. */
export const corpora: Record<string, string[]> = {
  'ssrf.json': ['mcp/fetch/corpus.test.ts', 'mcp/playwright/corpus.test.ts'],
  'browser.json': ['mcp/playwright/pages.test.ts'],
  'sql.json': ['mcp/postgres/corpus.test.ts'],
  'paths.json': ['mcp/filesystem/corpus.test.ts'],
  's3.json': ['mcp/storage/corpus.test.ts'],
  'monitoring.json': ['mcp/monitoring/corpus.test.ts'],
  'n8n.json': ['mcp/n8n/corpus.test.ts'],
  'timescaledb.json': ['mcp/timescaledb/corpus.test.ts'],
  'mcp.json': ['services/tool-runner/hostile.test.ts', 'services/tool-runner/backends/adopt-tools.test.ts'],
  'openai-api.json': ['test/api/corpus.test.ts'],
  'memory.json': ['services/worker/tools/builtin/memory/corpus.test.ts'],
  'discord-tools.json': ['test/discord/corpus/tools.test.ts'],
  'discord.json': [
    'services/ingress/text/corpus.test.ts',
    'services/ingress/text/embeds.test.ts',
    'services/ingress/request/attachments.corpus.test.ts',
    'test/discord/corpus/approval.test.ts',
    'test/discord/corpus/floods.test.ts',
    'test/discord/corpus/input.test.ts',
    'test/discord/corpus/transport.test.ts',
  ],
};

export const unplayed: Record<string, string> = {
  'README.md': 'tells of the others',
  'decode.mjs': 'test/lib/corpora.ts expands the compact forms',
  'sql.setup.sql': 'the suite of sql.json runs it',
};

/** Which suite plays each case of test/corpora/cases, with its neighbours. */
export const cases: Record<string, Driver> = {
  'discord-01-forwarded': { file: 'test/discord/content.test.ts', tests: 'a forward alone is content' },
  'fetch-01-body-tag-omitted': { file: 'mcp/fetch/shapes.test.ts', tests: 'omitted-body' },
  'fetch-03-xml-declared-encoding': { file: 'mcp/fetch/odd-servers.test.ts', tests: 'encodings' },
  'fetch-06-content-encoding-nonsense': { file: 'mcp/fetch/odd-servers.test.ts', tests: 'Content-Encoding' },
  'fetch-08-text-as-octet-stream': { file: 'mcp/fetch/odd-servers.test.ts', tests: 'Content-Type' },
  'fetch-10-meta-refresh': { file: 'mcp/fetch/odd-servers.test.ts', tests: 'forwarding pages' },
  'fs-02-legacy-encodings': { file: 'mcp/filesystem/encodings.test.ts', tests: 'without a mark' },
  'mcp-01-next-cursor-null': { file: 'services/tool-runner/backends/list-tools.test.ts', tests: 'not ours' },
  'mcp-03-unreadable-answer': { file: 'services/tool-runner/odd-answers.test.ts', tests: 'an odd answer by' },
  'mcp-05-too-many-tools': {
    file: 'services/worker/tools/offering/short-list.test.ts',
    tests: 'of more tools than a request takes',
  },
  'mcp-06-session-404': { file: 'services/tool-runner/sessions.test.ts', tests: 'forgotten the session' },
  'mcp-09-loose-schemas': { file: 'test/servers/adopt-schema.test.ts', tests: 'not quite JSON Schema' },
  'model-01-summary-chunk': { file: 'test/model/shapes/shapes.test.ts', tests: 'pieces, then the whole message again' },
  'model-03-empty-data-keepalive': { file: 'test/model/shapes/shapes.test.ts', tests: 'odd events > empty data' },
  'model-05-think-without-opening': { file: 'test/model/shapes/shapes.test.ts', tests: 'in the text > no opening' },
  'model-07-stream-options-refused': { file: 'test/model/shapes/shapes.test.ts', tests: 'stream_options: 422' },
  'model-09-tool-name-prefix': { file: 'test/model/shapes/shapes.test.ts', tests: 'functions.current_time' },
  'pg-02-one-table-spoils-counts': { file: 'mcp/postgres/cases.test.ts', tests: 'pg-02-' },
  'storage-01-html-as-listing': { file: 'mcp/storage/strange-servers.test.ts', tests: 'a page in place of an answer' },
  'storage-03-content-encoding': { file: 'mcp/storage/strange-servers.test.ts', tests: 'text stored as "aws-chunked"' },
};

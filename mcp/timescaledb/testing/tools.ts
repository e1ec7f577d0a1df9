import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Domain } from '#mcp/kit.ts';
import { config, createDomain } from '../domain.ts';
import { startTestTimescale } from './server.ts';

export interface Answer {
  failed: boolean;
  text: string;
  data: Record<string, unknown>;
}

export interface TestSeries extends AsyncDisposable {
  domain: Domain;
  url: string;
  call(tool: string, args?: unknown): Promise<Answer>;
}

/** The domain over a real TimescaleDB with the demo and more files of SQL, called as the server calls it. For tests. */
export async function testSeries(options: { more?: string[]; licensed?: boolean } = {}): Promise<TestSeries> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-timescale-'));
  const series = await seriesIn(path.join(folder, 'data'), options);
  return {
    ...series,
    async [Symbol.asyncDispose]() {
      await series[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function seriesIn(folder: string, options: { more?: string[]; licensed?: boolean }): Promise<TestSeries> {
  const server = await startTestTimescale({ folder, ...options });
  const { url } = server;
  // The database has one session.
  const settings = { TIMESCALE_URL: url, TIMESCALE_MAX_CONNECTIONS: 1, TIMESCALE_STATEMENT_TIMEOUT_MS: 60_000 };
  const domain = createDomain(config.parse(settings));
  return {
    domain,
    url,
    call: (name, args = {}) => callTool(domain, name, args),
    async [Symbol.asyncDispose]() {
      await domain[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function callTool(domain: Domain, name: string, args: unknown): Promise<Answer> {
  const tool = domain.tools.find((candidate) => candidate.name === name);
  if (!tool) throw new Error(`there is no tool ${name}`);
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const result = await tool.call(args, context);
  const [first] = result.content;
  const text = first?.type === 'text' ? first.text : '';
  return { failed: result.isError === true, text, data: (result.structuredContent ?? {}) as Answer['data'] };
}

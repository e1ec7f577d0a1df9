import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { loadConfig } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { redact } from '#shared/process/log.ts';
import type { Part, PartContext } from './part.ts';
import type { Talk } from './talk.ts';

const patienceMs = 10_000;

/** Takes a PostgreSQL, an object store and a folder of the person's own, each tried before it is kept. */
export const setUpData: Part = async (talk, context) => {
  talk.say('\nData. Without settings there are a demo shop, a demo bucket and a demo folder.');
  await setUpPostgres(talk, context);
  await setUpStorage(talk, context);
  setUpFolder(talk, context, await talk.ask('A folder that the bot may read, or Enter to leave it as it is'));
};

async function setUpPostgres(talk: Talk, { now, keep }: PartContext): Promise<void> {
  talk.say(`PostgreSQL: ${now['POSTGRES_URL'] ? 'one of yours is set' : 'the demo shop'}.`);
  for (;;) {
    const url = await talk.secret('Its URL, postgresql://user:password@host:5432/name, or Enter to leave it');
    if (url === '') return;
    try {
      talk.good(`It answers, and the tools take its role ${await tryPostgres(url, now)}.`);
      return keep({ POSTGRES_URL: url });
    } catch (error) {
      talk.bad(`It does not work: ${redact(errorText(error))}`);
    }
  }
}

/** Connects, and looks at the role as the tools will, which refuse one that may write. Resolves with its name. */
async function tryPostgres(url: string, settings: PartContext['now']): Promise<string> {
  if (!/^postgres(?:ql)?:\/\//.test(url)) throw new Error('the URL begins with postgresql://');
  const user = await roleOf(url);
  const { config, createDomain } = await import('#mcp/postgres/domain.ts');
  await using domain = createDomain(loadConfig(config, { ...settings, POSTGRES_URL: url }));
  await domain.check();
  return user;
}

async function roleOf(url: string): Promise<string> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: url, connectionTimeoutMillis: patienceMs, query_timeout: patienceMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
    return rows[0]?.role ?? 'nobody';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function setUpStorage(talk: Talk, { now, keep }: PartContext): Promise<void> {
  talk.say(`Object store (S3, MinIO): ${now['S3_ENDPOINT'] ? `yours at ${now['S3_ENDPOINT']}` : 'the demo bucket'}.`);
  for (;;) {
    const endpoint = await talk.ask('Its address, http://host:9000, or Enter to leave it');
    if (endpoint === '') return;
    if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
      talk.bad('That is no address: it begins with http:// or https://.');
      continue;
    }
    const accessKey = await talk.ask('Access key');
    const secretKey = await talk.secret('Secret key');
    try {
      const buckets = await tryStorage(endpoint, accessKey, secretKey);
      talk.good(`It answers, with ${buckets === 1 ? 'one bucket' : `${buckets} buckets`}.`);
      return keep({ S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey });
    } catch (error) {
      talk.bad(`It does not work: ${redact(errorText(error)).replaceAll(secretKey || '\0', '[key]')}`);
    }
  }
}

async function tryStorage(endpoint: string, accessKeyId: string, secretAccessKey: string): Promise<number> {
  const { ListBucketsCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
  });
  try {
    const { Buckets = [] } = await client.send(new ListBucketsCommand(), {
      abortSignal: AbortSignal.timeout(patienceMs),
    });
    return Buckets.length;
  } finally {
    client.destroy();
  }
}

function setUpFolder(talk: Talk, { keep }: PartContext, folder: string): void {
  if (folder === '') return;
  const absolute = path.resolve(folder.replace(/^~(?=\/|$)/, homedir()));
  if (!statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) {
    talk.bad(`${absolute} is no folder here; it stays as it is.`);
    return;
  }
  talk.good(`${absolute} may be read; writing into it asks first.`);
  keep({ FILESYSTEM_ROOT: absolute });
}

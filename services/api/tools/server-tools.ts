import { readCatalogue, type SeenCatalogue } from '#shared/run/catalogue.ts';
import type { Api } from '../api.ts';

/** Milliseconds for which a catalogue that was read is used. */
const freshMs = 2_000;
const known = new WeakMap<Api, { at: number; reading: Promise<SeenCatalogue> }>();

/** All tools that run on the server, as workers see them. */
export function catalogueOf(api: Api): Promise<SeenCatalogue> {
  const last = known.get(api);
  if (last && Date.now() - last.at < freshMs) return last.reading;
  const reading = readCatalogue(api.redis).then((found) => found ?? { at: 0, tools: [], unreachable: [], prompts: [] });
  known.set(api, { at: Date.now(), reading });
  reading.catch(() => known.delete(api));
  return reading;
}

/** Their names. */
export async function serverTools(api: Api): Promise<ReadonlySet<string>> {
  return new Set((await catalogueOf(api)).tools.map(({ name }) => name));
}

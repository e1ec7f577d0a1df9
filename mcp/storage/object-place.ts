import { refused, shown } from '#mcp/words.ts';
import { keyProblem, newKeyProblem } from './names.ts';
import type { Place } from './server-errors.ts';
import type { Store } from './store.ts';

/** The object that a call names, after its bucket and name were judged. Throws refusals. */
export function objectPlace(store: Store, bucket: string, key: string, use?: 'write'): Required<Place> {
  store.requireBucket(bucket, use);
  if (key === '') throw refused('an object has a name. Give object_name.');
  const problem = use === 'write' ? newKeyProblem(key) : keyProblem(key);
  if (problem) throw refused(`${shown(key)} cannot be an object's name: ${problem}.`);
  if (use === 'write' && key.endsWith('/')) throw refused(`${shown(key)} names a folder. Give the name of an object.`);
  return { bucket, key };
}

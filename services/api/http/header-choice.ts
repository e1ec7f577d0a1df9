import type { Request } from 'express';
import { ApiError } from './errors.ts';

/** What a header says that has a few words only; undefined without it. Throws ApiError 400 for another word. */
export function headerChoice<T extends string>(request: Request, name: string, words: readonly T[]): T | undefined {
  const given = request.get(name);
  if (given === undefined || given === '') return undefined;
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  throw new ApiError(400, `${name}: must be ${words.join(' or ')}, or left out.`, { param: name });
}

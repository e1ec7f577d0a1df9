import { createHash } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { canonicalJson } from '#shared/run/arguments-hash.ts';
import { OUTCOME_META } from '#shared/ground/tool-meta.ts';
import { ToolError, failure } from '#mcp/kit.ts';
import { openCallFile, type CallFile, type Files } from './call-file.ts';
import type { CallRecord } from './call-lines.ts';
import { callFileFailed } from './events.ts';

/** Remembers calls by idempotency key, so that a repeated call is answered without being made again. */
export interface CallMemory extends AsyncDisposable {
  /**
   * Makes the call, or answers it from memory: with the stored result, or with that of the same call still under way. A
   * call of which only the beginning is known is answered as `unknownOutcome`, or made again where that is harmless.
   * The same holds for a call whose result could not be stored. It holds for a repeated call of which nothing is known,
   * too, unless there is a file that would know it: without one, another process may have made it. `execute` must not
   * reject. Rejects with ToolError when the key belongs to another call or the intent cannot be recorded.
   */
  once(call: KeyedCall, execute: () => Promise<CallToolResult>): Promise<{ result: CallToolResult; repeated: boolean }>;
  /** Forgets the calls of a scope, also those in the file. Rejects when the file cannot be written anew. */
  forget(scope: string): Promise<void>;
  /** Rejects with a sentence for the operator while calls cannot be recorded; those with a key are refused then. */
  check(): Promise<void>;
}

export interface KeyedCall {
  /** Whose key it is, so that keys of different callers and runs never meet. */
  scope: string;
  key: string;
  tool: string;
  args: unknown;
  /** True when making it again is harmless. */
  repeatable: boolean;
  /** True when the caller has sent it before and got no answer. */
  repeated?: boolean | undefined;
}

interface Remembered {
  scope: string | undefined;
  fingerprint: string;
  at: number;
  bytes: number;
  result: Promise<CallToolResult>;
  settled: boolean;
}

export interface CallMemoryLimits {
  /** Milliseconds. */
  ttlMs: number;
  entries: number;
  bytes: number;
}

const defaultLimits: CallMemoryLimits = { ttlMs: 24 * 3_600_000, entries: 20_000, bytes: 64_000_000 };

/** A memory in this process, and in `file` too when one is given. Rejects when the file cannot be used. */
export async function createCallMemory(
  file?: string,
  limits: CallMemoryLimits = defaultLimits,
  files?: Files,
): Promise<CallMemory> {
  const calls = new Map<string, Remembered>();
  const oldest = Date.now() - limits.ttlMs;
  const store = file === undefined ? undefined : await openCallFile(file, oldest, 2 * limits.entries, files);
  let bytes = 0;
  for (const record of store?.recovered ?? []) remember(record);

  function remember(record: CallRecord): void {
    const result = record.result ?? unknownOutcome(record.tool);
    const size = sizeOf(result);
    bytes += size;
    const { fingerprint, at, scope } = record;
    calls.set(record.id, { scope, fingerprint, at, bytes: size, result: Promise.resolve(result), settled: true });
  }

  function forgetOld(): void {
    const oldest = Date.now() - limits.ttlMs;
    // A Map iterates in order of insertion, so the oldest come first. Calls under way stay.
    for (const [id, call] of calls) {
      if (call.at >= oldest && calls.size < limits.entries && bytes <= limits.bytes) return;
      if (!call.settled) continue;
      letGo(id, call);
    }
  }

  function letGo(id: string, call: Remembered): void {
    calls.delete(id);
    bytes -= call.bytes;
  }

  return {
    async once(call, execute) {
      const id = hash([call.scope, call.key]);
      const scope = hash(call.scope);
      const fingerprint = hash([call.tool, call.args]);
      for (let known = calls.get(id); known; known = calls.get(id)) {
        if (known.fingerprint !== fingerprint)
          throw new ToolError('This idempotency key was used for another call; nothing was done.');
        const result = await known.result;
        if (!call.repeatable || !isUnknown(result)) return { result, repeated: true };
        // Another repetition may have been faster.
        if (calls.get(id) === known) letGo(id, known);
      }
      if (call.repeated && !call.repeatable && !store) return { result: unknownOutcome(call.tool), repeated: true };
      forgetOld();
      const entry: Remembered = {
        scope,
        fingerprint,
        at: Date.now(),
        bytes: 0,
        settled: false,
        result: perform({ id, scope, fingerprint, tool: call.tool, at: Date.now() }, call.repeatable, execute, store),
      };
      // This comes before the first await: a second call with the key must find this one.
      calls.set(id, entry);
      try {
        const result = await entry.result;
        entry.settled = true;
        entry.bytes = sizeOf(result);
        bytes += entry.bytes;
        return { result, repeated: false };
      } catch (error) {
        calls.delete(id);
        throw error;
      }
    },
    async forget(scope) {
      const hashed = hash(scope);
      for (const [id, call] of calls) if (call.scope === hashed && call.settled) letGo(id, call);
      await store?.forget(hashed);
    },
    check: async () => store?.check(),
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...calls.values()].map((call) => call.result));
      await store?.[Symbol.asyncDispose]();
    },
  };
}

/**
 * The intent is on disk before the call is made, and the result before it is answered. A result that cannot be stored
 * is answered as unknown, because neither this process nor the next one could say more about it when asked again. Where
 * repeating does no harm, the result is returned all the same.
 */
async function perform(
  record: CallRecord,
  repeatable: boolean,
  execute: () => Promise<CallToolResult>,
  store: CallFile | undefined,
): Promise<CallToolResult> {
  try {
    await store?.append(record);
  } catch (error) {
    callFileFailed('intent', error);
    throw new ToolError(`${record.tool} was not run: the call could not be recorded beforehand.`, { cause: error });
  }
  const result = await execute();
  try {
    await store?.append({ ...record, result });
    return result;
  } catch (error) {
    callFileFailed('result', error);
    return repeatable ? result : unknownOutcome(record.tool);
  }
}

/** The answer for a call that began and of which nothing more is known. */
export function unknownOutcome(tool: string): CallToolResult {
  return {
    ...failure(`${tool} was interrupted; its outcome is unknown: it may or may not have happened. Do not repeat it.`),
    _meta: { [OUTCOME_META]: 'unknown' },
  };
}

function isUnknown(result: CallToolResult): boolean {
  return result._meta?.[OUTCOME_META] === 'unknown';
}

function hash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url');
}

function sizeOf(result: CallToolResult): number {
  return Buffer.byteLength(JSON.stringify(result));
}

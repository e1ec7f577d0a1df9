import { z } from 'zod';
import { DragomanError } from '#shared/ground/errors.ts';
import { defineTool, ToolError, type AnyTool, type ToolAnnotations } from '#mcp/kit.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError } from '../http/errors.ts';

/** A tool for operators: what a route does, for whoever holds the key. */
export interface OperatorTool<Input extends z.ZodObject> {
  name: string;
  title: string;
  description: string;
  input: Input;
  annotations: ToolAnnotations;
  run: (api: Api, caller: ApiCaller, args: z.output<Input>) => Promise<object>;
}

/** A tool as it stands for one caller. What a route would refuse, it refuses in the same words. */
export type ForCaller = (api: Api, caller: ApiCaller) => AnyTool;

export function operatorTool<I extends z.ZodObject>({ run, ...definition }: OperatorTool<I>): ForCaller {
  return (api, caller) =>
    defineTool({
      ...definition,
      output: z.looseObject({}),
      async run(args) {
        try {
          return { data: { ...(await run(api, caller, args)) } };
        } catch (error) {
          if (error instanceof ApiError || error instanceof DragomanError) throw new ToolError(error.message);
          throw error;
        }
      },
    });
}

export const reads: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

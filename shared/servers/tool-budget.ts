import picomatch from 'picomatch';
import { z } from 'zod';

/** OpenAI takes no more tools in one request, and with more every model chooses worse. */
export const placesForTools = 128;

/** How many tokens the list of tools may take in a request to a model. */
export type ToolBudget = (model: string) => number;

const written = /^(?:([^\s=,]+)=)?(\d{1,7})$/;
const least = 300;

const usual = 2_500;

export const toolBudgetVariables = {
  /** A number for all models, then others for models by name or glob; the last that fits a model counts. */
  TOOLS_MAX_TOKENS: z
    .string()
    // The offline model reads all tools at no cost, and needs those of a database together.
    .default(`${usual},offline=50000`)
    .refine((text) => partsOf(text).every(isPart), `must be a number from ${least} on, or some such as 2500,gpt-*=8000`)
    .transform((text): ToolBudget => {
      const rules = partsOf(text).map(ruleOf);
      return (model) => rules.findLast((rule) => rule.fits(model))?.tokens ?? usual;
    })
    .meta({
      description:
        'Tokens that the list of tools may take in a request, for all models and for some by name or glob; models find the other tools with find_tools',
      example: '2500,gpt-*=8000',
    }),
};

function partsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

function isPart(part: string): boolean {
  return Number(written.exec(part)?.[2] ?? 0) >= least;
}

function ruleOf(part: string): { fits(model: string): boolean; tokens: number } {
  const [, model, tokens] = written.exec(part) ?? [];
  return { fits: model === undefined ? () => true : picomatch(model, { bash: true }), tokens: Number(tokens) };
}

import type { Builtin } from './builtin.ts';

export const askUserName = 'ask_user';

/** Choices that a person can be shown: as many as a menu of Discord holds. */
const mostChoices = 25;

/**
 * `ask_user(question, choices?)`: the model asks back. The loop itself deals with it, because the run waits for the
 * answer without a worker.
 */
export const askUser: Builtin = {
  tool: {
    name: askUserName,
    wireName: askUserName,
    domain: 'builtin',
    core: true,
    title: 'Ask the user',
    description:
      'Asks the user one question and waits for the answer. Only for what they alone can know: which of several meanings, a missing detail, a preference.',
    inputSchema: {
      type: 'object',
      properties: {
        question: { type: 'string', minLength: 1, maxLength: 1_000 },
        choices: {
          type: 'array',
          items: { type: 'string', minLength: 1, maxLength: 100 },
          maxItems: mostChoices,
          description: 'Short answers to choose from; the user may also write another',
        },
      },
      required: ['question'],
      additionalProperties: false,
    },
    readOnly: true,
    repeatable: true,
    openWorld: false,
    remembered: false,
  },
  run: () => Promise.reject(new RangeError('Nobody can be asked from here. Go on with what you have.')),
};

import type { ParsedRequest, Turn } from '#test/model/turn.ts';

/** What the script answers to a question that the offline model has no rules for, step by step. */
export interface Line {
  asked: RegExp;
  turns: (Turn | ((request: ParsedRequest) => Turn))[];
}

const STORY = [
  'A **dragoman** was an interpreter, translator and guide between the speakers of Turkish, Arabic, Persian and the languages of Europe.',
  'Embassies and consulates in Constantinople could do nothing without one: he carried the letters, spoke at the audience, and knew whom to ask.',
  'The office stayed in a few families for generations, and the best of them were trusted by both sides.',
  'The word came from the Arabic *tarjumān*, and is the same as *truchement* in French and *Dolmetscher* in German.',
].join('\n\n');

/** How often the gateway has refused the key. */
let refused = 0;

/** Questions of the two talks beside those that the offline model answers by itself. */
export const lines: Line[] = [
  { asked: /what was a dragoman/i, turns: [{ text: STORY, chunkSize: 12, chunkDelayMs: 150 }] },
  {
    asked: /colours of this picture/i,
    turns: [{ text: 'Two: a red field with a white cross in it. It looks like the flag of Switzerland.' }],
  },
  {
    asked: /how many visitors did each city have/i,
    turns: [
      {
        toolCalls: [
          {
            name: 'query_attachment',
            arguments: {
              query: 'SELECT city, sum(visitors) AS visitors FROM visitors GROUP BY city ORDER BY visitors DESC',
            },
          },
        ],
      },
      ({ results }) => ({ text: `By city:\n\n${rowsOf(results.at(-1)?.text)}` }),
    ],
  },
  {
    asked: /tell the gateway.s story/i,
    turns: [() => (refused++ === 0 ? { error: { status: 401 } } : { text: 'Now it is told: the key is right again.' })],
  },
  { asked: /what does this paper ask/i, turns: [(request) => ({ text: quoted(request) })] },
  {
    asked: /reserve a table/i,
    turns: [
      {
        toolCalls: [
          {
            name: 'ask_user',
            arguments: { question: 'For which evening?', choices: ['Friday', 'Saturday', 'Sunday'] },
          },
        ],
      },
      ({ results }) => ({
        text: `Noted: ${answered(results.at(-1)?.text)}. I keep it in this talk; nothing was booked.`,
      }),
    ],
  },
  // What was said while it works is the newest that the model hears.
  {
    asked: /coffee alone/i,
    turns: [
      {
        text: 'With coffee alone, as you asked meanwhile: the third quarter is ahead of the second.',
        chunkDelayMs: 30,
      },
    ],
  },
  {
    asked: /compare the two quarters/i,
    turns: [
      {
        text: 'I look at both quarters first, one after the other, so that they can be told apart.',
        toolCalls: [{ name: 'postgres_list_tables', arguments: {} }],
        chunkDelayMs: 600,
        chunkSize: 5,
      },
      { text: 'The third quarter is ahead of the second.' },
    ],
  },
  {
    asked: /put the order list into/i,
    turns: [
      {
        toolCalls: [
          {
            name: 'write_file',
            arguments: { path: 'notes/order.md', content: '# Order for Monday\n\n- 20 × Gyokuro\n- 10 × Assam\n' },
          },
        ],
      },
      ({ results }) => ({
        text: /wrote|written|created/i.test(results.at(-1)?.text ?? '')
          ? 'Written to `notes/order.md`: two lines.'
          : (results.at(-1)?.text ?? ''),
      }),
    ],
  },
];

/** What the model was given of a file beneath the question. */
function quoted(request: ParsedRequest): string {
  const sum = /(\d+[.,]\d\d) (EUR|euro)/i.exec(request.user);
  return sum ? `It asks for **${sum[1]} EUR**, by 15 December 2026.` : 'I cannot read it.';
}

function answered(text = ''): string {
  return /Friday|Saturday|Sunday/.exec(text)?.[0] ?? text.slice(0, 80);
}

/** A tool's result without what marks it as data. */
function rowsOf(text = ''): string {
  return text.replaceAll(/<\/?data-[^>]*>/g, '').trim();
}

import { formsOf, markNouns } from './nouns.ts';
import { demonyms } from '../language.ts';
import { holdsCountries, shortName, type Column, type Schema } from './schema.ts';
import { takeSpan, type Span } from './times.ts';

/** What is left of a question while rules take out what they understand. Names of tables and columns are marks. */
export interface Text {
  rest: string;
  schema: Schema;
  /** By the number of their mark. */
  tables: string[];
  columns: Column[][];
  /** The tables that the question names. */
  named: ReadonlySet<string>;
  span: Span | undefined;
}

/** Ways to say a thing, and the one way that the rules read. */
const sayings: [RegExp, string][] = [
  [/\b(what|who|where|when|how)['’]s\b/g, '$1 is'],
  [/['’]s\b/g, ' '],
  [/\b(do|does|did|is|are|was|were|have|has|had)n['’]t\b/g, '$1 not'],
  [/\bcanceled\b/g, 'cancelled'],
  [/\bneither ([\p{L}]+) nor ([\p{L}]+)/gu, ' not $1 not $2 '],
  [/\b(?:hey|hi|hello|dragoman|please|kindly|thanks|thank you|just)\b/g, ' '],
  [/\b(?:can|could|would|will) you\b|\b(?:tell|give|show|list|find|get|name|display) (?:me|us)\b/g, ' show '],
  [/\b(?:(?:is|are) )?(?:out of stock|not in stock|sold out)\b/g, ' with exactly 0 stock '],
  [/\b(?:with )?(?:no|without(?: any)?) stock\b/g, ' with exactly 0 stock '],
  [/\b(?:is|are) (?:still )?in stock\b/g, ' with more than 0 stock '],
  [/\bbest[- ]?sell(?:ing|ers?)\b|\bmost (?:popular|sold)\b/g, ' <most pieces> '],
  [/\b(?:was |were |is |are )?(?:sold|sells?|sell) (?:the )?(?:most|best)\b/g, ' <most pieces> '],
  [
    /\b(?:has |have |had )?(?:spent|spends?) (?:the )?most(?: money)?\b|\b(?:biggest|highest|top) spenders?\b/g,
    ' <most value> ',
  ],
  [/\bbest (?=customers?\b)/g, 'top '],
  [/\b(?:ordered|orders?|bought|buys?) (?:the )?most (?:often|frequently)\b/g, ' with the most orders '],
  [/\b(?:ordered|bought) (?:the )?most\b(?= *(?:,|$|in |from |during |since |last |this ))/g, ' with the most orders '],
  [
    /\b(?:never|(?:have|has|had|did) (?:not|never)(?: yet)?) (?:(?:placed?|made|make) (?:an? |any )?(?:orders?|purchases?)|ordered|order|bought|buy|purchased)(?: yet)?(?: anything| something)?(?! from| in| by)\b/g,
    ' with exactly 0 orders ',
  ],
  [
    /\b(?:have |has )?(?:ordered|bought)(?: something| anything)? (more than|at least|exactly|only)? ?(once|twice)\b/g,
    ' with $1 $2 orders ',
  ],
  [/\b(?:placed|made) (?:an|any) (?:order|purchase)\b/g, ' with at least 1 orders '],
  [/(?<= )(?:have |has )?ordered(?: something| anything)?(?= *,[ ,]*$| *$)/g, ' with at least 1 orders '],
  [
    /\b(?:(?:have|has|had) )?(?:ordered|bought) (more than|at least|fewer than|less than|exactly|only)? ?(\d+|two|three|four|five|six|seven|eight|nine|ten) times\b/g,
    ' with $1 $2 orders ',
  ],
  [/\b(?:only )?once orders\b/g, '1 orders'],
  [/\btwice orders\b/g, '2 orders'],
  [/\bwith +(?=\d+ orders)/g, 'with exactly '],
  [
    /\b(?:(?:what|which) percentage|what percent|what share|what proportion|what fraction|percentage|share) of\b/g,
    ' <share> of ',
  ],
  [
    /\b(?:is|was) (?:our |the )?best (day|week|month|quarter|year)(?: by (?:revenue|sales))?\b/g,
    ' $1 had the highest revenue ',
  ],
  [
    /\b(?:is|was) (?:our |the )?worst (day|week|month|quarter|year)(?: by (?:revenue|sales))?\b/g,
    ' $1 had the lowest revenue ',
  ],
  [/\bcosts? (?:the )?most\b|\b(?:priciest|dearest|most expensive)\b/g, ' <highest> price '],
  [/\bcosts? (?:the )?least\b|\b(?:least expensive|cheapest)\b/g, ' <lowest> price '],
  [/\b(?:cheaper|less expensive) than\b|\bcosts? (?:less than|under|below)\b/g, ' price less than '],
  [/\b(?:more expensive|dearer) than\b|\bcosts? (?:more than|over|above)\b/g, ' price more than '],
  [/\bhow much (?:does|do) (.+?) cost on average\b/g, ' average price of $1 '],
  [/\b(?:how much|what) (?:does|do) (.+?) cost\b/g, ' price of $1 '],
  [/\bhow much (?:is|are) (?:the |a |an )?/g, ' price of '],
  [/\b(?:how much|what) (?=revenue|turnover|money)/g, ' '],
  [/(?<!<)\b(?:newest|latest|most recently|most recent)\b/g, ' <newest> '],
  [/(?<!<)\b(?:oldest|earliest)\b/g, ' <oldest> '],
  [/(?<!<)\b(?:highest|largest|biggest|greatest|maximum)\b/g, ' <highest> '],
  [/(?<!<)\b(?:lowest|smallest|minimum)\b/g, ' <lowest> '],
  [/\bthe most\b/g, ' most '],
  [/\b(?:per|for each|for every|in each|in every)\b/g, ' each '],
  [/\b(?:broken down by|grouped by|over the(?= (?:days|weeks|months|years)\b))\b/g, ' by '],
  [/\b(?:more than|over|above|greater than)\b/g, ' <more> '],
  [/\bat least\b/g, ' <atleast> '],
  [/\b(?:fewest|least)\b/g, ' fewest '],
  [/\b(?:less than|under|below|fewer than)\b/g, ' <less> '],
  [/\b(?:at most|up to|no more than)\b/g, ' <atmost> '],
  [/\b(?:exactly|equal to)\b/g, ' <exactly> '],
  [/\bbreak (.+?) down by\b/g, ' $1 by '],
  [/\bnot +(price +)?<more>/g, ' $1<atmost>'],
  [/\bnot +(price +)?<less>/g, ' $1<atleast>'],
];

const NUMBERS = 'one two three four five six seven eight nine ten'.split(' ');

export function openText(question: string, schema: Schema, today?: Date): Text {
  let plain = ` ${question.toLowerCase()} `.replaceAll(/[?!;:"“”()]+|[.,](?=\s|$)/g, ' , ').replaceAll(/\s+/g, ' ');
  const span = takeSpan(plain, today);
  if (span) plain = span.rest;
  for (const [shape, to] of sayings) plain = plain.replaceAll(shape, to);
  plain = plain.replaceAll(/(?<=> +)one\b/g, '1');
  plain = plain.replaceAll(new RegExp(String.raw`\b(${NUMBERS.slice(1).join('|')})\b`, 'g'), (word) =>
    String(NUMBERS.indexOf(word) + 1),
  );
  const marked = markNouns(markNumbered(plain, schema), schema);
  const rest = marked.text
    .replaceAll(/\b(?:(?:have|has|had|having|with) )?(?:no|without(?: any)?) (?=<t)/g, ' with <exactly> 0 ')
    .replaceAll(PEOPLE, (all, words: string, at: string) => {
      const places = words.split(BETWEEN).map((word) => demonyms.get(word));
      return schema.tables[Number(at)]!.columns.some(holdsCountries) ? `<t${at}> in ${places.join(' or ')}` : all;
    })
    .replaceAll(/\s+/g, ' ');
  const named = new Set(marked.tables.filter((_, at) => rest.includes(`<t${at}>`)));
  return { rest, schema, tables: marked.tables, columns: marked.columns, named, span: span?.span };
}

const BETWEEN = /(?: ,)* (?:and |or )?/;
const ONE = `(?:${[...demonyms.keys()].join('|')})`;
/** "Danish customers", "French and German customers" */
const PEOPLE = new RegExp(String.raw`(?<=[ >])(${ONE}(?:${BETWEEN.source}${ONE})*) <t(\d+)>`, 'g');

/** "customer 7", "order no. 100": a row by its number. */
function markNumbered(plain: string, { tables }: Schema): string {
  return tables.reduce((rest, { name, columns }, at) => {
    if (!columns.some((column) => column.name === 'id' && column.kind === 'number')) return rest;
    const [one = ''] = formsOf(shortName(name));
    // "What is in order 12?" asks for what belongs to it.
    const shape = String.raw`(?<!\p{L})(?<!\bin (?:the )?)${one}(?: number| no| nr| id| with (?:the )?id)?[ ,#]+(\d{1,9})(?= )`;
    return rest.replaceAll(new RegExp(shape, 'gu'), `<t${at}> <row ${at} $1>`);
  }, plain);
}

/** Takes the first place that fits out of the text; the groups of what was taken. */
export function take(text: Text, shape: RegExp): (string | undefined)[] | undefined {
  const found = shape.exec(text.rest);
  if (!found) return undefined;
  text.rest = `${text.rest.slice(0, found.index)} , ${text.rest.slice(found.index + found[0].length)}`.replaceAll(
    /\s+/g,
    ' ',
  );
  return found.slice(1);
}

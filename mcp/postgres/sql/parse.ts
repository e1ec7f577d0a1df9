import './baseline-wasm.ts';
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import { grammarVersion, newKeywords } from './keywords.ts';
import { Refusal, type Uses } from './uses.ts';
import { collectUses, spoken } from './walk.ts';

/** One statement that reads, by its form alone. Which functions it may call is judged with the database's catalogue. */
export interface ReadStatement {
  kind: 'select' | 'show' | 'explain';
  /** The statement without its semicolon and without what stands around it. */
  text: string;
  uses: Uses;
}

interface RawStatement {
  stmt?: Record<string, unknown>;
  stmt_location?: number;
  stmt_len?: number;
}

/** A longer statement is data, not a question. */
const maxLength = 60_000;

/**
 * How many operators one statement may hold: the parser recurses into chains of them (8,000 are fine, 12,000 overflow
 * it).
 */
const maxOperators = 4_000;

/** How many comments may begin in one statement: the parser's effort grows with the square of their depth. */
const maxComments = 1_000;

const advice = 'Send one SELECT, VALUES, TABLE, SHOW or EXPLAIN statement.';

await loadModule();

/**
 * Parses a text with PostgreSQL's own parser.
 * @throws Refusal unless it is exactly one statement that only reads; after any other error the parser is broken for
 * good
 */
export function parseRead(sql: string): ReadStatement {
  checkText(sql);
  const [statement, ...others] = parse(sql);
  if (!statement?.stmt) throw new Refusal(`The query is empty. ${advice}`);
  if (others.length > 0) throw new Refusal(`These are ${others.length + 1} statements. ${advice}`);
  const [kind = '', node] = Object.entries(statement.stmt)[0] ?? [];
  const bytes = Buffer.from(sql);
  const start = statement.stmt_location ?? 0;
  const text = bytes.subarray(start, statement.stmt_len ? start + statement.stmt_len : bytes.length).toString();
  if (kind === 'VariableShowStmt') return { kind: 'show', text, uses: collectUses(null) };
  if (kind === 'ExplainStmt') return { kind: 'explain', text, uses: explainedUses(node) };
  if (kind !== 'SelectStmt') throw new Refusal(`${spoken(kind)} is refused: only reading is possible here. ${advice}`);
  return { kind: 'select', text, uses: collectUses(statement.stmt) };
}

/**
 * What the body of an SQL function may call, because a function is only as safe as its body.
 * @throws Refusal unless every statement of the body reads
 */
export function parseBody(sql: string): Uses[] {
  checkText(sql);
  const statements = parse(sql);
  if (statements.length === 0) throw new Refusal('Its body cannot be read.');
  return statements.map((statement) => {
    if (!statement.stmt?.['SelectStmt']) throw new Refusal('Its body does more than SELECT.');
    return collectUses(statement.stmt, { parameters: true });
  });
}

function explainedUses(node: unknown): Uses {
  const { query } = node as { query?: Record<string, unknown> };
  if (!query?.['SelectStmt']) throw new Refusal('Only a SELECT can be explained here.');
  return collectUses(query);
}

function checkText(sql: string): void {
  if (sql.length > maxLength) {
    throw new Refusal(
      `The query has ${sql.length} characters; the limit is ${maxLength}. Use a join or a range instead of long lists.`,
    );
  }
  // The parser takes a C string, so it would judge only the text before a NUL. Lone surrogates have no UTF-8 form.
  if (sql.includes('\0') || !sql.isWellFormed()) {
    throw new Refusal('The query holds a NUL character or broken Unicode; send plain text.');
  }
  if ((sql.match(/\/\*/g)?.length ?? 0) > maxComments) {
    throw new Refusal(`The query has more than ${maxComments} comments. Leave them out.`);
  }
  const operators = sql.match(/[-+*/<>=~!@#%^&|`?:]+/g)?.length ?? 0;
  if (operators > maxOperators) {
    throw new Refusal(
      `The query has ${operators} operators; the limit is ${maxOperators}. Use IN, ANY or an aggregate.`,
    );
  }
}

/** What a server's own, older grammar takes for a name may be grammar to the parser. */
function newWordsHint(sql: string): string | undefined {
  const found = newKeywords.filter((word) => new RegExp(`(?<!["\\w.])${word}(?!["\\w])`, 'i').test(sql));
  if (found.length === 0) return undefined;
  return `There ${found.map((word) => word.toUpperCase()).join(', ')} is grammar: if it is the name of a function or column here, write it in double quotes ("${found[0]}") or behind its schema.`;
}

function parse(sql: string): RawStatement[] {
  if (sql.trim() === '') return [];
  try {
    return parseSync(sql).stmts as unknown as RawStatement[];
  } catch (error) {
    // After any other error the parser's state is unknown.
    if (!hasSqlDetails(error)) throw error;
    throw new Refusal(
      `The query does not parse as PostgreSQL ${grammarVersion}, by whose grammar every query is judged, whatever the server's version: ${error.message}. ${newWordsHint(sql) ?? advice}`,
      { cause: error },
    );
  }
}

import { constants } from 'node:sqlite';

/** What a statement may do. */
export type Deed = 'read' | 'write' | 'create';

/**
 * Judges a statement while SQLite compiles and runs it: SQLite asks before each thing that the statement would do, also
 * within views, triggers and virtual tables (sqlite.org/c3ref/set_authorizer.html).
 */
export interface Judge {
  authorizer: (action: number, first: string | null, second: string | null, schema: string | null) => number;
  /** What was refused first, in words. */
  readonly refused: string | undefined;
  /** The statement's own changes: names of tables. */
  readonly changed: ReadonlySet<string>;
  /** The table that it creates. */
  readonly created: string | undefined;
}

/** Pragmas that only tell something. Of these, some take the name of a table or an index; none may set anything. */
const tellingPragmas = new Set(
  `application_id auto_vacuum collation_list compile_options data_version encoding foreign_keys freelist_count
   function_list journal_mode module_list page_count page_size pragma_list schema_version user_version`.split(/\s+/),
);
const namingPragmas = new Set(
  `foreign_key_check foreign_key_list index_info index_list index_xinfo integrity_check quick_check table_info
   table_list table_xinfo`.split(/\s+/),
);

/** Functions that reach out of the database. */
const refusedFunctions = new Set(['load_extension', 'fts3_tokenizer', 'readfile', 'writefile', 'edit', 'fsdir']);

const schemaTables = new Set(['sqlite_master', 'sqlite_schema', 'sqlite_temp_master', 'sqlite_temp_schema']);

const names = new Map(
  Object.entries(constants)
    .filter(([name]) => !/CHANGESET|_OK$|_DENY$|_IGNORE$|_COPY$/.test(name))
    .map(([name, code]) => [code, name.replace('SQLITE_', '').replaceAll('_', ' ')]),
);

/** `shadows` holds the tables in which virtual tables keep their data: to open an R-tree prepares changes of them. */
export function createJudge(deed: Deed, shadows: ReadonlySet<string>): Judge {
  let refused: string | undefined;
  let created: string | undefined;
  const changed = new Set<string>();
  return {
    get refused() {
      return refused;
    },
    get created() {
      return created;
    },
    changed,
    authorizer(action, first, second, schema) {
      const why = problem(action, first, second, schema);
      if (why === undefined) return constants.SQLITE_OK;
      refused ??= why;
      return constants.SQLITE_DENY;
    },
  };

  function problem(action: number, first: string | null, second: string | null, schema: string | null) {
    switch (action) {
      case constants.SQLITE_SELECT:
      case constants.SQLITE_READ:
      case constants.SQLITE_RECURSIVE:
        return undefined;
      case constants.SQLITE_FUNCTION:
        return refusedFunctions.has(String(second).toLowerCase()) ? `the function ${String(second)}` : undefined;
      case constants.SQLITE_PRAGMA:
        return pragmaProblem(String(first).toLowerCase(), second);
      case constants.SQLITE_INSERT:
      case constants.SQLITE_UPDATE:
      case constants.SQLITE_DELETE:
        return changeProblem(action, String(first), schema);
      case constants.SQLITE_CREATE_TABLE:
        if (deed !== 'create') break;
        if (first !== 'sqlite_sequence') created ??= String(first);
        return undefined;
      case constants.SQLITE_CREATE_INDEX:
        // The index of a UNIQUE column; any other one is a statement of its own.
        if (deed === 'create' && String(first).startsWith('sqlite_autoindex_')) return undefined;
        break;
      default:
    }
    return names.get(action) ?? `action ${action}`;
  }

  function changeProblem(action: number, table: string, schema: string | null): string | undefined {
    const name = table.toLowerCase();
    const isSchema = schemaTables.has(name);
    if (schema === 'temp') return 'A temporary table';
    if (deed === 'create') {
      // The rows of CREATE TABLE … AS SELECT come without a question.
      return isSchema && schema === 'main' && action !== constants.SQLITE_DELETE ? undefined : names.get(action);
    }
    if (deed === 'write' && !name.startsWith('sqlite_') && schema === 'main') {
      changed.add(table);
      return undefined;
    }
    if (deed === 'read' && shadows.has(table)) return undefined;
    return isSchema ? `${names.get(action)} of the schema` : `${names.get(action)}`;
  }
}

function pragmaProblem(name: string, value: string | null): string | undefined {
  if (namingPragmas.has(name)) return undefined;
  if (value === null && tellingPragmas.has(name)) return undefined;
  return `PRAGMA ${name}${value === null ? '' : ' with a value'}`;
}

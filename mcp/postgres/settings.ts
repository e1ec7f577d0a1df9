/** The limits of every call; made from the configuration. */
export interface Limits {
  statementTimeoutMs: number;
  /** How many rows an answer has at most. */
  maxRows: number;
  /** How many bytes the values of an answer have at most. */
  maxBytes: number;
  /** How many characters one value has at most. */
  maxCell: number;
}

/** Names of the tools, and of the setting, that a sentence tells a model to use. */
export interface ToolNames {
  url: string;
  query: string;
  tables: string;
  describe: string;
  databases: string;
  explain: string;
  /** The setting that accepts a role that may write. */
  writable: string;
}

export const postgresNames: ToolNames = {
  url: 'POSTGRES_URL',
  query: 'postgres_query',
  tables: 'postgres_list_tables',
  describe: 'postgres_describe_table',
  databases: 'postgres_list_databases',
  explain: 'postgres_explain',
  writable: 'POSTGRES_ALLOW_WRITABLE_ROLE',
};

export interface Settings {
  url: string;
  limits: Limits;
  /** Connections per database. */
  maxConnections: number;
  connectTimeoutMs: number;
  /** Functions that the operator allows in addition to those that only compute. */
  allowedFunctions: ReadonlySet<string>;
  /** Accept a role that may write. A superuser is never accepted. */
  allowWritableRole: boolean;
  /** What the sentences for models name; those of the postgres domain when absent. */
  names?: ToolNames;
}

/** What bounds every call; made from the configuration. */
export interface Limits {
  statementTimeoutMs: number;
  /** Most rows of one answer. */
  maxRows: number;
  /** Most bytes of values in one answer. */
  maxBytes: number;
  /** Most characters of one value. */
  maxCell: number;
}

export interface Settings {
  url: string;
  limits: Limits;
  /** Connections per database. */
  maxConnections: number;
  connectTimeoutMs: number;
  /** Functions that the operator allows besides those that only compute. */
  allowedFunctions: ReadonlySet<string>;
  /** Accept a role that may write; a superuser never. */
  allowWritableRole: boolean;
}

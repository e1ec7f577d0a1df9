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
}

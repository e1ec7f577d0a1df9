/** A call as it stands in a text. */
export interface WrittenCall {
  name: string;
  /** An object, or text that is meant to be one. */
  arguments: unknown;
}

export interface Asked {
  text: string;
  system?: string;
  image?: string;
  model?: string;
  headers?: Record<string, string>;
}

/** What a client makes of an answer. */
export interface Heard {
  text: string;
  /** Calls that the client would have to make itself. */
  calls: string[];
  /** Tokens, where the client asked for them. */
  tokens: number | undefined;
}

/** Streams an answer through a library. Rejects with the library's own error. */
export type Client = (base: string, key: string, asked: Asked) => Promise<Heard>;

/** Where a client's requests go, and what is asked when it does not say. */
export function modelOf({ model = 'gpt-agent' }: Asked): string {
  return model;
}

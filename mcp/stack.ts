/** Names and values of environment variables. */
export type Variables = Record<string, string>;

/** Where a backend of our own runs, and keeps its data. */
export interface BackendPlace {
  folder: string;
  port: number;
  /** Hears one line about what takes time. */
  log: (line: string) => void;
}

/** A backend that runs. Dispose stops it and keeps its data. */
export interface RunningBackend extends AsyncDisposable {
  /** Variables for its clients: address and credentials. */
  environment: Variables;
  /** Resolves with the reason when it ends unasked; absent where it lives in this process. */
  gone?: Promise<string>;
}

/** Files of a group of secrets, by name. */
export type SecretFiles = Record<string, string>;

/**
 * What a domain needs of the stack around it, on `npm start` and on Compose. All of it is optional: a domain whose tools need
 * nothing but their settings has none of this. What its containers need stands beside it in `containers.yaml`.
 */
export interface DomainStack {
  /** Variables that tell where a person's own backend is; the first decides whether they have one. Its runner alone gets them. */
  backend?: readonly string[];
  /** What `npm start` runs for those who have none, as a process of its own. */
  serve?: (place: BackendPlace) => Promise<RunningBackend>;
  /** Where npm start keeps its data, below `.dragoman`; a folder of the domain's name when absent. */
  folder?: string;
  /** What `npm start` lays for those who have none, where that is no process. Resolves with the variables of its clients. */
  lay?: (folder: string) => Promise<Variables>;
  /** A first question that shows somebody new what the domain does, on any machine. */
  question?: string;
  /** Where a container finds the domain's data, and what lays a demo there on an empty volume. Resolves to what was laid. */
  demo?: { folder: string; lay: (folder: string) => Promise<string[]> };
  /** Secrets of the domain's containers by group. `have`: the files that exist; the result: all that must. */
  secrets?: Record<string, (have: SecretFiles, random: () => string) => SecretFiles>;
  /** What it does, in a few words: for LiteLLM's list. */
  summary?: string;
  /** Its name in LiteLLM, which stands before the name of each tool: short. The entry's name when absent. */
  gatewayName?: string;
}

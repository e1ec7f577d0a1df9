/** Names and values of environment variables. */
export type Variables = Record<string, string>;

/** Where a backend of our own runs, and where it keeps its data. */
export interface BackendPlace {
  folder: string;
  port: number;
  /** Gets one line about what takes time. */
  log: (line: string) => void;
}

/** A backend that runs. Dispose stops it and keeps its data. */
export interface RunningBackend extends AsyncDisposable {
  /** Variables for the backend's clients: address and credentials. */
  environment: Variables;
  /** Resolves with the reason when it ends unasked; absent where it lives in this process. */
  gone?: Promise<string>;
}

/** The files of a group of secrets, by name. */
export type SecretFiles = Record<string, string>;

/**
 * What a domain needs of the stack around it, on `npm start` and on Compose. All of it is optional: a domain whose
 * tools need only their settings has none of this. What its containers need stands in its `containers.yaml`.
 */
export interface DomainStack {
  /** The service that serves the domain beside its own work; absent where it has a tool-runner of its own. */
  door?: 'ingress';
  /**
   * Variables that say where a person's own backend is; the first one tells whether they have one. Only the domain's
   * runner gets them.
   */
  backend?: readonly string[];
  /** What `npm start` runs, as a process of its own, for people who have no backend. */
  serve?: (place: BackendPlace) => Promise<RunningBackend>;
  /**
   * For a domain that has nothing to work with until somebody names a backend: the variables, as people read them.
   * `npm start` then runs no tool-runner for it, and says which to set.
   */
  off?: string;
  /** The folder below `.dragoman` in which `npm start` keeps its data; one of the domain's name when absent. */
  folder?: string;
  /**
   * What `npm start` sets up for people who have no backend, when that needs no process. Resolves with the variables of
   * its clients.
   */
  lay?: (folder: string) => Promise<Variables>;
  /**
   * What this machine must have installed and lacks, as a sentence without its end; the domain has no tools then.
   * `env` holds its settings.
   */
  lacks?: (env: Record<string, string | undefined>) => string | undefined;
  /** A first question that shows somebody new what the domain does, on any machine. */
  question?: string;
  /**
   * Where a container finds the domain's data, and what puts a demo there on an empty volume. Resolves to what was put
   * there.
   */
  demo?: { folder: string; lay: (folder: string) => Promise<string[]> };
  /** Secrets of the domain's containers by group. `have` holds the files that exist; the result holds all that must. */
  secrets?: Record<string, (have: SecretFiles, random: () => string) => SecretFiles>;
  /** What the domain does, in a few words, for LiteLLM's list. */
  summary?: string;
  /** Its short name in LiteLLM, which stands before the name of each tool. When absent, the entry's name. */
  gatewayName?: string;
}

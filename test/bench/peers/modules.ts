// What we use of the peers' packages, which are not installed where the types are checked.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { End, Question } from './agent.ts';

interface Handle {
  getResult(options?: { pollingIntervalMs: number }): Promise<End>;
}

type Run = (question: Question) => Promise<End>;

interface DbosClient {
  enqueue(
    options: { queueName: string; workflowName: string; workflowID: string },
    question: Question,
  ): Promise<Handle>;
  listWorkflows(filter: { status: string }): Promise<unknown[]>;
  destroy(): Promise<void>;
}

/** What we use of `@dbos-inc/dbos-sdk`. */
export interface DbosModule {
  DBOS: {
    setConfig(config: { name: string; systemDatabaseUrl: string; logLevel: string }): void;
    registerWorkflow(run: Run, config: { name: string }): Run;
    registerQueue(name: string, options: { minPollingIntervalMs: number }): Promise<unknown>;
    startWorkflow(run: Run, options: { workflowID: string }): (question: Question) => Promise<Handle>;
    runStep<T>(work: () => Promise<T>, config: { name: string }): Promise<T>;
    launch(): Promise<void>;
    shutdown(): Promise<void>;
  };
  DBOSClient: { create(options: { systemDatabaseUrl: string; applicationName: string }): Promise<DbosClient> };
}

/**
 * The queue and the waiting client ask the database at this pace. By default they ask each second, so that no run would
 * take less than that.
 */
export const dbosQueue = { name: 'bench', pollMs: 20 };
export const dbosWorkflow = 'run';

interface Context {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
}

interface Handler {
  (request: IncomingMessage, response: ServerResponse): void;
  (request: Http2ServerRequest, response: Http2ServerResponse): void;
}

/** What we use of `@restatedev/restate-sdk`. */
interface RestateModule {
  service(definition: { name: string; handlers: { run(context: Context, question: Question): Promise<End> } }): object;
  createEndpointHandler(options: { services: object[] }): Handler;
}

/** What we use of `@restatedev/restate-sdk-clients`. */
interface ClientsModule {
  connect(options: { url: string }): {
    serviceSendClient(service: { name: string }): { run(question: Question, options: object): Promise<object> };
    result(sent: object): Promise<End>;
  };
  SendOpts: { from(options: { idempotencyKey: string }): object };
}

export const restateService = 'bench';

export interface PeerModules {
  '@dbos-inc/dbos-sdk': DbosModule;
  '@restatedev/restate-sdk': RestateModule;
  '@restatedev/restate-sdk-clients': ClientsModule;
}

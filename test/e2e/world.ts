import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlPlayground, type PlaygroundHttp } from '#test/lib/playground-http.ts';
import { startTestStack, type TestStack } from '#test/lib/stack.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';

/** The stack of `npm start` and what stands around it. */
export interface World extends AsyncDisposable {
  stack: TestStack;
  model: PlayedModel;
  discord: PlaygroundHttp;
  /** A web page that the fetch tool may read: "The page says 42." */
  page: string;
  /** A page with a button and a field: "The page says nothing yet." */
  form: string;
}

export async function startWorld(): Promise<World> {
  await using parts = new AsyncDisposableStack();
  const site = await startSite();
  parts.defer(() => void site.close());
  const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  const model = parts.use(await startPlayedModel({ models: ['played'] }));
  const stack = parts.use(
    await startTestStack({ LITELLM_API_BASE: model.url, MODEL_NAME: 'played', FETCH_ALLOWED_HOSTS: host }),
  );
  const owned = parts.move();
  return {
    stack,
    model,
    discord: controlPlayground(stack.file().services['playground']?.addresses['page'] ?? ''),
    page: `http://${host}/answer`,
    form: `http://${host}/form`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startSite(): Promise<Server> {
  const form = '<!doctype html><h1>The page says nothing yet.</h1><button>Reveal</button><input aria-label="Word">';
  const site = createServer(({ url }, response) => {
    const [type, body] = url === '/form' ? ['text/html', form] : ['text/plain', 'The page says 42.'];
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  return site;
}

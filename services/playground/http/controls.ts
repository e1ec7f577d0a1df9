import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlaygroundContext } from '../context.ts';
import type { Controls } from '../controls/controls.ts';
import { canView } from '../state/permissions.ts';
import type { User } from '../state/types.ts';
import { findUser } from '../state/users.ts';
import { actionNames, runAction } from './actions.ts';
import { BadRequest, readJson, sendJson } from './answer.ts';
import { streamEvents } from './events.ts';
import { snapshot } from './snapshot.ts';

export const CONTROLS_PATH = '/playground/api/';
const HISTORY = 200;

/** Serves the controls over HTTP: GET reads, POST acts. Mistakes are answered with 400 {error}. */
export async function handleControls(
  context: PlaygroundContext,
  controls: Controls,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://playground');
  const name = url.pathname.slice(CONTROLS_PATH.length);
  try {
    if (request.method === 'GET') return read(context, controls, request, response, name, url.searchParams);
    if (request.method !== 'POST') return sendJson(response, 405, { error: 'Use GET to read and POST to act.' });
    const done = await runAction(controls, name, await readJson(request));
    if (!done) return sendJson(response, 404, { error: `There is no ${name}. There are: ${actionNames.join(', ')}.` });
    return sendJson(response, 200, done.result);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return sendJson(response, 400, { error: error.message });
  }
}

function read(
  context: PlaygroundContext,
  controls: Controls,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  query: URLSearchParams,
): void {
  switch (name) {
    case 'state':
      return sendJson(response, 200, snapshot(context, readerIn(context, query)));
    case 'events':
      return streamEvents(context, request, response, readerIn(context, query));
    case 'messages':
      return sendJson(response, 200, messages(context, controls, query));
    case 'connection':
      return sendJson(response, 200, { api: `${context.url}/api`, token: context.bot.token });
    case 'requests':
      return sendJson(response, 200, controls.requests());
    case 'sessions':
      return sendJson(response, 200, controls.sessions());
    case 'faults':
      return sendJson(response, 200, { hits: controls.faultHits(), invalid: controls.invalidRequests() });
    default:
      return sendJson(response, 404, {
        error:
          'There is no such thing to read. There are: state, events, messages, connection, requests, sessions, faults.',
      });
  }
}

function readerIn({ world }: PlaygroundContext, query: URLSearchParams): User {
  const name = query.get('as') ?? '';
  const user = findUser(world, name);
  if (!user || user.bot) throw new BadRequest(`There is no person ${name}; name one with ?as=.`);
  return user;
}

function messages(context: PlaygroundContext, controls: Controls, query: URLSearchParams): unknown {
  const reader = readerIn(context, query);
  const channel = context.world.channels.get(query.get('channel') ?? '');
  if (!channel || !canView(context.world, channel, reader.id)) throw new BadRequest('You see no such channel.');
  return controls.messages(channel.id, reader.id).slice(-HISTORY);
}

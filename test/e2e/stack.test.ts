import { afterAll, beforeAll, describe } from 'vitest';
import { discordScenarios } from './discord.ts';
import { fourDomainsScenarios } from './four-domains.ts';
import { starterScenarios } from './starter.ts';
import { everyToolScenarios } from './every-tool.ts';
import { terminalScenarios } from './terminal.ts';
import { startWorld, type World } from './world.ts';

// Goes through the whole real stack of `npm start`: Redis, PostgreSQL, S3, files, web page, tool-runners, worker,
// playground and ingress. Only Discord and the model are played. All tests share one stack, since a dozen processes
// take long to start.

let world: World;

beforeAll(async () => {
  world = await startWorld();
}, 120_000);

afterAll(() => world?.[Symbol.asyncDispose](), 60_000);

describe('Discord', () => discordScenarios(() => world));
describe('the terminal', () => terminalScenarios(() => world));
describe('one question for four domains', () => fourDomainsScenarios(() => world));
describe('every tool', () => everyToolScenarios(() => world));
// The last: it ends the stack.
describe('the starter', () => starterScenarios(() => world));

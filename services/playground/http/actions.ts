import { z } from 'zod';
import type { Controls } from '../controls/controls.ts';
import type { PermissionName } from '../state/permissions.ts';
import { BadRequest } from './answer.ts';

/** One control over HTTP: the form of its body, and what it does. */
interface Action {
  body: z.ZodType;
  run(controls: Controls, body: unknown): unknown;
}

function action<S extends z.ZodType>(body: S, run: (controls: Controls, input: z.output<S>) => unknown): Action {
  return { body, run: (controls, input) => run(controls, input as z.output<S>) };
}

const text = z.string();
const names = z.array(text);
const file = z
  .object({ filename: text, base64: z.base64(), contentType: text.optional(), description: text.optional() })
  .transform(({ base64, ...rest }) => given({ ...rest, bytes: Buffer.from(base64, 'base64') }));
const option = z.union([text, z.number(), z.boolean(), file]);
const field = z.union([text, z.boolean(), names, z.array(file)]);
const command = z.object({
  channel: text,
  author: text,
  name: text,
  options: z.record(text, option).optional(),
  subcommand: text.optional(),
  target: text.optional(),
});
const press = z.object({ message: text, author: text, customId: text.optional(), label: text.optional() });
const count = z.number().int();
const share = z.number().min(0).max(1);
const permissions = z.array(text as z.ZodType<PermissionName>);
const session = z.object({ sessionId: text.optional() });

/** Leaves out what is undefined, as optional keys must be absent. */
function given<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never;
}

const talking: Record<string, Action> = {
  say: action(
    z.object({
      channel: text,
      author: text,
      content: text.optional(),
      replyTo: text.optional(),
      ping: z.boolean().optional(),
      attachments: z.array(file).max(10).optional(),
    }),
    (controls, input) => controls.say(given(input)),
  ),
  edit: action(z.object({ message: text, author: text, content: text }), (controls, input) => {
    if (controls.message(input.message).author.id !== input.author) {
      throw new BadRequest('Only its author can change a message.');
    }
    return controls.editMessage(input.message, input.content);
  }),
  delete: action(z.object({ message: text }), (controls, { message }) => controls.deleteMessage(message)),
  react: action(z.object({ message: text, author: text, emoji: text, on: z.boolean().default(true) }), (controls, i) =>
    i.on ? controls.react(i.message, i.author, i.emoji) : controls.unreact(i.message, i.author, i.emoji),
  ),
  type: action(z.object({ channel: text, author: text }), (controls, i) => controls.type(i.channel, i.author)),
  'open-dm': action(z.object({ author: text }), (controls, { author }) => ({ channel: controls.openDm(author) })),
  thread: action(
    z.object({
      channel: text,
      author: text,
      name: text.min(1).max(100),
      messageId: text.optional(),
      private: z.boolean().optional(),
      members: names.optional(),
    }),
    (controls, input) => ({ channel: controls.startThread(given(input)) }),
  ),
};

const interacting: Record<string, Action> = {
  command: action(command, (controls, input) => controls.command(given(input)).outcome()),
  autocomplete: action(command.extend({ focused: text }), (controls, input) =>
    controls.autocomplete({ ...given(input), focused: input.focused }),
  ),
  click: action(press, (controls, input) => controls.click(given(input)).outcome()),
  select: action(press.omit({ label: true }).extend({ values: names }), (controls, input) =>
    controls.select({ ...given(input), values: input.values }).outcome(),
  ),
  'submit-modal': action(
    z.object({ interaction: text, author: text.optional(), values: z.record(text, field) }),
    (controls, input) => controls.submitModal({ ...given(input), values: input.values }).outcome(),
  ),
};

const arranging: Record<string, Action> = {
  'add-person': action(
    z.object({ name: text.min(1), roles: names.optional(), guild: text.optional(), bot: z.boolean().optional() }),
    (controls, input) => ({ id: controls.addPerson(given(input)) }),
  ),
  'set-roles': action(z.object({ person: text, roles: names, guild: text.optional() }), (controls, i) =>
    controls.setRoles(i.person, i.roles, i.guild),
  ),
  'add-role': action(
    z.object({
      name: text.min(1),
      permissions: permissions.optional(),
      mentionable: z.boolean().optional(),
      guild: text.optional(),
    }),
    (controls, input) => ({ id: controls.addRole(given(input)) }),
  ),
  'add-channel': action(
    z.object({ name: text.min(1).max(100), type: count.optional(), topic: text.optional(), guild: text.optional() }),
    (controls, input) => ({ id: controls.addChannel(given(input)) }),
  ),
  permit: action(
    z.object({ channel: text, who: text, allow: permissions.optional(), deny: permissions.optional() }),
    (controls, { channel, who, ...rule }) => controls.permit(channel, who, given(rule)),
  ),
  'close-dms': action(z.object({ person: text, closed: z.boolean() }), (controls, i) =>
    controls.setDmsClosed(i.person, i.closed),
  ),
};

const troubling: Record<string, Action> = {
  inject: action(
    z.object({
      route: text,
      times: count.optional(),
      chance: share.optional(),
      status: count.min(200).max(599).optional(),
      retryAfter: z.number().optional(),
      global: z.boolean().optional(),
      hang: z.boolean().optional(),
      cut: z.boolean().optional(),
      delayMs: count.optional(),
      afterStore: z.boolean().optional(),
      late: z.boolean().optional(),
    }),
    (controls, input) => controls.inject({ ...given(input), route: input.route }),
  ),
  'inject-event': action(
    z.object({
      kind: z.enum(['drop', 'duplicate', 'reorder']),
      t: text.optional(),
      times: count.optional(),
      chance: share.optional(),
    }),
    (controls, input) => controls.injectEvent({ ...given(input), kind: input.kind }),
  ),
  'clear-faults': action(z.object({}), (controls) => controls.clearFaults()),
  cut: action(session.extend({ code: count.default(1006) }), (controls, i) => ({
    hit: controls.cut(i.code, i.sessionId),
  })),
  reconnect: action(session, (controls, i) => ({ hit: controls.reconnect(i.sessionId) })),
  invalidate: action(session.extend({ resumable: z.boolean() }), (controls, i) => ({
    hit: controls.invalidate(i.resumable, i.sessionId),
  })),
  'hold-heartbeat-acks': action(z.object({ hold: z.boolean() }), (controls, i) => controls.holdHeartbeatAcks(i.hold)),
  'request-heartbeat': action(session, (controls, i) => ({ hit: controls.requestHeartbeat(i.sessionId) })),
  'set-rate-limits': action(z.object({ on: z.boolean() }), (controls, i) => controls.setRateLimits(i.on)),
  'advance-clock': action(z.object({ ms: count.min(0) }), (controls, i) => controls.advanceClock(i.ms)),
};

const actions: Record<string, Action> = { ...talking, ...interacting, ...arranging, ...troubling };

export const actionNames: readonly string[] = Object.keys(actions);

/**
 * Runs the control with this name; undefined when there is none. Throws BadRequest when the body is wrong or the
 * control refuses.
 */
export async function runAction(
  controls: Controls,
  name: string,
  body: unknown,
): Promise<{ result: unknown } | undefined> {
  const found = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!found) return undefined;
  const parsed = found.body.safeParse(body);
  if (!parsed.success) throw new BadRequest(z.prettifyError(parsed.error));
  try {
    return { result: await found.run(controls, parsed.data) };
  } catch (error) {
    // Controls refuse with a sentence for their caller.
    throw new BadRequest(error instanceof Error ? error.message : String(error));
  }
}

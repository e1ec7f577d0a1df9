import type { Json } from '../state/types.ts';
import type { Connection } from './connection.ts';
import { Close, Op } from './protocol.ts';
import { dispatchTo, replay, RESUMABLE_MS, sendRaw } from './session.ts';

/**
 * RESUME: replays in order what the session missed, then sends RESUMED. Sends op 9 with false when the session is gone.
 */
export function resume(connection: Connection, d: Json): void {
  const { gateway, socket } = connection;
  if (gateway.ignoreResumes) return;
  const token = typeof d?.['token'] === 'string' ? d['token'].replace(/^Bot /, '') : '';
  const bot = gateway.world.bots.get(token);
  if (!bot) return socket.close(Close.AUTHENTICATION_FAILED, 'Authentication failed.');
  const session = gateway.sessions.get(String(d['session_id']));
  const expired = session?.lostAt !== undefined && gateway.world.clock.now() - session.lostAt > RESUMABLE_MS;
  if (!session || !session.valid || expired || session.bot !== bot) {
    if (session) gateway.sessions.delete(session.id);
    return sendRaw(socket, Op.INVALID_SESSION, false);
  }
  const seq = Number(d['seq']);
  if (!Number.isInteger(seq) || seq > session.seq) return socket.close(Close.INVALID_SEQ, 'Invalid seq.');
  // The old connection may not know yet that it is dead.
  const old = session.socket;
  session.socket = socket;
  session.lostAt = undefined;
  session.resumes += 1;
  connection.session = session;
  old?.terminate();
  if (!replay(session, seq)) {
    session.valid = false;
    gateway.sessions.delete(session.id);
    connection.session = undefined;
    return sendRaw(socket, Op.INVALID_SESSION, false);
  }
  dispatchTo(session, 'RESUMED', { _trace: ['["playground"]'] });
  gateway.changed();
}

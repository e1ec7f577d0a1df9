import { vote } from '#shared/run/votes.ts';
import { runOfPress, type Button } from './button.ts';

/** Votes go into the run's journal; a person's last vote counts. */
export const voteUp: Button = async (press, ingress) => {
  const record = await runOfPress(press, ingress);
  if (!record) return { say: press.interaction.say('older.gone') };
  await vote(ingress.redis, ingress.runs, record.id, { by: press.interaction.author.id, vote: 'up' });
  return { say: press.interaction.say('vote.thanks', { vote: '👍' }) };
};

/** The vote counts at once; the form then asks for a reason, which nobody has to give. */
export const voteDown: Button = async (press, ingress) => {
  const record = await runOfPress(press, ingress);
  if (!record) return { say: press.interaction.say('older.gone') };
  await vote(ingress.redis, ingress.runs, record.id, { by: press.interaction.author.id, vote: 'down' });
  return {
    form: {
      id: `reason:${record.id}`,
      title: press.interaction.say('vote.what-was-wrong'),
      field: {
        id: 'reason',
        label: press.interaction.say('vote.reason'),
        required: false,
        maxLength: 1_000,
      },
    },
  };
};

export const voteReason: Button = async (press, ingress) => {
  const record = await ingress.runs.read(press.runId);
  if (!record) return { say: press.interaction.say('older.gone') };
  const reason = press.interaction.values.get('reason')?.trim();
  if (reason) {
    const by = press.interaction.author.id;
    await vote(ingress.redis, ingress.runs, record.id, { by, vote: 'down', reason });
  }
  return { say: press.interaction.say('vote.thanks', { vote: '👎' }) };
};

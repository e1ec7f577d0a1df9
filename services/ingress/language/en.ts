import { answer } from './en/answer.ts';
import { files } from './en/files.ts';
import { refusals } from './en/refusals.ts';
import { rights } from './en/rights.ts';
import { said } from './en/said.ts';
import { settings } from './en/settings.ts';
import { talk } from './en/talk.ts';
import type { Message } from './message.ts';

/** All that the bot says by itself, in English. The other languages have the same keys and placeholders. */
export const en = {
  // Interactions.
  done: 'Done.',
  'form.too-slow': 'Discord was too slow for the form; please try again.',
  'answer.not-shown': '⚠️ I could not show my answer: {why}',
  'answer.queue-away': '⚠️ That did not work: my queue is not reachable at the moment. Please try again in a minute.',
  'button.unknown': 'I do not know this button any more: another version of me made it.',
  'command.unknown': 'I do not know this command any more. Reload Discord to see those I have.',
  'message.unseen': 'I cannot see this message.',
  'not-here': 'I do not answer here. {why}',

  // Questions at the door.
  'help.ways': 'Ask me anything: mention me, reply to one of my messages, write me a direct message, or use `/{ask}`.',
  'help.tools':
    'I answer with a language model and tools, and show which ones I use. **{stopButton}** ends an answer, **{retryButton}** asks again.',
  'help.commands':
    'Use `/{new}` to begin a new conversation, `/{status}` to see how I am and where your questions stand, `/{stop}` to end them, `/{tools}` for what I can do for you, `/{schedule}` to have a question asked at certain times, `/{memory}` for what I was asked to remember, `/{whyCommand}` when I did not answer a message, `/{help}` for this text.',
  'door.queue-away':
    '⚠️ I could not take this question: my queue is not reachable at the moment. Please ask again in a minute.',
  'door.lost':
    '⚠️ I have lost this question: my queue has it no longer. Please ask again; what tools have done for it stays done.',
  'door.too-many': {
    one: 'You have one unanswered question, which is all that I take from one person. Please ask again when it is answered, or end it with `/{stop}`.',
    other:
      'You have {count} unanswered questions, which is all that I take from one person. Please ask again when some are answered, or end them with `/{stop}`.',
  },
  'door.cannot-answer': '↪️ I could not answer in {channel}: {why}',
  'door.cannot-write': 'I cannot answer in {channel}: {why}',
  'door.empty': 'There is nothing in it that I can read.',

  // Gates, as /why and commands tell them.
  'gate.own-message': 'It is one of my own messages.',
  'gate.webhook': 'A webhook wrote it; anyone can give a webhook any name.',
  'gate.system': 'Discord itself wrote it.',
  'gate.bot': 'A bot wrote it. DISCORD_BOTS_ALLOW names the bots that I answer.',
  'gate.bot-loop': 'This bot wrote more than 20 messages in a minute: a minute’s pause, lest we talk for ever.',
  'gate.not-ordinary': 'It is a notice of Discord (a pin, a join, a boost), not a message.',
  'gate.addresses-others': 'It is meant for somebody else: it mentions them and not me.',
  'gate.not-addressed':
    'It does not address me: mention me, reply to one of my messages, use /{ask}, or write me a direct message.',
  'gate.dm-off': 'Direct messages are switched off (DISCORD_DM).',
  'gate.server-not-allowed': 'This server is not one of DISCORD_GUILDS_ALLOW.',
  'gate.channel-denied': 'This channel is one of DISCORD_CHANNELS_DENY.',
  'gate.channel-not-allowed': 'This channel is not one of DISCORD_CHANNELS_ALLOW.',
  'gate.person-denied': 'The person, or one of their roles, is in DISCORD_PEOPLE_DENY.',
  'gate.person-not-allowed': 'Neither the person nor one of their roles is in DISCORD_PEOPLE_ALLOW.',
  'gate.too-many': 'Its author had as many unanswered questions as I take from one person (DISCORD_MAX_PENDING).',
  'gate.empty': 'It says nothing to answer; I said how to ask.',
  'gate.queue-away': 'The queue was not reachable when it came; its author was told.',

  // /why.
  'why.not-found': 'I cannot find that message in this channel. Give me its link or its id.',
  'why.dropped': 'I did not answer it (gate {gate}): {why}',
  'why.as-it-stands': 'As it stands now; it was edited, and I only know how it stands.',
  'why.no-intent':
    'I lack the message content intent, so I only read messages that mention me: it is switched on in the developer portal, page Bot.',
  'why.would-pass':
    'It would pass all my gates now. It probably came while I was away for longer than I catch up with: please send it again.',
  'why.edited-since':
    'The message was edited since it was sent. An edit within the first moments counts; for a later one, **{retryButton}** asks what stands there now.',
  'why.edited-into-one':
    'I did not answer it when it came. As it stands now it would pass all my gates, but it was edited, and an edit does not make me answer: please send it again.',
  'why.forgotten': 'It became run {run}, which is not kept any more.',
  'why.queued': 'It became run {run} and waits for its turn.',
  'why.running': 'It became run {run}, which is being worked on now{where}.',
  'why.waiting': 'It became run {run}, which waits for somebody’s decision{where}.',
  'why.answered': 'It became run {run} and was answered{where}.',
  'why.stopped': 'It became run {run}, which was stopped{where}: {text}',
  'why.failed': 'It became run {run}, which failed{where}: {text}',

  // /new and /stop.
  'new.dm': 'A new conversation: I do not look at what we wrote before.',
  'new.channel': 'A new conversation: I do not look at what you asked me here before. That of others goes on.',
  'new.thread': 'A new conversation, for everybody in this thread: I do not look at what was written before.',
  'new.go-back': 'To go on from an earlier message, reply to it.',
  'new.still-coming': {
    one: 'One earlier question is answered first, as if nothing had changed.',
    other: '{count} earlier questions are answered first, as if nothing had changed.',
  },
  'stop.moderators-only': 'Only moderators of this channel can stop the questions of others.',
  'stop.nothing': 'There is nothing to stop in this channel.',
  'stop.stopping': { one: 'Stopping one question.', other: 'Stopping {count} questions.' },

  // /status.
  'status.discord': '🟢 **Discord** connected',
  'status.discord-ms': '🟢 **Discord** connected, {ms} ms',
  'status.queue-away': '🔴 **Queue** not reachable: I cannot take questions at the moment, and answers wait.',
  'status.queue-empty': '🟢 **Queue** no question waits',
  'status.queue': { one: '🟢 **Queue** one question ahead', other: '🟢 **Queue** {count} questions ahead' },
  'status.about': ': about {wait}',
  'status.idle': 'idle',
  'status.at-work': { one: 'at work on one question', other: 'at work on {count} questions' },
  'status.workers': '🟢 **Workers** {number}, {busy}',
  'status.workers-unseen': '⚪ **Workers** {busy}',
  'status.no-workers': '🔴 **Workers** none is running: questions are kept, and answered when one is back',
  'status.model-answers': '🟢 **Model** answered {when}',
  'status.model-fails': '🔴 **Model** fails since {when}; questions are tried again',
  'status.model-unknown': '⚪ **Model** not asked lately',
  'status.none-unanswered': 'None of your questions is unanswered.',
  'status.yours': '**Your questions**',
  'status.more': '… and {number} more',
  'status.queued': '⏳ Queued',
  'status.running': '⚙️ being worked on',
  'status.waiting': '✋ waits for somebody’s decision',

  // /tools and /memory.
  'tools.unknown': 'No worker has said yet which tools there are. Try again in a minute.',
  'tools.none': 'Your roles give you no tools here. I answer from what I know.',
  'tools.yours': '**Your tools** (✋ asks somebody first)',
  'tools.prompts': '**Prompts of servers** (ask for them in your own words)',
  'tools.away': '🔴 Away at the moment: {names}',
  'lines.more': { one: '… and one more line', other: '… and {count} more lines' },
  'memory.none': 'I remember nothing for you here. Ask me to remember something.',
  'memory.none-of-yours': 'I remembered nothing of yours.',
  'memory.deleted-all': { one: 'Deleted the one that was yours.', other: 'Deleted all {count} that were yours.' },
  'memory.unknown': 'I remember nothing under {id} that you can see here. `/{memory}` shows the ids.',
  'memory.of-channel': 'Somebody else saved that for this channel; you may not delete it.',
  'memory.of-server': 'Somebody else saved that for this server; you may not delete it.',
  'memory.deleted': 'Deleted: {text}',
  'memory.mine': 'Yours',
  'memory.channel': 'This channel',
  'memory.server': 'This server',
  'memory.page': 'page {page} of {pages}; `/{memory} page:{next}` shows another',
  'memory.how-to-delete': '`/{memory} delete:` and an id forgets one',

  // A run while it is shown.
  'queue.behind': {
    one: '⏳ Queued: one question of this conversation comes first.',
    other: '⏳ Queued: {count} questions of this conversation come first.',
  },
  'queue.position': '⏳ Queued: position {position}',
  'queue.position-wait': '⏳ Queued: position {position}, about {wait}',
  'queue.no-worker': '⏳ Waiting for a free worker…',
  'run.working': '⏳ Working on it… asked {since}',
  'run.waiting-model': '⏳ Waiting for the model, next try {at}; asked {since}',
  'run.since': '⏳ asked {since}',
  'run.anew': '🔁 Answering anew…',
  'run.stopping': '⏹️ Stopping…',
  'run.answered-anew': '♻️ answered anew',
  'run.stopped-by': 'Stopped by {name}.',
  'run.table': '📊 Writing a table…',
  'run.table-rows': {
    one: '📊 Writing a table: one row so far…',
    other: '📊 Writing a table: {count} rows so far…',
  },
  'run.rest-left-out': '✂️ The rest is left out: I lack the permission *Attach Files* here.',
  'run.whole-in-file': '📄 The whole answer is in the file.',
  'run.rest-in-file': '📄 The rest comes as a file.',
  'run.pictures-left-out': '🖼️ Pictures are left out ({number}): I lack the permission *Attach Files* here.',
  'run.goes-on': '↪️ I go on by direct message.',
  'run.refused': '⚠️ My answer does not stand here: {why} It is kept under the id of its run.',
  'footer.tokens': '{input} → {output} tokens',
  'footer.first-token': 'first token {time}',
  'footer.tools': 'tools: {names}',
  'footer.more': '{names} and {number} more',
  'footer.run': 'run {run}',

  // Buttons and forms.
  'button.stop': 'Stop',
  'button.retry': 'Retry',
  'button.allow': 'Allow once',
  'button.deny': 'Deny',
  'button.happened': 'It happened',
  'button.did-not-happen': 'It did not: run it',
  'button.leave': 'Leave it',
  'retry.not-yours': 'Only {person}, or somebody who manages this server, can ask this again.',
  'stop.not-yours': 'Only {person}, or somebody who moderates this channel, can stop this.',
  'vote.thanks': 'Thank you, noted: {vote}',
  'vote.what-was-wrong': 'What was wrong?',
  'vote.reason': 'Reason (you may leave this empty)',

  // Approvals.
  'card.unknown-outcome':
    '❓ **{tool} may or may not have happened.** A worker died while the call was under way. Did it happen?',
  'card.asks': '✋ **Dragoman asks before it runs {tool}**',
  'card.asked-by': 'asked by {person} · run {run}',
  'card.posted-in': 'to be posted in {channel}',
  'card.in-file': '{number} characters, sha256 {digest}…; in full in the file. Read it before you decide.',
  'card.not-in-full':
    '{number} characters, sha256 {digest}…; not shown in full, for I lack the permission *Attach Files* here. `npx dragoman approvals` shows and decides it.',
  'card.blanks': '⟨{number} blanks⟩',
  'card.decide-until': 'Decide {when}, or it is refused.',
  'card.run-ended': '⌛ The run ended before anybody decided.',
  'card.allowed': '✅ Allowed by {who}',
  'card.denied': '⛔ Denied by {who}',
  'card.expired': '⌛ Expired: nobody decided in time',
  'card.happened': '✅ It happened, says {who}',
  'card.did-not-happen': '↩️ It did not happen, says {who}',
  'card.does-not-stand':
    '✋ **Dragoman asks before it runs a tool**, but the question does not stand here: {why}\n`npx dragoman approvals` shows and decides it.',
  'decide.stale': 'This card does not belong to an open question.',
  'decide.too-late': 'The time for this decision is over; nothing was done.',
  'decide.not-in-dm':
    'In direct messages I cannot see which roles you have, so nobody decides here. Please ask in a channel of the server.',
  'decide.not-yours': 'Only {person}, a moderator of this channel or an approver can decide this.',
  'decide.no-right': 'Your roles do not let you use this tool, so you cannot allow or deny it either.',

  // What ended a run, as the workers say it.
  'failure.internal': 'Something went wrong inside Dragoman; the operator can find it in the log by the run id.',
  'failure.deadline': 'The time for this question is over.',
  'failure.budget': 'The budget for the model is used up; the operator has to raise it.',
  'failure.context-too-long':
    'This conversation has become too long for the model. Start a new one, or ask about less at once.',
  'failure.refused-content': "The model's provider refused this content. Ask differently.",
  'failure.timeout': 'The model took too long to answer. Ask again, or ask for less.',
  'failure.rate-limit': 'The model is asked too often at the moment. Ask again in a minute.',
  'failure.overloaded': 'The model is overloaded at the moment. Ask again in a minute.',
  'failure.provider': "The model's provider failed. Ask again; if it stays so, tell the operator.",
  'failure.network':
    'The model gateway cannot be reached at the moment. Ask again in a minute; if it stays so, tell the operator.',
  'failure.cut-stream': "The model's answer broke off in the middle. Ask again.",
  'failure.away':
    'The model has failed several times in a row and is left alone for some seconds. Ask again in a minute.',
  'failure.late-start': 'The model did not begin to answer in time. Ask again; if it stays so, tell the operator.',
  'failure.stalled': 'The model stopped in the middle of its answer. Ask again.',
  'failure.too-slow': 'The model took too long for its answer. Ask again, or ask for less.',
  'failure.bad-key': 'The model gateway refused the key; the operator has to check LITELLM_API_KEY.',
  'failure.model-not-found': 'The model gateway does not know this model; the operator has to check MODEL_NAME.',

  // /schedule.
  'schedule.added': '⏰ Scheduled as `{id}`: {when} ({zone}), in {channel}. The next time is {next}.',
  'schedule.added-once': '⏰ Scheduled as `{id}`, in {channel}: {next}.',
  'schedule.no-time': 'Say at which time of day as well, for example “{example}”.',
  'schedule.not-understood':
    'I do not understand when that is. For example: “every weekday at 9:00”, “tomorrow 8am”, “in 2 hours”, “every 15 minutes”, or cron: `0 9 * * 1-5`.',
  'schedule.past': 'That time is over.',
  'schedule.never': 'That never comes.',
  'schedule.too-often': {
    one: 'That is too often: at most once a minute.',
    other: 'That is too often: at most every {count} minutes.',
  },
  'schedule.no-zone': 'I do not know the time zone {zone}. Write it as “Europe/Berlin”.',
  'schedule.no-question': 'Say what I am to ask.',
  'schedule.too-many-of-maker': {
    one: 'You have one schedule, which is all that I keep for one person. `/{schedule} delete` removes it.',
    other: 'You have {count} schedules, which is all that I keep for one person. `/{schedule} delete` removes one.',
  },
  'schedule.too-many-in-place': {
    one: 'This server has one schedule, which is all that I keep for one server.',
    other: 'This server has {count} schedules, which is all that I keep for one server.',
  },
  'schedule.token-only':
    'I cannot write here by myself, so I cannot answer at other times. Let me into the server first.',
  'schedule.you-cannot-write': 'You cannot write in {channel} yourself.',
  'schedule.other-server': 'That channel is not one of this server.',
  'schedule.unknown': 'There is no schedule `{id}` here that is yours. `/{schedule} list` shows them.',
  'schedule.none': 'Nothing is scheduled here. `/{schedule} add` schedules a question.',
  'schedule.yours': '**Scheduled questions**',
  'schedule.line': '`{id}` {question} · {when} ({zone}) in {channel}',
  'schedule.line-of': 'of {person}',
  'schedule.next': 'next {when}',
  'schedule.unpaid': 'left out {when}: the budget was used up',
  'schedule.paused': '⏸️ paused: {why}',
  'schedule.pause-asked': '{name} paused it',
  'schedule.pause-left': 'who made it has left the server',
  'schedule.pause-no-access': 'who made it may not write in the channel any more',
  'schedule.pause-not-here': 'I do not answer its maker there any more',
  'schedule.pause-no-place': 'the channel or the server is gone, or I cannot write there',
  'schedule.pause-not-chosen': 'those who manage the server let me answer in other channels only (`/{setup}`)',
  'schedule.now-paused': '⏸️ Paused `{id}`. `/{schedule} resume` lets it go on.',
  'schedule.now-resumed': '▶️ `{id}` goes on. The next time is {next}.',
  'schedule.cannot-resume': '`{id}` is not paused, or its time is over.',
  'schedule.already-paused': '`{id}` is paused already.',
  'schedule.deleted': '🗑️ Deleted `{id}`.',
  'schedule.heading': '⏰ {question} · {when}, for {person}',
  'schedule.late': '⌛ Late: this was due {due}.',
  'schedule.late-more': {
    one: '⌛ Late: this was due {due}. One later time was missed as well, and is not made up for.',
    other: '⌛ Late: this was due {due}. {count} later times were missed as well, and are not made up for.',
  },
  'schedule.told-paused': '⏸️ I have paused the scheduled question “{question}” (`{id}`) of {person}: {why}.',
  'help.more': 'More: {names}.',
  'not-here-only-in': 'I do not answer here, only in {channels}.',
  'gate.channel-not-chosen': 'Those who manage this server let me answer in other channels only (`/{setup}`).',
  'button.details': 'Details',
  'button.rows': 'More rows',
  'button.steer': 'Send to the running answer',
  'button.interrupt': 'Interrupt that one',
  'card.question-refused':
    '❓ I have a question about this, but it does not stand here: {why}\nIt is asked in vain; please ask anew.',
  'schedule.example': 'every weekday at 9:00',
  ...talk,
  ...rights,
  ...settings,
  ...answer,
  ...refusals,
  ...files,
  ...said,
} as const satisfies Record<string, Message>;

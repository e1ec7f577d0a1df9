/** The talk and what is known of a person: /context, /undo, /forget, /retry. */
export const talk = {
  'context.head': '**This conversation**',
  'context.thread': {
    one: 'In a thread I read its latest message for each question.',
    other: 'In a thread I read its latest {count} messages for each question.',
  },
  'context.kept': {
    one: 'I keep one message of it, about {tokens} tokens.',
    other: 'I keep {count} messages of it, about {tokens} tokens.',
  },
  'context.summary': {
    one: 'A summary stands for one older message (by {model}, {when}):',
    other: 'A summary stands for {count} older messages (by {model}, {when}):',
  },
  'context.read': {
    one: 'For your last question I looked at one message: about {tokens} of at most {room} tokens.',
    other: 'For your last question I looked at {count} messages: about {tokens} of at most {room} tokens.',
  },
  'context.read-with-summary': {
    one: 'For your last question I looked at one message and the summary: about {tokens} of at most {room} tokens.',
    other:
      'For your last question I looked at {count} messages and the summary: about {tokens} of at most {room} tokens.',
  },
  'context.all': 'Nothing was left out.',
  'context.left-out': { one: 'One older message did not fit.', other: '{count} older messages did not fit.' },
  'context.hint': '`/{undo}` takes your last question out of it, `/{reset}` begins a new one.',
  'undo.unanswered':
    'A question of this conversation is not answered yet. `/{stop}` ends it; what was answered before can be undone then.',
  'undo.nothing': 'There is no question of yours in this conversation that I could take out.',
  'undo.done': 'Taken out: “{question}” and its answer. I do not look at them any more.',
  'undo.more': '`/{undo}` once more takes out the one before.',
  'retry.none': 'I know no question of yours in this channel. Ask me one.',
  'retry.unanswered': 'Your last question is not answered yet. `/{stop}` ends it.',
  'retry.asking': '🔁 Asking it again: the new answer takes the place of the old one. {link}',
  'forget.what':
    'This forgets, everywhere and for good: your questions with their answers, files and what tools returned for them, your part of all talks, your memories and what you saved for others, your votes, your settings, your scheduled questions. Questions that are not answered yet are stopped.',
  'forget.stays':
    'What stays: the audit log (which tools were called for whom, with which changes, and who allowed it) until its own time is over; the sums of what was used, because limits count them; the logs of the servers that I run on, which name you by your id and hold nothing that you wrote, until whoever runs them deletes them; what others asked and were answered, also where it quotes you; what stands in Discord itself, which you can delete there.',
  'forget.yes': 'Forget me',
  'forget.no': 'Keep everything',
  'forget.kept': 'Nothing was forgotten.',
  'forget.noted':
    'It is noted, and done as soon as a worker can: all of yours goes, also when I am restarted meanwhile.',
  'forget.nothing': 'I knew nothing of you.',
  'forget.done': 'Forgotten: {what}.',
  'forget.runs': { one: '{count} question with its answer', other: '{count} questions with their answers' },
  'forget.talks': { one: '{count} talk', other: '{count} talks' },
  'forget.memories': { one: '{count} memory', other: '{count} memories' },
  'forget.settings': { one: '{count} setting', other: '{count} settings' },
  'forget.votes': { one: '{count} vote', other: '{count} votes' },
  'forget.schedules': { one: '{count} scheduled question', other: '{count} scheduled questions' },
} as const;

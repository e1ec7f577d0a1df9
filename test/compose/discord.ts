import { nodeIn } from './stack.ts';

/**
 * Writes to the bot as Ada in the playground's channel `general` and waits until an answer contains `expected`. Returns
 * the answer as people see it. Rejects with what was there instead.
 */
export function askInDiscord(question: string, expected: string): Promise<string> {
  const code = `
    const base = 'http://127.0.0.1:8090/playground/api/';
    const read = async (path) => (await fetch(base + path)).json();
    const post = async (name, body) => {
      const answer = await fetch(base + name, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    };
    let state = await read('state?as=Ada');
    for (const end = Date.now() + 60_000; !state.bot.online && Date.now() < end; state = await read('state?as=Ada'))
      await new Promise((done) => setTimeout(done, 500));
    const channel = state.guilds[0].channels.find((each) => each.name === 'general').id;
    const asked = await post('say', { channel, author: 'Ada', content: '<@' + state.bot.id + '> ' + ${JSON.stringify(question)} });
    const shown = (message) => [message.content, ...message.embeds.map((embed) => embed.description)].join(' ');
    let seen = [];
    for (const end = Date.now() + 120_000; Date.now() < end;) {
      seen = (await read('messages?as=Ada&channel=' + channel)).filter((each) => each.author.bot && each.replyTo === asked.id).map(shown);
      const answer = seen.find((text) => text.includes(${JSON.stringify(expected)}));
      if (answer !== undefined) { console.log(answer); process.exit(0); }
      await new Promise((done) => setTimeout(done, 500));
    }
    throw new Error('no such answer; there is: ' + JSON.stringify(seen));`;
  return nodeIn('playground', code, 200_000);
}

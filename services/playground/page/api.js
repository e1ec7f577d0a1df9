import { toast } from './dom.js';

async function answerOf(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `The playground answered ${response.status}.`);
  return body;
}

export async function get(name, query = {}) {
  return answerOf(await fetch(`/playground/api/${name}?${new URLSearchParams(query)}`));
}

/** Runs a control. Shows a refusal and then returns undefined. */
export async function act(name, body) {
  try {
    return await answerOf(
      await fetch(`/playground/api/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
  } catch (error) {
    toast(error.message);
    return undefined;
  }
}

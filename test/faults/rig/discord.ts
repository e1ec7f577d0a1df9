/** The playground's controls over HTTP. */
export interface PlayedDiscord {
  post<Result = unknown>(action: string, body: object): Promise<Result>;
  get<Result = unknown>(what: string): Promise<Result>;
}

export function playedDiscord(page: string): PlayedDiscord {
  async function ask<Result>(path: string, init?: RequestInit): Promise<Result> {
    const response = await fetch(`${page}/playground/api/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`playground ${path}: ${response.status} ${text.slice(0, 300)}`);
    return (text === '' ? undefined : JSON.parse(text)) as Result;
  }
  return {
    get: (what) => ask(what),
    post: (action, body) =>
      ask(action, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  };
}

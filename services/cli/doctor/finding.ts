/** What the doctor says of one thing: how it is, and how to mend it when it is not well. */
export interface Finding {
  name: string;
  state: 'ok' | 'warning' | 'broken';
  detail: string;
  mend?: string;
}

export function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail };
}

export function warning(name: string, detail: string, mend: string): Finding {
  return { name, state: 'warning', detail, mend };
}

export function broken(name: string, detail: string, mend: string): Finding {
  return { name, state: 'broken', detail, mend };
}

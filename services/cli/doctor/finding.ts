/** What the doctor says about one thing: its state, and how to mend it when something is wrong. */
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

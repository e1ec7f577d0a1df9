import { ToolError, type ToolContext } from '#mcp/kit.ts';
import type { Service } from '#mcp/http/service.ts';
import { printable } from '#mcp/words.ts';
import type { Span } from '../time.ts';
import { labelNames, labelValues } from './api.ts';

/** Labels that tell most about where lines come from, the best first. */
const TELLING = ['service_name', 'app', 'job', 'container', 'namespace', 'service', 'host', 'filename', 'level'];

const most = { names: 30, labels: 4, values: 12 };

/** For a query without lines: which labels there are in that time, and some of their values. */
export async function nothingFound(
  service: Service,
  span: Span,
  context: Pick<ToolContext, 'signal'>,
): Promise<string> {
  try {
    const names = (await labelNames(service, span, context)).filter((name) => /^[a-zA-Z_]\w{0,200}$/.test(name));
    if (names.length === 0) return 'Loki has no lines at all from that time. Give an earlier start.';
    const chosen = [...TELLING.filter((name) => names.includes(name)), ...names].filter(
      (name, at, all) => all.indexOf(name) === at && !name.startsWith('__'),
    );
    const few = chosen.slice(0, most.labels);
    const values = await Promise.all(few.map((name) => labelValues(service, name, span, context)));
    const lines = few.map((name, at) => `${name}: ${list(values[at]!, most.values)}`);
    return `Labels in that time: ${list(names, most.names)}\n${lines.join('\n')}`;
  } catch (error) {
    // The answer is complete without the hint.
    if (error instanceof ToolError) return `What there is could not be read: ${error.message}`;
    throw error;
  }
}

function list(names: readonly string[], few: number): string {
  const rest = names.length > few ? `, and ${names.length - few} more` : '';
  return `${names
    .slice(0, few)
    .map((name) => printable(name.slice(0, 100)))
    .join(', ')}${rest}`;
}

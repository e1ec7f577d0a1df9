import { queueNames } from '#shared/ground/vocabulary.ts';
import { impossibleLabels } from '#test/observability/labels.ts';
import type { Facts } from './facts.ts';
import { asPattern, isPlaceholder, type Rule, type Verdict } from './rule.ts';

/** A name whose kind is given by the word before it: the queue `runs`, alert `ReplicasLate`. */
export const nounRule: Rule = ({ form, text, noun }, facts) => {
  const known = kinds(facts)[noun];
  if (form !== 'code' || known === undefined || !/^[\w:.-]+$/.test(text)) return undefined;
  return known.has(text) ? true : undefined;
};

/**
 * The same for a name that is unknown as that kind. It is asked last, because `command`, `network` and others have more
 * meanings.
 */
export const wrongNounRule: Rule = ({ form, text, noun }, facts) => {
  const known = kinds(facts)[noun.replace(/s$/, '')];
  if (form !== 'code' || known === undefined || !/^[\w:-]+$/.test(text)) return undefined;
  return known.has(text) || `there is no ${noun} ${text}`;
};

function kinds(facts: Facts): Record<string, ReadonlySet<string>> {
  return {
    queue: facts.queues,
    job: facts.jobs,
    alert: facts.alerts,
    profile: facts.profiles,
    volume: facts.volumes,
    network: facts.networks,
    service: facts.services,
    script: facts.scripts,
    metric: new Set([...facts.metrics, ...[...facts.metrics].map((name) => name.replace(/^dragoman_/, ''))]),
  };
}

/** A key of Redis: `run:<id>:journal`. */
export const keyRule: Rule = ({ form, text }, facts) => {
  if (form !== 'code' || !/^(?:\{dragoman\}:\w|[a-z][\w-]*:)[\w<>~*=-]*(?::[\w<>~*=-]+)*$/.test(text)) return undefined;
  const name = text.replace(/^\{dragoman\}:/, '');
  // BullMQ gives its connections such names.
  if (facts.queues.has(Buffer.from(name, 'base64').toString())) return true;
  const [first = ''] = name.split(':');
  if (facts.scripts.has(name)) return true;
  if ((queueNames as readonly string[]).includes(first)) return true;
  const sample = name.replaceAll(/<[^>]+>|\*/g, 'x');
  const fits = facts.keys.some((key) => new RegExp(`^${key.split('*').map(escaped).join('[^:]+')}$`).test(sample));
  if (fits) return true;
  const ours = facts.keys.some((key) => key.split(':')[0] === first);
  return ours || text.startsWith('{') ? `shared/redis/keys.ts has no key ${name}` : undefined;
};

function escaped(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
}

/** A metric with its labels and their values. The code must count both. */
export const metricRule: Rule = ({ form, text }, facts) => {
  const [, name, selector] = /^(dragoman[_:]\w[\w:]*)(\{[^}]*\})?$/.exec(text) ?? [];
  if (form !== 'code' || name === undefined || name === 'dragoman_archive' || name === 'dragoman_ro') return undefined;
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  if (!facts.metrics.has(name) && !facts.metrics.has(base))
    return facts.services.has(name.slice(9)) ? true : `there is no metric ${name}`;
  const labels = (selector ?? '')
    .slice(1, -1)
    .split(',')
    .filter(Boolean)
    .map((label) => (label.includes('=') ? label : `${label}=~".*"`));
  return impossibleLabels(`${name}{${labels.join(',')}}`)[0] ?? true;
};

/** An alert in the text of a page. */
export const alertRule: Rule = ({ form, text }, { alerts, declared }) => {
  if (!/^(?:[A-Z][a-z]+){2,}$/.test(text)) return undefined;
  if (alerts.has(text)) return true;
  return declared.has(text) ? true : form === 'plain' ? `there is no alert ${text}` : undefined;
};

/** A route that something of ours answers, with or without its method: `/readyz`, `POST /playground/api/<name>`. */
export const routeRule: Rule = ({ form, text }, { slash, text: code }) => {
  const [, route] = /^(?:GET |POST |DELETE )?(\/[a-z][\w/.:-]*)(?:<\w+>)?$/.exec(text) ?? [];
  if (form !== 'code' || route === undefined || slash.has(route.slice(1))) return undefined;
  return code.includes(route) ? true : undefined;
};

/** A test of the fault suite: R8I. */
export const faultRule: Rule = ({ form, text }, { words }) => {
  if (form !== 'plain' || !/^R\d+[A-Z]*$/.test(text)) return undefined;
  return words.has(text) || `there is no fault test ${text}`;
};

/** A slash command or one below it, with or without one of its options, or a command of a chat at the terminal. */
export const slashRule: Rule = ({ form, text }, { slash, chat }) => {
  const [, word = ''] = /^\/([a-z]+)(?: <\w+>)?$/.exec(text) ?? [];
  if (form === 'code' && chat.has(word)) return true;
  const [, name, sub, rest = ''] = /^\/([a-z]+)(?: ([a-z]+))?((?: \w+:.*)?)$/.exec(text) ?? [];
  if (form !== 'code' || name === undefined) return undefined;
  const command = slash.get(name);
  if (!command) return `there is no command ${text}`;
  const part = sub === undefined ? command : command.options?.find((each) => each.name === sub);
  if (!part) return `/${name} has no command ${sub}`;
  const options = [...rest.matchAll(/ (\w+):/g)].map(([, option = '']) => option);
  const unknown = options.find((option) => !part.options?.some((each) => each.name === option));
  return unknown === undefined || `/${name} has no option ${unknown}`;
};

/** An address of the stack, whose host and port must exist. */
export const addressRule: Rule = ({ form, text }, facts) => {
  const [, host = '', port] = /^https?:\/\/([\w.-]+)(?::(\d+))?(?:\/\S*)?$/.exec(text) ?? [];
  if (form !== 'code' || !(host === '127.0.0.1' || facts.services.has(host))) return undefined;
  return port === undefined || facts.ports.has(port) || `nothing listens on port ${port}`;
};

/** `Dashboard → Panel`. */
export const panelRule: Rule = ({ form, text }, { panels }) => {
  if (form !== 'code' || !(text.includes(' → ') || panels.has(text))) return undefined;
  const missing = text.split(' → ').find((title) => !panels.has(title));
  return missing === undefined || `no dashboard or panel is called "${missing}"`;
};

/** A function, type or member of the code: `endRun`, `queues.add('run', payload)`, `outcome()`. */
export const identifierRule: Rule = ({ form, text }, facts) => {
  if (form !== 'code') return undefined;
  const called = /^([A-Za-z_$][\w$]*(?:\.[\w$]+)*)\(.*\)$/.exec(text)?.[1];
  const humped = /^[a-zA-Z]+[a-z0-9][A-Z]\w*(?:\.\w+)*$/.test(text) ? text : undefined;
  const dotted = /^[a-z]\w*(?:\.[a-z]\w*)+$/.test(text) ? text : undefined;
  const name = called ?? humped ?? dotted;
  if (name === undefined) return undefined;
  const unknown = name.split('.').find((part) => !facts.declared.has(part) && !facts.words.has(part));
  return unknown === undefined || `the code has no ${unknown}`;
};

/** A file extension, a package, or a file in a secret's volume: `.lua`, `@scope/name`, `secret-s3/access_key`. */
export const smallRule: Rule = ({ form, text }, { paths, volumes, text: code }) => {
  if (form !== 'code') return undefined;
  if (/^\.[a-z]+$/.test(text)) return [...paths].some((file) => file.endsWith(text)) ? true : undefined;
  if (/^@[\w-]+\/[\w.-]+$/.test(text)) return code.includes(`'${text}'`) || `no file names the package ${text}`;
  const [volume = '', file] = text.split('/');
  return file !== undefined && volume.startsWith('secret-')
    ? volumes.has(volume) || `compose.yaml has no volume ${volume}`
    : undefined;
};

/** The name that a connection to Redis gives itself: `dragoman-worker`, `-follower`. */
export const connectionRule: Rule = ({ form, text }, { text: code }) => {
  const [, name] = /^(?:dragoman)?-([a-z-]+)$/.exec(text) ?? [];
  if (form !== 'code' || name === undefined) return undefined;
  const parts = name.split('-');
  const built = parts.every(
    (part) => code.includes(`'${part}'`) || code.includes(`-${part}\``) || code.includes(`:${part}\``),
  );
  return (
    built ||
    code.includes(`'${name}'`) ||
    code.includes(`-${name}\``) ||
    code.includes(`'dragoman-${name}`) ||
    `no connection is called so`
  );
};

/** Any word of the code: a value, a field, a name in a file of settings. */
export const wordRule: Rule = ({ form, text }, facts): Verdict => {
  if (form !== 'code') return undefined;
  if (/^\{?"[$\w]+":/.test(text)) {
    const unknown = [...text.matchAll(/"([$\w]+)":/g)].find(([, key = '']) => !facts.words.has(key));
    return unknown ? `no file has the field ${unknown[1]}` : true;
  }
  const [asked = '', query] = text.split('?');
  if (query !== undefined && facts.words.has(asked)) return true;
  if (isPlaceholder(text) && /^[\w<>*…_-]+$/.test(text))
    return [...facts.words].some((word) => asPattern(text).test(word)) ? true : undefined;
  if (/^[\w$.-]+$/.test(text) && facts.words.has(text)) return true;
  if (/^[a-z]+(?:[_-][a-z0-9]+)+$/.test(text)) return `the code has no "${text}"`;
  return text.length > 3 && facts.text.includes(text) ? true : undefined;
};

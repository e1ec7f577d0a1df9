import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** What the files of the repository say. */
export interface Source {
  /** Every file and folder, relative to the repository, with `/`. */
  paths: ReadonlySet<string>;
  /** Every word of the code outside comments: identifiers, literals, keys of JSON and YAML. */
  words: ReadonlySet<string>;
  /** Names that the code declares: functions, constants, types, members. */
  declared: ReadonlySet<string>;
  /** All code except that of tests in one text, for phrases such as lines of the log. */
  text: string;
  /** Variables that scripts read without a schema. */
  variablesRead: string[];
  /** Ports in compose.yaml, Prometheus' and LiteLLM's configuration. */
  portsInConfiguration: string[];
}

const areas = new Set(['services', 'shared', 'mcp', 'litellm', 'start', 'test', 'grafana', 'docs', '.ci']);
const leftOut = new Set(['node_modules', '.git', '.dragoman', '.cache', '__pycache__']);
const code = /\.(?:ts|mts|mjs|cjs|js|lua|c|py|json|ya?ml|sh|sql|conf|html|css)$|(?:^|\/)Dockerfile$/;

/** Reads the repository, except what is installed or generated. */
export function readSource(root: string): Source {
  const files = listFiles(root);
  const folders = files.flatMap((file) => foldersOf(file));
  const sources = files.filter((file) => code.test(file) && !file.startsWith('test/checks/claims'));
  const texts = sources.map((file) => ({
    file,
    text: withoutComments(file, readFileSync(path.join(root, file), 'utf8')),
  }));
  const all = texts.map(({ text }) => text).join('\n');
  return {
    paths: new Set([...files, ...folders]),
    words: new Set(all.match(/[A-Za-z_$][\w$]*(?:[-.][\w$]+)*/g)?.flatMap(partsOf)),
    declared: declaredIn(all),
    text: texts.flatMap(({ file, text }) => (/\.test\.ts$|^test\/(?!bench)/.test(file) ? [] : [text])).join('\n'),
    variablesRead: [...all.matchAll(/env(?:ironment\(\))?(?:\.|\[')([A-Z][A-Z0-9_]{3,})/g)].flatMap(
      ([, name]) => name ?? [],
    ),
    portsInConfiguration: texts
      .filter(({ file }) => /^compose\.yaml$|^litellm\/(?:config\.yaml|start\.sh)$|^grafana\//.test(file))
      .flatMap(({ text }) => text.match(/(?<=:-?|\s)\d{4,5}(?![\d.])/g) ?? []),
  };
}

function listFiles(root: string, folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) return [name];
    if (!entry.isDirectory() || leftOut.has(entry.name)) return [];
    return folder !== '' || areas.has(entry.name) ? listFiles(root, name) : [];
  });
}

function foldersOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** `a.b-c` counts as one word, and so do its parts. */
function partsOf(word: string): string[] {
  return /[-.]/.test(word) ? [word, ...word.split('.'), ...word.split(/[-.]/)] : [word];
}

const lineComments: [RegExp, RegExp][] = [
  [/\.(?:ts|mts|mjs|cjs|js|c)$/, /(?<=^|\s)\/\/.*$|\/\*[\s\S]*?\*\//gm],
  [/\.(?:lua|sql)$/, /(?<=^|\s)--.*$/gm],
  [/\.(?:ya?ml|sh|py|conf)$|Dockerfile$/, /(?<=^|\s)#.*$/gm],
];

function withoutComments(file: string, text: string): string {
  const comment = lineComments.find(([ending]) => ending.test(file))?.[1];
  return comment ? text.replaceAll(comment, '') : text;
}

function declaredIn(text: string): Set<string> {
  const forms = [
    /\b(?:function\*?|const|let|class|interface|type|enum)\s+([A-Za-z_$][\w$]*)/g,
    /^\s+(?:readonly |async |get |static )*([A-Za-z_$][\w$]*)\??\s*[(:,]/gm,
    /[{,]\s*([A-Za-z_$][\w$]*)\s*(?=[},:(])/g,
  ];
  return new Set(forms.flatMap((form) => [...text.matchAll(form)].flatMap(([, name]) => name ?? [])));
}

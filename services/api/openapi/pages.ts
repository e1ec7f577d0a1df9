import { openApiDocument, operations } from './document.ts';
import { escape, page, prose } from './html.ts';
import { tags, type Operation } from './operation.ts';
import { jsonSchemaOf } from '../http/json-schema.ts';

/** What a browser sees at `/`. */
export function homePage(origin: string): string {
  const question = `curl ${origin}/chat -H 'authorization: Bearer <key>' -H 'content-type: application/json' -d '{"message": "What can you do?"}'`;
  return page(
    'Dragoman',
    `<h1>Dragoman</h1>
<p>This is the HTTP API: point an OpenAI library at <code>${escape(origin)}/v1</code>, or ask from a terminal:</p>
<pre>${escape(question)}</pre>
<p><a href="docs">All routes</a> · <a href="openapi.json">openapi.json</a></p>`,
  );
}

/** `/openapi.json` for people. */
export function docsPage(): string {
  const { info } = openApiDocument();
  const sections = Object.entries(tags).map(([tag, what]) => {
    const routes = operations.filter((each) => each.tag === tag);
    return `<h2>${tag}</h2>\n<p>${prose(what)}.</p>\n${routes.map(section).join('\n')}`;
  });
  return page(
    'Dragoman: routes',
    `<h1>${info.title} ${info.version}</h1>
<p>${prose(info.description)} Programs send <code>Authorization: Bearer &lt;key&gt;</code>; errors come as
<code>{"error": {"message", "type", "param", "code"}}</code>. The same for programs: <a href="openapi.json">openapi.json</a>.</p>
${sections.join('\n')}`,
  );
}

function section(operation: Operation): string {
  const { method, path, summary, description, headers, query, body, answer, types, open } = operation;
  const parts = [
    description && `<p>${prose(description)}</p>`,
    open && '<p class="open">Needs no key.</p>',
    types && `<p>Answers as ${types.map((type) => `<code>${type}</code>`).join(' or ')}.</p>`,
    ...Object.entries(headers ?? {}).map(([name, what]) => `<p><code>${escape(name)}</code>: ${prose(what)}</p>`),
    query && shown('Query', jsonSchemaOf(query)),
    body && shown('Body', jsonSchemaOf(body)),
    answer && shown('Answer', jsonSchemaOf(answer)),
  ];
  return `<details><summary><span class="method">${method}</span><code>${escape(path)}</code> ${prose(summary)}</summary>
${parts.filter(Boolean).join('\n')}</details>`;
}

function shown(heading: string, schema: object): string {
  return `<p>${heading}</p><pre>${escape(JSON.stringify(schema, undefined, 2))}</pre>`;
}

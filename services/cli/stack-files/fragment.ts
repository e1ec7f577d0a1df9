import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { OperatorError, errorText } from '#shared/ground/errors.ts';

const fragmentSchema = z.strictObject({
  /** Present when the containers are there even without an entry of this domain in servers.json; says why. */
  always: z.string().optional(),
  /** What the domain's tool-runner has besides what every one has. */
  runner: z
    .strictObject({
      environment: z.record(z.string(), z.string()).default({}),
      volumes: z.array(z.string()).default([]),
      /** Groups of secrets, each mounted at /run/secrets/<group>. */
      secrets: z.array(z.string()).default([]),
      networks: z.array(z.string()).default([]),
      depends_on: z.record(z.string(), z.string()).default({}),
      /** Further lines of its service, as Compose takes them: an image of its own, other limits. */
      service: z.record(z.string(), z.unknown()).default({}),
    })
    .prefault({}),
  networks: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  /** Groups of secrets that the domain's containers mount. */
  secrets: z.array(z.string()).default([]),
  /** The volume that `demo` fills, mounted at the folder that the domain's stack.ts names. */
  demo: z.string().optional(),
});

/** What a domain has on Compose. `services` is the text of its containers, indented as in compose.yaml. */
export type Fragment = z.output<typeof fragmentSchema> & { services: string };

/**
 * Reads `mcp/<domain>/containers.yaml`; a domain without that file has only its runner. Its containers stay text, with
 * their comments, because they use compose.yaml's anchors. Throws OperatorError when the file is wrong.
 */
export function readFragment(root: string, domain: string, server: string): Fragment {
  const file = path.join(root, 'mcp', domain, 'containers.yaml');
  const text = existsSync(file) ? readFileSync(file, 'utf8').replaceAll('{server}', server) : '';
  const at = text.search(/^services:\n/m);
  const head = at < 0 ? text : text.slice(0, at);
  try {
    const parsed = fragmentSchema.parse(parse(head) ?? {});
    return { ...parsed, services: at < 0 ? '' : text.slice(at + 'services:\n'.length) };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : errorText(error);
    throw new OperatorError('wrong-fragment', `${file}: ${why}`, { cause: error });
  }
}

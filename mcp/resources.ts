import { INVALID_REQUEST, ProtocolError, ResourceNotFoundError, type Server } from '@modelcontextprotocol/server';

/** A text that a domain has for MCP clients beside its tools. */
export interface DomainResource {
  uri: string;
  name: string;
  title: string;
  description: string;
  mimeType: string;
  /** A tool of the domain: who may call that may read this. */
  like: string;
  read(): Promise<string>;
}

/** Reading is refused. The message says why, for the caller. */
export class ResourceRefused extends Error {
  override name = 'ResourceRefused';
}

/** How long clients may keep what they were told, in milliseconds. */
const listTtlMs = 60_000;

/** Lets a server list and read these resources. `lists` hides those that go with a tool that it hides. */
export function serveResources(
  server: Server,
  resources: readonly DomainResource[],
  lists: (tool: string) => boolean,
): void {
  const visible = (): DomainResource[] => resources.filter(({ like }) => lists(like));
  server.setRequestHandler('resources/list', async () => {
    const listed = visible().map(({ uri, name, title, description, mimeType }) => ({
      uri,
      name,
      title,
      description,
      mimeType,
    }));
    return { resources: listed, ttlMs: listTtlMs, cacheScope: 'private' as const };
  });
  server.setRequestHandler('resources/templates/list', async () => ({
    resourceTemplates: [],
    ttlMs: listTtlMs,
    cacheScope: 'private' as const,
  }));
  server.setRequestHandler('resources/read', async ({ params: { uri } }) => {
    const resource = visible().find((each) => each.uri === uri);
    if (!resource) throw new ResourceNotFoundError(uri);
    const { mimeType } = resource;
    const contents = [{ uri, mimeType, text: await readText(resource) }];
    return { contents, ttlMs: 0, cacheScope: 'private' as const };
  });
}

async function readText(resource: DomainResource): Promise<string> {
  try {
    return await resource.read();
  } catch (error) {
    if (!(error instanceof ResourceRefused)) throw error;
    throw new ProtocolError(INVALID_REQUEST, error.message);
  }
}

import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/client';
import { isObject } from '#shared/ground/objects.ts';
import { plainText } from './text.ts';

type Fields = Record<string, unknown>;

/** The revisions that begin with `initialize`, newest first. */
const older = SUPPORTED_PROTOCOL_VERSIONS.filter((version) => version < '2026')
  .toSorted()
  .toReversed();
/** MCP 2025-11-25, "Protocol Version Header": what a server speaks that does not say it. */
const unsaid = '2025-03-26';

/** What a server answers to `initialize`, with what the SDK insists on. A revision older than all is left as it is. */
export function readInitialize(result: Fields): Fields {
  const { protocolVersion, capabilities, serverInfo, instructions } = result;
  return {
    protocolVersion: revisionFor(protocolVersion),
    capabilities: readCapabilities(capabilities),
    serverInfo: readInfo(serverInfo),
    ...(typeof instructions === 'string' && { instructions }),
  };
}

/** The same for `server/discover` of MCP 2026-07-28. What says whether the server speaks that revision stays as it is. */
export function readDiscover(result: Fields): Fields {
  const { capabilities, instructions, ...others } = result;
  return {
    ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== null)),
    capabilities: readCapabilities(capabilities),
    ...(typeof instructions === 'string' && { instructions }),
  };
}

/** The nearest revision that we speak: a server whose own we do not know mostly understands the one that was asked for. */
function revisionFor(said: unknown): string {
  if (typeof said !== 'string' || said.trim() === '') return unsaid;
  const version = said.trim().replace(/^v/i, '');
  if (older.includes(version)) return version;
  if (!/^\d{4}-\d\d-\d\d/.test(version)) return unsaid;
  return older.find((each) => each <= version) ?? said;
}

/** A server that says nothing of its capabilities may have tools; one that says null has none. */
function readCapabilities(said: unknown): Fields {
  if (said === null) return {};
  if (!isObject(said) || Object.keys(said).length === 0) return { tools: {} };
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]) => {
      if (isObject(value)) return [[name, booleansOf(value)]];
      return value === false || value === undefined ? [] : [[name, {}]];
    }),
  );
}

/** `listChanged: "true"` and the like would cost the connection; what is no boolean or object counts as not said. */
function booleansOf(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => typeof value === 'boolean' || isObject(value)),
  );
}

function readInfo(said: unknown): Fields {
  const info = isObject(said) ? said : { name: said };
  const { name, version, title } = info;
  return {
    name: wordOf(name) ?? 'unnamed',
    version: wordOf(version) ?? 'unknown',
    ...(typeof title === 'string' && { title: plainText(title, 200) }),
  };
}

function wordOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? plainText(value, 200) : undefined;
}

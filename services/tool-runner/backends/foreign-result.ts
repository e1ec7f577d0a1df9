import type { CallToolResult } from '@modelcontextprotocol/server';
import { plainText } from './text.ts';
import { says } from './read-result.ts';

type Content = CallToolResult['content'][number];

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/**
 * A result of a server that is not ours, made safe: texts of whole characters, pictures only of kinds that hold nothing
 * but a picture, other content named instead of sent, and no `_meta`, through which a server could speak in our name.
 * Structured content that the texts do not say is added to them: a model reads nothing else.
 */
export function cleanResult(result: CallToolResult): CallToolResult {
  const { structuredContent, isError } = result;
  const content = result.content.map(cleanContent);
  if (structuredContent !== undefined && (content.length === 0 || !says(content, structuredContent))) {
    content.push(text(JSON.stringify(structuredContent).toWellFormed()));
  }
  return {
    content,
    ...(structuredContent !== undefined && { structuredContent }),
    ...(isError === true && { isError }),
  };
}

function cleanContent(item: Content): Content {
  switch (item.type) {
    case 'text':
      return text(item.text.toWellFormed());
    case 'image':
      return pictures.has(item.mimeType)
        ? { type: 'image', mimeType: item.mimeType, data: item.data }
        : text(`[a picture of another kind (${plainText(item.mimeType, 50)}) was left out]`);
    case 'resource':
      return cleanResource(item.resource);
    default:
      return item;
  }
}

function cleanResource(resource: Extract<Content, { type: 'resource' }>['resource']): Content {
  const { uri, mimeType = '' } = resource;
  if ('text' in resource) {
    const place = { uri: plainText(uri, 500), ...(mimeType !== '' && { mimeType: plainText(mimeType, 100) }) };
    return { type: 'resource', resource: { ...place, text: resource.text.toWellFormed() } };
  }
  if (pictures.has(mimeType)) return { type: 'image', mimeType, data: resource.blob };
  return text(
    `[a file: ${plainText(uri, 500)}, ${plainText(mimeType, 100) || 'of an unknown type'}, ${bytesOf(resource.blob)} bytes: it cannot be shown here]`,
  );
}

function bytesOf(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

function text(value: string): Content {
  return { type: 'text', text: value };
}

import type { CallToolResult } from '@modelcontextprotocol/server';

type Content = CallToolResult['content'][number];

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/**
 * A result of a server that is not ours, made safe: texts of whole characters, pictures only of kinds that hold nothing
 * but a picture, and no `_meta`, through which a server could speak in our name.
 */
export function cleanResult(result: CallToolResult): CallToolResult {
  const { structuredContent, isError } = result;
  const content = result.content.map(cleanContent);
  if (content.length === 0 && structuredContent !== undefined) content.push(text(JSON.stringify(structuredContent)));
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
        ? item
        : text(`[a picture of another kind (${item.mimeType.slice(0, 50)}) was left out]`);
    case 'resource':
      if ('text' in item.resource) return item;
      return text(`[binary resource ${item.resource.uri.slice(0, 200)} was left out]`);
    default:
      return item;
  }
}

function text(value: string): Content {
  return { type: 'text', text: value };
}

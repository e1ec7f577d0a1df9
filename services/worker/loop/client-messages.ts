import type { ClientMessage, ClientRequest } from '#shared/run/client-request.ts';
import type { ChatMessage, ChatTool } from '../gateway/chat.ts';

/** The conversation that a program keeps itself, as the model is sent it; undefined when it keeps none. */
export function clientMessages(client: ClientRequest | undefined): ChatMessage[] | undefined {
  return client?.messages?.filter(saysSomething).map(wireMessage);
}

/** Providers refuse an assistant that neither says nor calls anything, as one does that was stopped at once. */
function saysSomething(message: ClientMessage): boolean {
  return message.role !== 'assistant' || message.content.trim() !== '' || (message.calls ?? []).length > 0;
}

/** The tools that a program runs itself, as the model is offered them. */
export function clientTools(client: ClientRequest | undefined): ChatTool[] {
  return (client?.tools ?? []).map(({ name, description, parameters, strict }) => ({
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
      ...(strict !== undefined && { strict }),
    },
  }));
}

function wireMessage(message: ClientMessage): ChatMessage {
  switch (message.role) {
    case 'tool':
      return { role: 'tool', tool_call_id: message.call, content: message.content };
    case 'assistant': {
      const calls = message.calls?.map(({ id, name, arguments: text }) => ({
        id,
        type: 'function' as const,
        function: { name, arguments: text },
      }));
      return { role: 'assistant', content: message.content || null, ...(calls && { tool_calls: calls }) };
    }
    case 'user':
      return { role: 'user', content: userContent(message) };
  }
}

/** Endpoints that know no parts take plain text. */
function userContent({ content }: Extract<ClientMessage, { role: 'user' }>) {
  const [only] = content;
  if (content.length === 1 && only?.type === 'text') return only.text;
  return content.map((part) => {
    if (part.type === 'text') return part;
    const { url, detail } = part;
    return { type: 'image_url' as const, image_url: { url, ...(detail && { detail }) } };
  });
}

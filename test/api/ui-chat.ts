import { AbstractChat, DefaultChatTransport, type ChatInit, type ChatState, type UIMessage } from 'ai';

/** A page's chat: what `useChat` is without React. */
export class PageChat extends AbstractChat<UIMessage> {
  constructor(init: ChatInit<UIMessage>) {
    const { messages = [], ...rest } = init;
    const state: ChatState<UIMessage> = {
      status: 'ready',
      error: undefined,
      messages,
      pushMessage: (message) => void (state.messages = [...state.messages, message]),
      popMessage: () => void (state.messages = state.messages.slice(0, -1)),
      replaceMessage: (index, message) => void (state.messages = state.messages.with(index, message)),
      snapshot: (value) => structuredClone(value),
    };
    super({ ...rest, state });
  }
}

export function transportTo(url: string, key: string): DefaultChatTransport<UIMessage> {
  return new DefaultChatTransport({ api: `${url}/api/chat`, headers: { authorization: `Bearer ${key}` } });
}

/** The text of a message, and what is known of its tools. */
export function shownOf(message: UIMessage | undefined) {
  const parts = message?.parts ?? [];
  return {
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    tools: parts.flatMap((part) =>
      'toolCallId' in part
        ? [{ name: part.type === 'dynamic-tool' ? part.toolName : part.type.slice(5), state: part.state, part }]
        : [],
    ),
  };
}

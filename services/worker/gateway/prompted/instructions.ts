import type { ChatTool } from '../chat.ts';

export const callOpen = '<tool_call>';
export const callClose = '</tool_call>';

/** What a model without tool calls of its own is told ahead of the conversation. */
export function instructions(tools: ChatTool[], mayCall: boolean): string {
  const list = tools
    .map(({ function: { name, description, parameters } }) =>
      JSON.stringify({ name, ...(description !== undefined && { description }), parameters: parameters ?? {} }),
    )
    .join('\n');
  const rules = mayCall
    ? [
        'To call a tool, write exactly this, on lines of its own, and nothing after the last one:',
        callOpen,
        '{"name": "<name of the tool>", "arguments": {<arguments by the schema in "parameters">}}',
        callClose,
        'Several such blocks call several tools. The results come in the next message. Never write a result yourself.',
        'To answer without a tool, write the answer as plain text.',
      ]
    : ['No tool may be called any more. Answer as plain text.'];
  return ['# Tools', '', ...rules, '', 'The tools, one a line:', list].join('\n');
}

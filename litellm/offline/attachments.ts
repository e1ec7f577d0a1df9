/** A text file that came with a question. */
export interface Attachment {
  name: string;
  text: string;
}

const ATTACHED = /\[Attached file: ([^\]\n]+)\]\n([\s\S]*?)\n\[End of \1\]/g;

/** Takes the files that came with a question out of its text. */
export function takeAttachments(text: string): { text: string; attachments: Attachment[] } {
  const attachments = Array.from(text.matchAll(ATTACHED), ([, name = '', content = '']) => ({ name, text: content }));
  return { text: text.replaceAll(ATTACHED, '').trim(), attachments };
}

const maxLines = 10;
const maxCharacters = 1_200;

/** Words that are about a file rather than about what tools reach. */
const ABOUT_FILE =
  /\b(?:attach\w*|this file|these files|the file|the files|file|upload\w*|csv|document|text|log|it|this|in here|summari[sz]e|sum up|explain|what is|how many (?:lines|rows|columns))\b/i;

/**
 * Answers a question about what came with it: shows how it begins, and how many lines it has. Undefined for a question
 * that the files only came along with.
 */
export function wordAttachments({
  text,
  attachments,
}: {
  text: string;
  attachments: Attachment[];
}): string | undefined {
  if (attachments.length === 0) return undefined;
  const named = attachments.filter(({ name }) => text.toLowerCase().includes(name.toLowerCase()));
  if (named.length === 0 && text !== '' && !ABOUT_FILE.test(text)) return undefined;
  return (named.length > 0 ? named : attachments).map(wordAttachment).join('\n\n');
}

function wordAttachment({ name, text }: Attachment): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const isTable = /\.(?:csv|tsv)$/i.test(name) && lines.length > 1;
  const separator = (lines[0] ?? '').includes('\t') ? '\t' : (lines[0] ?? '').includes(';') ? ';' : ',';
  const size = isTable
    ? `**${lines.length - 1}** rows under ${(lines[0] ?? '').split(separator).length} columns`
    : `**${lines.length}** lines`;
  const shown = lines.slice(0, maxLines).join('\n').slice(0, maxCharacters);
  const begin = lines.length > maxLines || shown.length < text.trimEnd().length ? 'It begins so' : 'It says';
  return `\`${name}\` has ${size}. I can show a file, but not reason about it. ${begin}:\n\n\`\`\`\n${shown.replaceAll('```', "'''")}\n\`\`\``;
}

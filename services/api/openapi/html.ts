/** A page without scripts: what it shows is written into it. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
  code, pre { font: 0.875rem/1.45 ui-monospace, monospace }
  pre { overflow-x: auto; padding: 0.75rem; border: 1px solid #8884; border-radius: 6px }
  details { margin: 0.5rem 0; border: 1px solid #8884; border-radius: 6px; padding: 0.5rem 0.75rem }
  summary { cursor: pointer }
  .method { display: inline-block; min-width: 4.5rem; font-weight: 700; text-transform: uppercase }
  .open { opacity: 0.7 }
</style>
${body}
</html>
`;
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Text in which \`names\` between backticks become code. */
export function prose(text: string): string {
  return escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

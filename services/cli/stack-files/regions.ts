import { OperatorError } from '#shared/ground/errors.ts';

// Some files hold, besides what people write, regions that follow from mcp/servers.json. Each region has a name and
// stands between two comments.

/** The comment that begins a region; another one ends it. */
function begin(name: string): string {
  return `# >>> ${name}: from mcp/servers.json, by "dragoman servers sync"`;
}

function end(name: string): string {
  return `# <<< ${name}`;
}

/**
 * The text with new contents in its regions; the comments keep their indentation. Throws OperatorError for a region
 * that the text does not have.
 */
export function fillRegions(file: string, text: string, regions: Record<string, string>): string {
  let filled = text;
  for (const [name, content] of Object.entries(regions)) {
    const from = filled.indexOf(begin(name));
    const to = filled.indexOf(end(name), from);
    if (from < 0 || to < 0) {
      const lines = `the lines "${begin(name)}" and "${end(name)}"`;
      throw new OperatorError('no-region', `${file} lacks ${lines}; take them from the file that comes with Dragoman.`);
    }
    const bodyAt = filled.indexOf('\n', from) + 1;
    const tailAt = filled.lastIndexOf('\n', to) + 1;
    filled = filled.slice(0, bodyAt) + content + filled.slice(tailAt);
  }
  return filled;
}

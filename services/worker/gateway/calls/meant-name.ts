/** Marks of chat formats that servers leave in names, with all that follows: `current_time<|channel|>commentary`. */
const tokens = /\s*(?:<[|｜]|\[ARGS\]|\[CALL_ID\])[^]*$/;
/** What models put behind a name: the number of the call (Kimi), brackets. */
const endings = /(?::\d+|\(\s*\)|[\s"'`*:,;]+)$/;
const beginnings = /^[\s"'`*]+/;

/**
 * The offered tool that a model means by a name: this name, or one that it has decorated in a way that leaves no doubt,
 * as in `functions.read_file`, `default_api:read_file`, `Read_File`, `read_file<|channel|>commentary`. Undefined when
 * none is meant, or two may be. A name that is only similar means nothing.
 */
export function meantName(offered: readonly string[], written: string): string | undefined {
  if (offered.includes(written)) return written;
  const bare = bareName(written);
  if (bare === '') return undefined;
  const names = [bare, ...withoutNamespaces(bare)];
  for (const name of names) if (offered.includes(name)) return name;
  for (const name of names) {
    const alike = offered.filter((each) => folded(each) === folded(name));
    if (alike.length > 0) return alike.length === 1 ? alike[0] : undefined;
  }
  return undefined;
}

function bareName(written: string): string {
  let name = written.replace(/^\s*(?:<[|｜][^|｜]*[|｜]>\s*)+/, '').replace(tokens, '');
  for (let before = ''; before !== name;) {
    before = name;
    name = name.replace(beginnings, '').replace(endings, '');
  }
  return name.replace(/^(?:to|recipient)=/, '');
}

/** The name without one, two … namespaces in front: `a.b::c` gives `b::c` and `c`. */
function withoutNamespaces(name: string): string[] {
  const parts = [...name.matchAll(/\.|::?|\/|->|(?<=^mcp__[\w-]+)__|(?<=^mcp)__/g)];
  return parts.map((part) => name.slice(part.index + part[0].length)).filter((rest) => rest !== '');
}

/** Upper case, `-`, `_` and `camelCase` make no difference. */
function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '');
}

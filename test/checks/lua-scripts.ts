import { globSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, type Identifier, type Node } from 'luaparse';
import { readScript } from '#shared/redis/script.ts';

/** Of what Redis gives to a script, the names that our scripts use. */
const given = new Set('redis cjson KEYS ARGV ipairs pairs tonumber tostring string math'.split(' '));

/** What is wrong with the Lua scripts below `root`, by file; see `complaintsOf`. */
export function checkScripts(root: string): string[] {
  const files = scriptFiles(root);
  if (files.length === 0) return ['there is no script to check'];
  return files.flatMap((file) => complaintsOf(path.join(root, file)).map((complaint) => `${file}: ${complaint}`));
}

/** The Lua scripts below `root`, relative to it. */
export function scriptFiles(root: string): string[] {
  return globSync('{shared,services}/**/*.lua', { cwd: root }).filter((file) => !isFragment(file));
}

/** A fragment holds functions for several scripts; it is checked within each script that uses it. */
function isFragment(file: string): boolean {
  return path.dirname(file) === path.join('shared', 'redis', 'lua');
}

/**
 * Says what is wrong with a script: it does not parse, uses a name that nobody has given it, takes an argument that its
 * header does not name, or names a key or an argument that it does not use.
 */
export function complaintsOf(file: string): string[] {
  try {
    const { keys, args, lua } = readScript(pathToFileURL(file));
    const seen = readNames(lua);
    // Each key is named once in the prelude, so a used key comes at least twice.
    const unused = keys.filter((key) => (seen.locals.get(key) ?? 0) < 2);
    return [
      ...[...seen.globals].filter((name) => !given.has(name)).map((name) => `nobody gives it "${name}"`),
      ...[...seen.args].filter((name) => !args.includes(name)).map((name) => `its header names no argument "${name}"`),
      ...args.filter((name) => !seen.args.has(name)).map((name) => `it does not use its argument "${name}"`),
      ...unused.map((name) => `it does not use its key "${name}"`),
    ];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

interface Names {
  globals: Set<string>;
  /** How often each local name occurs in the text. */
  locals: Map<string, number>;
  /** Names after `args.`. */
  args: Set<string>;
}

function readNames(lua: string): Names {
  const identifiers: (Identifier & { isLocal?: boolean })[] = [];
  /** Names of members and fields are no variables. */
  const fields = new Set<Node>();
  const args = new Set<string>();
  parse(lua, {
    luaVersion: '5.1',
    scope: true,
    onCreateNode(node) {
      if (node.type === 'Identifier') identifiers.push(node);
      if (node.type === 'TableKeyString') fields.add(node.key);
      if (node.type !== 'MemberExpression') return;
      fields.add(node.identifier);
      if (node.base.type === 'Identifier' && node.base.name === 'args') args.add(node.identifier.name);
    },
  });
  const names: Names = { globals: new Set(), locals: new Map(), args };
  for (const node of identifiers.filter((each) => !fields.has(each))) {
    if (node.isLocal) names.locals.set(node.name, (names.locals.get(node.name) ?? 0) + 1);
    else names.globals.add(node.name);
  }
  return names;
}

import { parseHTML } from 'linkedom';
import { defaultTreeAdapter, parse, serialize, type DefaultTreeAdapterTypes, type TreeAdapter } from 'parse5';

/** What this tool uses of a DOM, of which there are no types here. */
export interface DomNode {
  nodeName: string;
  nodeType: number;
  parentNode: DomElement | null;
  nextSibling: DomNode | null;
  previousSibling: DomNode | null;
  firstChild: DomNode | null;
  childNodes: ArrayLike<DomNode>;
  textContent: string | null;
  remove(): void;
}

export interface DomElement extends DomNode {
  tagName: string;
  className: string;
  innerHTML: string;
  parentElement: DomElement | null;
  previousElementSibling: DomElement | null;
  children: ArrayLike<DomElement>;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  hasAttribute(name: string): boolean;
  appendChild(node: DomNode): DomNode;
  insertBefore(node: DomNode, before: DomNode | null): DomNode;
  replaceWith(...nodes: (DomNode | string)[]): void;
  closest(selector: string): DomElement | null;
  querySelector(selector: string): DomElement | null;
  querySelectorAll(selector: string): Iterable<DomElement>;
}

export interface DomDocument extends DomElement {
  body: DomElement;
  documentElement: DomElement;
  createElement(name: string): DomElement;
  createTextNode(text: string): DomNode;
  createDocumentFragment(): DomElement;
  cloneNode(deep: boolean): DomDocument;
}

/**
 * Parses a page as browsers do (HTML Standard, 13.2): omitted tags, text after the end, tables with anything in them.
 * The DOM that Readability and Turndown work on has a parser that knows none of this, so it is given the page with
 * everything written out.
 */
export function parsePage(html: string): DomDocument {
  return (parseHTML(writtenOut(html)) as unknown as { document: DomDocument }).document;
}

function writtenOut(html: string): string {
  const options = { treeAdapter: shallowAdapter(), scriptingEnabled: false };
  return serialize(parse(html, options), options);
}

type Tree = DefaultTreeAdapterTypes.DefaultTreeAdapterMap;
type Parent = Tree['parentNode'];

/**
 * Browsers nest no deeper either (Blink has 512): what lies deeper stands beside its ancestor. Whatever walks the tree
 * by recursion would otherwise end at a page of nothing but opened elements.
 */
const MAX_DEPTH = 400;

function shallowAdapter(): TreeAdapter<Tree> {
  const depths = new WeakMap<object, number>();
  const place = (parent: Parent): Parent => {
    let at = parent;
    while ((depths.get(at) ?? 0) >= MAX_DEPTH && 'parentNode' in at && at.parentNode) at = at.parentNode;
    return at;
  };
  const placed = (parent: Parent, node: object): Parent => {
    const there = place(parent);
    depths.set(node, (depths.get(there) ?? 0) + 1);
    return there;
  };
  return {
    ...defaultTreeAdapter,
    appendChild: (parent, node) => defaultTreeAdapter.appendChild(placed(parent, node), node),
    insertBefore(parent, node, before) {
      const there = placed(parent, node);
      if (before.parentNode === there) defaultTreeAdapter.insertBefore(there, node, before);
      else defaultTreeAdapter.appendChild(there, node);
    },
    insertText: (parent, text) => defaultTreeAdapter.insertText(place(parent), text),
  };
}

/** XML's shorter forms in HTML's: `<script/>` ends there, and CDATA is text. */
export function xhtmlAsHtml(text: string): string {
  return text
    .replace(/^[^<]*<\?xml[^>]*\?>/, '')
    .replace(/<(\/?)(?:x?html|h):(?=[a-z])/gi, '<$1')
    .replace(/<!\[CDATA\[([^]*?)\]\]>/g, (_, data: string) => data.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))
    .replace(/<([a-z][\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*?)\/>/gi, (tag, name: string, rest: string) =>
      VOID.has(name.toLowerCase()) ? tag : `<${name}${rest}></${name}>`,
    );
}

const VOID = new Set('area base br col embed frame hr img input keygen link meta param source track wbr'.split(' '));

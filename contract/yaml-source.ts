// Reads YAML and remembers where everything stood, so that a fault found later can be shown at its line.
import {
  CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from 'yaml';
import type { FaultPath } from './fault';

/** Line and column, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A fault of the text itself, before any schema. */
export interface YamlFault extends Place {
  readonly message: string;
  readonly remedy: string;
}

/** A file, parsed. `value` is undefined when the text is too broken to look into. */
export interface YamlSource {
  readonly value: unknown;
  readonly faults: readonly YamlFault[];
  /** Where a path stands; for one that does not exist, the nearest part that does. */
  locate(path: FaultPath, atKey?: boolean): Place;
}

/** How often an anchor may be repeated, counted through nested repetitions: beyond it the file is a bomb. */
const MAX_ALIASES = 100;

/** How deep brackets, or dashes on one line, may nest: the parser recurses, and far deeper it would end the process. */
const MAX_NESTING = 100;

const HAS_TAG = { message: 'has a tag', remedy: 'Remove the `!…`: tags are not used here.' };

const REMEDIES: Readonly<Record<string, { message: string; remedy: string }>> = {
  DUPLICATE_KEY: { message: 'the same key stands here twice', remedy: 'Keep one of the two.' },
  TAB_AS_INDENT: { message: 'is indented with a tab', remedy: 'Indent with spaces.' },
  MULTIPLE_DOCS: { message: 'a second document begins here', remedy: 'Keep one document: remove the `---`.' },
  NON_STRING_KEY: { message: 'a key is not a text', remedy: 'Write a plain name, or put it in quotes.' },
  TAG_RESOLVE_FAILED: HAS_TAG,
};

/** Parses YAML 1.2. Never throws. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parse(text, lines);
  if (!document) return broken('the file is nested too deeply', 'Write it flatter.');
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faults = [...document.errors, ...document.warnings].map((error) => ({
    ...place(error.pos[0]),
    ...describe(error),
  }));
  faults.push(...explicitTags(document).map((offset) => ({ ...place(offset), ...HAS_TAG })));
  faults.push(...prototypeKeys(document).map((offset) => ({ ...place(offset), ...PROTOTYPE_KEY })));
  const readable = document.errors.every((error) => error.code === 'DUPLICATE_KEY');
  const plain = readable ? toPlain(document) : { value: undefined };
  if ('fault' in plain) faults.push({ line: 1, column: 1, ...plain.fault });
  return {
    value: 'value' in plain ? plain.value : undefined,
    faults,
    locate: (path, atKey = false) => place(offsetOf(document, path, atKey)),
  };
}

function broken(message: string, remedy: string): YamlSource {
  const start = { line: 1, column: 1 };
  return { value: undefined, faults: [{ ...start, message, remedy }], locate: () => start };
}

/** Whether brackets or the indicators of one line nest beyond {@link MAX_NESTING}. */
function isTooDeep(text: string): boolean {
  let brackets = 0;
  let onLine = 0;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === 'flow-seq-start' || type === 'flow-map-start') brackets++;
    else if (type === 'flow-seq-end' || type === 'flow-map-end') brackets--;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') onLine++;
    else if (type === 'newline') onLine = 0;
    if (brackets > MAX_NESTING || onLine > MAX_NESTING) return true;
  }
  return false;
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  if (isTooDeep(text)) return undefined;
  try {
    const document = parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      stringKeys: true,
      version: '1.2',
      schema: 'core',
      merge: false,
    });
    keepDigits(document);
    return document;
  } catch {
    return undefined;
  }
}

/** Digits that a number would lose, as in `0042` or a 19-digit id, stay text: ids are not numbers. */
function keepDigits(document: Document.Parsed): void {
  visit(document, {
    Scalar: (_, node) => {
      const { source } = node;
      if (typeof node.value === 'number' && source && /^\d+$/.test(source) && String(node.value) !== source)
        node.value = source;
    },
  });
}

/** Tags of YAML itself, such as `!!binary`, which would make values that are no text, number, list or map. */
function explicitTags(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Value: (_, node) => {
      if (node.tag !== undefined) offsets.push(node.range?.[0] ?? 0);
    },
  });
  return offsets;
}

const PROTOTYPE_KEY = { message: 'is not a key that may be used', remedy: 'Choose another name.' };

function prototypeKeys(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === '__proto__') offsets.push(key.range?.[0] ?? 0);
    },
  });
  return offsets;
}

function toPlain(
  document: Document.Parsed,
): { value: unknown } | { fault: { message: string; remedy: string } } {
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    const dangling = error instanceof Error && error.message.startsWith('Unresolved alias');
    return {
      fault: dangling
        ? {
            message: 'an alias (`*name`) has no anchor before it',
            remedy: 'Put `&name` before it, or write the value out.',
          }
        : {
            message: `aliases repeat more than ${MAX_ALIASES} parts`,
            remedy: 'Write the values out instead of repeating anchors.',
          },
    };
  }
}

function describe(error: YAMLError): { message: string; remedy: string } {
  return (
    REMEDIES[error.code] ?? {
      message: `is not YAML: ${error.message.split('\n')[0] ?? ''}`,
      remedy: 'Check indentation, quotes and brackets on this line and the one before.',
    }
  );
}

function offsetOf(document: Document.Parsed, path: FaultPath, atKey: boolean): number {
  let node: Node | null | undefined = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    const found = step(resolve(document, node), part);
    if (!found) return offset;
    const last = index === path.length - 1;
    offset =
      (last && atKey ? found.keyAt : undefined) ??
      (last ? startOf(found.node) : undefined) ??
      found.keyAt ??
      startOf(found.node) ??
      offset;
    node = found.node;
  }
  return offset;
}

function step(
  node: Node | null | undefined,
  part: string | number,
): { keyAt?: number | undefined; node: Node | null | undefined } | undefined {
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part] as Node | undefined;
    return item && { node: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part)) as
    Pair<Node, Node | null> | undefined;
  return pair && { keyAt: startOf(pair.key), node: pair.value };
}

function resolve(document: Document.Parsed, node: Node | null | undefined): Node | null | undefined {
  return isAlias(node) ? node.resolve(document) : node;
}

/** A value that is not written out has no place of its own. */
function startOf(node: Node | null | undefined): number | undefined {
  if (!node?.range) return undefined;
  const [start, end] = node.range;
  return isScalar(node) && start === end ? undefined : start;
}

/** The outline of a preview: a symbol per object, with its fields below it to a limited depth. */
import type { DocumentSymbol } from 'vscode-languageserver';
import type { RenderedObject, Rendering } from '../../core/objects/rendering.js';
import { scalarValue, type YamlNode } from '../../core/yaml/nodes.js';
import type { PrintedLine } from '../../core/yaml/print.js';
import { hookPhasesOf } from '../preview/hookLenses.js';

/** How deep fields are shown below an object, and how many symbols in all: an outline is for finding, not for reading. */
const limits = { depth: 8, symbols: 20_000 };

/** Numbers of the language server protocol. */
const symbolKinds = { class: 5, array: 18, object: 19, key: 20 } as const;

interface OpenSymbol {
  readonly symbol: DocumentSymbol;
  readonly depth: number;
  /** The way to what it shows. */
  readonly id: string;
}

/** Symbols for all objects of a rendering. `lengthOf` answers how long a line of the shown text is. */
export function listObjectSymbols(rendering: Rendering, lengthOf: (line: number) => number): DocumentSymbol[] {
  let left = limits.symbols;
  return rendering.objects.map((object) => {
    const symbol = makeObjectSymbol(object, lengthOf);
    left -= 1;
    if (left > 0) left -= addFields(object, symbol, lengthOf, left);
    return symbol;
  });
}

function makeObjectSymbol(object: RenderedObject, lengthOf: (line: number) => number): DocumentSymbol {
  const first = object.firstLine;
  const last = first + Math.max(0, object.printed.lines.length - 1);
  const nameLine = object.printed.lines.findIndex((line) => line.path.length === 2 && line.path[0] === 'metadata' && line.path[1] === 'name');
  const at = nameLine < 0 ? first : first + nameLine;
  const namespace = object.id.namespace === '' ? '' : ` · ${object.id.namespace}`;
  const hook = hookPhasesOf(object);
  return {
    name: object.id.name === '' ? object.id.kind || '(no name)' : object.id.name,
    detail: `${object.id.kind}${namespace}${hook === undefined ? '' : ` · ${hook} hook`}`,
    kind: symbolKinds.class,
    range: { start: { line: first, character: 0 }, end: { line: last, character: lengthOf(last) } },
    selectionRange: { start: { line: at, character: 0 }, end: { line: at, character: lengthOf(at) } },
    children: [],
  };
}

/** Adds the object's fields below `parent`; answers how many. */
function addFields(object: RenderedObject, parent: DocumentSymbol, lengthOf: (line: number) => number, left: number): number {
  const open: OpenSymbol[] = [{ symbol: parent, depth: 0, id: '' }];
  let added = 0;
  object.printed.lines.forEach((line, index) => {
    const at = object.firstLine + index;
    for (const depth of newDepths(line.path, open)) {
      while (open.length > 1 && (open.at(-1)?.depth ?? 0) >= depth) open.pop();
      if (added >= left || depth > limits.depth) break;
      const symbol = makeFieldSymbol(line, depth, at, lengthOf);
      (open.at(-1)?.symbol.children ?? []).push(symbol);
      open.push({ symbol, depth, id: idOf(line.path, depth) });
      added++;
    }
    for (const { symbol } of open.slice(1)) symbol.range = { start: symbol.range.start, end: { line: at, character: lengthOf(at) } };
  });
  return added;
}

/** The depths at which a line begins something: a list's item begins on the line of its first field (`- name: x`). */
function newDepths(path: PrintedLine['path'], open: readonly OpenSymbol[]): readonly number[] {
  const depths: number[] = [];
  for (let depth = 1; depth <= path.length; depth++) {
    const known = open.some((candidate) => candidate.depth === depth && candidate.id === idOf(path, depth));
    if (!known || depths.length > 0) depths.push(depth);
  }
  return depths;
}

function idOf(path: PrintedLine['path'], depth: number): string {
  return path.slice(0, depth).join('\0');
}

function makeFieldSymbol(line: PrintedLine, depth: number, at: number, lengthOf: (line: number) => number): DocumentSymbol {
  const step = line.path[depth - 1];
  const range = { start: { line: at, character: 0 }, end: { line: at, character: lengthOf(at) } };
  const value = depth === line.path.length ? line.value : undefined;
  const name = typeof step === 'number' ? (nameOfItem(line, depth) ?? `[${step}]`) : String(step);
  return { name: name === '' ? '""' : name, kind: kindOfField(value), range, selectionRange: range, children: [] };
}

/** A list's item is best known by its scalar, or by its `name` where that stands first. */
function nameOfItem(line: PrintedLine, depth: number): string | undefined {
  if (depth === line.path.length) return scalarValue(line.value);
  return depth === line.path.length - 1 && line.path.at(-1) === 'name' ? scalarValue(line.value) : undefined;
}

function kindOfField(value: YamlNode | undefined): DocumentSymbol['kind'] {
  if (value?.kind === 'scalar') return symbolKinds.key;
  return value?.kind === 'sequence' ? symbolKinds.array : symbolKinds.object;
}

/**
 * Prints a rendered object as kustomize does (api/resource AsYAML v0.21.2): through JSON, which sorts keys and writes
 * values by value, into go-yaml v2's block style (go.yaml.in/yaml/v2 v2.4.4). Beside the text it tells for each line
 * which node is on it.
 */
import { emitString } from './emitString.js';
import { compareKeys } from './keyOrder.js';
import type { MapNode, Pair, ScalarNode, SequenceNode, YamlNode } from './nodes.js';
import { refoldedValue } from './refold.js';
import { jsonScalarOf } from './scalars.js';

export interface PrintedDocument {
  /** With a final newline, without a `---` separator. */
  readonly text: string;
  /** For each line of `text` (0-based), what the line shows; the lines of one long scalar share one entry. */
  readonly lines: readonly PrintedLine[];
}

export interface PrintedLine {
  /** The key on this line, where the line has one. */
  readonly key: ScalarNode | undefined;
  /** A scalar, or the map or list that begins below or beside the key. */
  readonly value: YamlNode;
  /** The way from the document's root: keys and 0-based list indexes. */
  readonly path: readonly (string | number)[];
}

/** Why a tree has no JSON form: what kustomize refuses when it prints. */
export interface PrintFailure {
  readonly message: string;
  readonly node: YamlNode;
}

/** The printed form of an object, or why there is none. The same MapNode always gives an equal result. */
export function printDocument(root: MapNode): PrintedDocument | PrintFailure {
  const printer = new Printer();
  printer.writeRoot(root);
  return printer.failure ?? { text: printer.text, lines: printer.lines };
}

/** Longer keys, and keys of several lines, get a line of their own after `? `. */
const longestSimpleKey = 128;

function isSimpleKey(key: string): boolean {
  if (key.length <= longestSimpleKey / 3 && !key.includes('\n')) return !/[\r\u0085\u2028\u2029]/.test(key);
  return !/[\n\r\u0085\u2028\u2029]/.test(key) && new TextEncoder().encode(key).length <= longestSimpleKey;
}

class Printer {
  text = '';
  readonly lines: PrintedLine[] = [];
  failure: PrintFailure | undefined;
  /** What is written of the present line. */
  #line = '';

  writeRoot(root: MapNode): void {
    if (root.pairs.length === 0) this.#endLine('{}', undefined, root, []);
    else this.#writeMap(root, 0, []);
  }

  /** Writes the fields of a map; the first goes on in the present line where that was begun (after `- `). */
  #writeMap(map: MapNode, indent: number, path: readonly (string | number)[]): void {
    for (const pair of this.#sortedPairs(map, path)) {
      if (this.#line === '') this.#line = ' '.repeat(indent);
      this.#writePair(pair, indent, [...path, pair.key.value]);
    }
  }

  #writePair({ key, value }: Pair, indent: number, path: readonly (string | number)[]): void {
    const isSimple = isSimpleKey(key.value);
    if (isSimple) {
      this.#line += `${emitString(key.value, { column: indent, indent: indent + 2, simpleKey: true })}:`;
      this.#writeValue(value, indent, path, key, true);
      return;
    }
    const text = emitString(key.value, { column: indent + 2, indent: indent + 2, simpleKey: false });
    this.#endLine(`${this.#line}? ${text}`, key, value, path);
    this.#line = `${' '.repeat(indent)}:`;
    this.#writeValue(value, indent, path, key, false);
  }

  /**
   * Writes what stands after a key or a dash.
   * @param indentless lists stand at the indentation of their key; not after `- ` or `: `, where all goes on in the line
   */
  #writeValue(value: YamlNode, indent: number, path: readonly (string | number)[], key: ScalarNode | undefined, indentless: boolean): void {
    if (value.kind === 'scalar') {
      this.#writeScalar(value, indent, path, key);
      return;
    }
    const isEmpty = value.kind === 'map' ? value.pairs.length === 0 : value.items.length === 0;
    if (isEmpty) {
      this.#endLine(`${this.#line} ${value.kind === 'map' ? '{}' : '[]'}`, key, value, path);
      return;
    }
    if (indentless) this.#endLine(this.#line, key, value, path);
    else this.#line += ' ';
    if (value.kind === 'map') this.#writeMap(value, indent + 2, path);
    else this.#writeSequence(value, indentless ? indent : indent + 2, path);
  }

  #writeSequence(sequence: SequenceNode, indent: number, path: readonly (string | number)[]): void {
    sequence.items.forEach((item, index) => {
      this.#line = this.#line === '' ? `${' '.repeat(indent)}-` : `${this.#line}-`;
      this.#writeValue(item, indent, [...path, index], undefined, false);
    });
  }

  #writeScalar(node: ScalarNode, indent: number, path: readonly (string | number)[], key: ScalarNode | undefined): void {
    const value = jsonScalarOf(node);
    if (value.kind === 'none') {
      this.failure ??= { message: value.reason, node };
      return;
    }
    const text = value.kind === 'literal' ? value.text : emitString(node.style === 'folded' ? refoldedValue(value.value) : value.value, { column: this.#line.length + 1, indent: indent + 2, simpleKey: false });
    this.#endLine(`${this.#line} ${text}`, key, node, path);
  }

  /** Ends the present line (of several lines where `text` has breaks) and notes what is on it. */
  #endLine(text: string, key: ScalarNode | undefined, value: YamlNode, path: readonly (string | number)[]): void {
    this.text += `${text}\n`;
    const line: PrintedLine = { key, value, path };
    this.lines.push(line);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.lines.push(line);
    this.#line = '';
  }

  /** The fields in go-yaml's order; what can't be a JSON object's key is a failure. */
  #sortedPairs(map: MapNode, path: readonly (string | number)[]): readonly Pair[] {
    const pairs = map.pairs.slice();
    for (const { key } of pairs) {
      if (key.tag !== '!!str' && path.length > 0) this.failure ??= { message: `the key ${key.value} is not a string; quote it`, node: key };
    }
    pairs.sort((a, b) => compareKeys(a.key.value, b.key.value));
    pairs.forEach((pair, index) => {
      if (index > 0 && pairs[index - 1]?.key.value === pair.key.value) this.failure ??= { message: `the key ${pair.key.value} stands twice in the same map`, node: pair.key };
    });
    return pairs;
  }
}

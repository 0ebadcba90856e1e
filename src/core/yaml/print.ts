/**
 * Prints a rendered object as kustomize does (api/resource AsYAML v0.21.2): through JSON, which sorts keys and writes
 * values by value, into go-yaml v2's block style (go.yaml.in/yaml/v2 v2.4.4). Beside the text it tells for each line
 * which node is on it.
 */
import { emitString } from './emitString.js';
import { isKeyReadable, throughJson } from './jsonText.js';
import { compareKeys } from './keyOrder.js';
import type { MapNode, Pair, ScalarNode, SequenceNode, YamlNode } from './nodes.js';
import { findGrowing, rewrittenScalar } from './rewrite.js';
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

/** A field as it was printed, and where. */
interface PrintedField {
  readonly key: ScalarNode;
  /** The field of the root that it stands in; undefined for a field of the root itself. */
  readonly parent: string | number | undefined;
  readonly text: string;
  readonly lines: readonly PrintedLine[];
}

/**
 * The upper two levels of fields by their values: most steps change a few fields of an object and leave the rest, such as
 * the thousands of lines of a CustomResourceDefinition's versions, as it is. Whoever prints again and again keeps one.
 */
export type PrintMemo = WeakMap<YamlNode, PrintedField>;

/** The printed form of an object, or why there is none. The same MapNode always gives an equal result. */
export function printDocument(root: MapNode, memo: PrintMemo = new WeakMap()): PrintedDocument | PrintFailure {
  const printer = new Printer(memo);
  printer.writeRoot(root);
  return printer.failure ?? { text: printer.text, lines: printer.lines };
}

/** A field or list item on the way to a node. */
class PathStep {
  constructor(
    readonly parent: PathStep | undefined,
    readonly name: string | number,
  ) {}
}

/** A line whose path is told when it is asked for: most never are. */
class ShownLine implements PrintedLine {
  readonly #step: PathStep | undefined;

  constructor(
    readonly key: ScalarNode | undefined,
    readonly value: YamlNode,
    step: PathStep | undefined,
  ) {
    this.#step = step;
  }

  get path(): readonly (string | number)[] {
    const path: (string | number)[] = [];
    for (let step = this.#step; step; step = step.parent) path.push(step.name);
    return path.reverse();
  }
}

/** Longer keys, and keys of several lines, get a line of their own after `? `. */
const longestSimpleKey = 128;

function isSimpleKey(key: string): boolean {
  if (key.length <= longestSimpleKey / 3 && !key.includes('\n')) return !/[\r\u0085\u2028\u2029]/.test(key);
  return !/[\n\r\u0085\u2028\u2029]/.test(key) && new TextEncoder().encode(key).length <= longestSimpleKey;
}

class Printer {
  readonly #memo: PrintMemo;
  text = '';
  readonly lines: PrintedLine[] = [];
  failure: PrintFailure | undefined;
  readonly #keys = new Map<string, string>();
  #growing: ScalarNode | undefined;
  #isMemoing = false;
  /** How many flow collections are around the present place. */
  #flow = 0;
  /** What is written of the present line. */
  #line = '';

  constructor(memo: PrintMemo) {
    this.#memo = memo;
  }

  writeRoot(root: MapNode): void {
    if (root.pairs.length === 0) {
      this.#endLine('{}', undefined, root, undefined);
      return;
    }
    this.#growing = findGrowing(root);
    if (root.flow) this.#flow++;
    this.#isMemoing = !root.flow && this.#growing === undefined;
    this.#writeMap(root, 0, undefined);
  }

  /** Writes a field on a line of its own, or takes over what was written of the same field at the same place before. */
  #writeMemoed(pair: Pair, indent: number, parent: PathStep | undefined): void {
    const known = this.#memo.get(pair.value);
    if (known?.key === pair.key && known.parent === parent?.name) {
      this.text += known.text;
      for (const line of known.lines) this.lines.push(line);
      return;
    }
    const [before, start] = [this.text, this.lines.length];
    this.text = '';
    this.#line = ' '.repeat(indent);
    this.#writePair(pair, indent, new PathStep(parent, pair.key.value));
    const field: PrintedField = { key: pair.key, parent: parent?.name, text: this.text, lines: this.lines.slice(start) };
    this.text = before + field.text;
    if (!this.failure) this.#memo.set(pair.value, field);
  }

  /** Writes the fields of a map; the first goes on in the present line where that was begun (after `- `). */
  #writeMap(map: MapNode, indent: number, step: PathStep | undefined): void {
    const isMemoed = this.#isMemoing && step?.parent === undefined && this.#flow === 0;
    for (const pair of this.#sortedPairs(map, step !== undefined)) {
      if (isMemoed && this.#line === '' && pair.value.kind !== 'scalar') this.#writeMemoed(pair, indent, step);
      else {
        if (this.#line === '') this.#line = ' '.repeat(indent);
        this.#writePair(pair, indent, new PathStep(step, pair.key.value));
      }
    }
  }

  #writePair({ key, value }: Pair, indent: number, step: PathStep | undefined): void {
    if (isSimpleKey(key.value)) {
      this.#line += this.#keyText(key);
      this.#writeValue(value, indent, step, key, true);
      return;
    }
    if (!isKeyReadable(key.value)) this.failure ??= { message: 'this key is too long: kustomize reads keys of up to 1024 characters', node: key };
    const text = emitString(this.#readBack(key.value, key), { column: indent + 2, indent: indent + 2, simpleKey: false });
    this.#endLine(`${this.#line}? ${text}`, key, value, step);
    this.#line = `${' '.repeat(indent)}:`;
    this.#writeValue(value, indent, step, key, false);
  }

  /** A key with its colon; it may not be broken, so it is the same wherever it stands. */
  #keyText(key: ScalarNode): string {
    let text = this.#keys.get(key.value);
    if (text === undefined) this.#keys.set(key.value, (text = `${emitString(this.#readBack(key.value, key), { column: 0, indent: 0, simpleKey: true })}:`));
    return text;
  }

  /** A text as it comes out of the JSON; what does not is a failure. */
  #readBack(text: string, node: ScalarNode): string {
    const value = throughJson(text);
    if (value === undefined) this.failure ??= { message: 'a control character that YAML does not allow stands in this text', node };
    return value ?? '';
  }

  /**
   * Writes what stands after a key or a dash.
   * @param indentless lists stand at the indentation of their key; not after `- ` or `: `, where all goes on in the line
   */
  #writeValue(value: YamlNode, indent: number, step: PathStep | undefined, key: ScalarNode | undefined, indentless: boolean): void {
    if (value.kind === 'scalar') {
      this.#writeScalar(value, indent, step, key);
      return;
    }
    const isEmpty = value.kind === 'map' ? value.pairs.length === 0 : value.items.length === 0;
    if (isEmpty) {
      this.#endLine(`${this.#line} ${value.kind === 'map' ? '{}' : '[]'}`, key, value, step);
      return;
    }
    if (indentless) this.#endLine(this.#line, key, value, step);
    else this.#line += ' ';
    if (value.flow) this.#flow++;
    if (value.kind === 'map') this.#writeMap(value, indent + 2, step);
    else this.#writeSequence(value, indentless ? indent : indent + 2, step);
    if (value.flow) this.#flow--;
  }

  #writeSequence(sequence: SequenceNode, indent: number, step: PathStep | undefined): void {
    sequence.items.forEach((item, index) => {
      this.#line = this.#line === '' ? `${' '.repeat(indent)}-` : `${this.#line}-`;
      this.#writeValue(item, indent, new PathStep(step, index), undefined, false);
    });
  }

  #writeScalar(node: ScalarNode, indent: number, step: PathStep | undefined, key: ScalarNode | undefined): void {
    const value = rewrittenScalar(node, this.#flow > 0);
    if (value.kind === 'none') {
      this.failure ??= { message: value.reason, node };
      return;
    }
    const text =
      value.kind === 'literal'
        ? value.text
        : emitString(this.#readBack(node === this.#growing ? `${value.value}\n` : value.value, node), { column: this.#line.length + 1, indent: indent + 2, simpleKey: false });
    this.#endLine(`${this.#line} ${text}`, key, node, step);
  }

  /** Ends the present line (of several lines where `text` has breaks) and notes what is on it. */
  #endLine(text: string, key: ScalarNode | undefined, value: YamlNode, step: PathStep | undefined): void {
    this.text += `${text}\n`;
    const line = new ShownLine(key, value, step);
    this.lines.push(line);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.lines.push(line);
    this.#line = '';
  }

  /** The fields in go-yaml's order; what can't be a JSON object's key is a failure. */
  #sortedPairs(map: MapNode, isNested: boolean): readonly Pair[] {
    const pairs = map.pairs.slice();
    for (const { key } of pairs) {
      const isString = key.tag === '!!str' || (key.tag === '!!null' ? key.value === '' : !isNested && (key.tag === '!!float' || jsonScalarOf(key).kind !== 'none'));
      if (!isString) this.failure ??= { message: `the key ${key.value} is not a string; quote it`, node: key };
    }
    if (pairs.length < 2) return pairs;
    pairs.sort((a, b) => compareKeys(a.key.value, b.key.value));
    pairs.forEach((pair, index) => {
      if (index > 0 && pairs[index - 1]?.key.value === pair.key.value) this.failure ??= { message: `the key ${pair.key.value} stands twice in the same map`, node: pair.key };
    });
    return pairs;
  }
}

/**
 * Values as go-yaml v3 writes them with lists indented (sigs.k8s.io/yaml v1.6.0 goyaml.v3, which helm's toYamlPretty calls):
 * straight from Go's values and not through JSON, without breaking long lines.
 */
import { compareKeys } from '../../yaml/keyOrder.js';
import { emitString } from '../../yaml/emitString.js';
import { formatFloat } from '../format.js';
import { toBytes } from '../goText.js';
import { TextBuilder } from '../spans.js';
import { formatTime } from '../time.js';
import { Failure, isGenerated, nodeOf, type Text, type MapValue, type Maybe, type Struct, type Value } from '../values.js';
import { encodeBase64 } from './encodings.js';

const deepest = 500;
const mostValues = 300_000;
const longest = 20_000_000;

/** The text with a final line break, or why there is none. */
export function printYamlPretty(value: Maybe): Text | Failure {
  const printer = new PrettyPrinter();
  const failure = printer.write(value, 0, '', 0);
  return failure ?? printer.out.toText();
}

/** go-yaml v3's order of keys: as v2 has it, but a letter behind a digit comes first. */
function compareLikeV3(a: string, b: string): number {
  const [first, second] = [[...a], [...b]];
  const at = first.findIndex((char, index) => char !== second[index]);
  const [x, y] = [first[at], second[at]];
  const isLetter = (char: string): boolean => /^\p{L}$/u.test(char);
  if (x === undefined || y === undefined || isLetter(x) === isLetter(y) || !/^\p{Nd}$/u.test(first[at - 1] ?? '')) return compareKeys(a, b);
  return isLetter(x) ? -1 : 1;
}

/** The fields of a map, or of a struct under the names that go-yaml gives them. */
function fieldsOf(value: MapValue | Struct): readonly (readonly [string, Value])[] {
  if (value.kind === 'struct') return [...value.fields].map(([name, field]) => [name.toLowerCase(), field]);
  return [...value.entries].sort(([a], [b]) => compareLikeV3(a, b));
}

/** A text as it stands behind `indent` blanks; tabs keep no text from being a literal block. */
function stringText(text: string, indent: number, simpleKey: boolean): string {
  if (/[\udc80-\udcff]/.test(text) && !/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return `!!binary ${encodeBase64(toBytes(text))}`;
  const context = { column: Number.NEGATIVE_INFINITY, indent, simpleKey };
  if (text.includes('\t') && text.includes('\n')) {
    const literal = emitString(text.replaceAll('\t', '\ue000'), context);
    if (literal.startsWith('|')) return literal.replaceAll('\ue000', '\t');
  }
  return emitString(text, context);
}

class PrettyPrinter {
  readonly out = new TextBuilder();
  #values = 0;

  /** @param lead what stands before a scalar or an empty collection: a blank behind a key or a dash */
  write(value: Maybe, indent: number, lead: '' | ' ', depth: number): Failure | undefined {
    if (depth > deepest || ++this.#values > mostValues || this.out.length > longest) return new Failure('budget: the value nests too deeply');
    const isMap = value?.kind === 'map' || (value?.kind === 'struct' && value.shown === undefined);
    if (isMap) {
      const fields = fieldsOf(value);
      return fields.length === 0 ? this.#put(`${lead}{}`, value) : this.#writeMap(fields, value, indent, depth);
    }
    if (value?.kind === 'list') return value.items.length === 0 ? this.#put(`${lead}[]`, value) : this.#writeList(value.items, indent, depth);
    return this.#writeScalar(value, indent, lead);
  }

  #put(text: string, value: Maybe): undefined {
    this.out.addOf(text, nodeOf(value), false, isGenerated(value));
    this.out.addPlain('\n');
    return undefined;
  }

  #writeScalar(value: Maybe, indent: number, lead: string): undefined {
    this.out.addPlain(lead);
    switch (value?.kind) {
      case 'string': {
        const text = stringText(value.text, Math.max(indent, 2), false);
        if (text === value.text) this.out.add(value);
        else this.out.addOf(text, nodeOf(value), false, isGenerated(value));
        this.out.addPlain('\n');
        return undefined;
      }
      case 'float':
        return this.#put(Number.isFinite(value.value) ? formatFloat(value.value, 'g', -1) : Number.isNaN(value.value) ? '.nan' : value.value > 0 ? '.inf' : '-.inf', value);
      case 'int':
        return this.#put(value.value.toString(), value);
      case 'bool':
        return this.#put(String(value.value), value);
      case 'time':
        return this.#put(formatTime(value, '2006-01-02T15:04:05.999999999Z07:00'), value);
      case 'struct':
        return this.#put(stringText(value.shown ?? '', indent, false), value);
      default:
        return this.#put('null', value);
    }
  }

  #writeMap(fields: readonly (readonly [string, Value])[], map: Value, indent: number, depth: number): Failure | undefined {
    for (const [index, [key, value]] of fields.entries()) {
      if (index > 0) this.out.addPlain(' '.repeat(indent));
      const isSimple = !/[\n\r\u0085\u2028\u2029]/.test(key) && toBytes(key).length <= 128;
      const keyNode = map.kind === 'map' ? map.keyNode(key) : undefined;
      if (!isSimple) {
        this.out.addPlain('? ');
        this.out.addOf(stringText(key, indent + 2, false), keyNode, false);
        this.out.addPlain(`\n${' '.repeat(indent)}`);
      } else this.out.addOf(stringText(key, 0, true), keyNode, false);
      this.out.addPlain(':');
      const failure = this.#writeBelow(value, indent, isSimple, depth);
      if (failure) return failure;
    }
    return undefined;
  }

  /** What stands behind a colon: a collection begins on the next line. */
  #writeBelow(value: Value, indent: number, isSimple: boolean, depth: number): Failure | undefined {
    const isFull = (value.kind === 'map' && value.entries.size > 0) || (value.kind === 'list' && value.items.length > 0) || (value.kind === 'struct' && value.shown === undefined);
    if (!isFull) return this.write(value, indent + 2, ' ', depth + 1);
    this.out.addPlain(isSimple ? `\n${' '.repeat(indent + 2)}` : ' ');
    return this.write(value, indent + 2, '', depth + 1);
  }

  #writeList(items: readonly Value[], indent: number, depth: number): Failure | undefined {
    for (const [index, item] of items.entries()) {
      if (index > 0) this.out.addPlain(' '.repeat(indent));
      this.out.addPlain('- ');
      const failure = this.write(item, indent + 2, '', depth + 1);
      if (failure) return failure;
    }
    return undefined;
  }
}

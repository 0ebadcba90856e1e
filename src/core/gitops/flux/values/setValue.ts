/**
 * Helm's language of `--set` over values that change in place (helm.sh/helm/v4 v4.2.2 pkg/strvals/parser.go): dots and
 * indexes lead to a value, commas divide, braces make lists, a backslash takes the next character as it is.
 */
import { ScalarNode, type ScalarTag } from '../../../yaml/nodes.js';
import { ValueList, ValueMap, type Value, type ValueOrigin } from './valueTree.js';

/** How the values behind `=` are read: numbers and truth values as such, or all as texts. */
export type SetAs = 'typed' | 'string';

/**
 * Sets what `text` (`a.b=1,c[0]={x,y}`) says, in `values` itself.
 * @returns why it can't be done, in helm's words
 */
export function setValue(values: ValueMap, text: string, as: SetAs, origin: ValueOrigin): string | undefined {
  return new SetParser(text, as, origin).parse(values);
}

const mostIndex = 65536;
const deepest = 30;

/** How reading a key or value went: done and there may be more, at the end, or failed. */
type Outcome = 'done' | 'end' | { readonly reason: string };

class SetParser {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(
    text: string,
    private readonly as: SetAs,
    private readonly origin: ValueOrigin,
  ) {
    this.#characters = [...text];
  }

  parse(values: ValueMap): string | undefined {
    for (;;) {
      const outcome = this.#key(values, 0);
      if (outcome === 'end') return undefined;
      if (outcome !== 'done') return outcome.reason;
    }
  }

  #key(map: ValueMap, level: number): Outcome {
    const { text, stop } = this.#until('=[,.');
    switch (stop) {
      case undefined:
        return text === '' ? 'end' : { reason: `key "${text}" has no value` };
      case '[':
        return this.#indexed(map, text, level);
      case '=':
        return this.#value((value) => {
          map.set(text, value, this.origin);
        });
      case ',':
        map.set(text, this.#leaf('', '!!str'), this.origin);
        return { reason: `key "${text}" has no value (cannot end with ,)` };
      default:
        return this.#nested(map, text, level + 1);
    }
  }

  #nested(map: ValueMap, name: string, level: number): Outcome {
    if (level > deepest) return { reason: `value name nested level is greater than maximum supported nested level of ${deepest}` };
    const known = map.get(name);
    if (known !== undefined && !(known instanceof ValueMap)) return { reason: `unable to parse key: ${name} is no map` };
    const inner = known ?? new ValueMap(this.origin);
    const outcome = this.#key(inner, level);
    if (outcome === 'done' && inner.entries.size === 0) return { reason: `key map "${name}" has no value` };
    if (inner.entries.size > 0) map.set(name, inner, this.origin);
    return outcome;
  }

  #indexed(map: ValueMap, name: string, level: number): Outcome {
    const index = this.#index();
    if (typeof index !== 'number') return index;
    const known = map.get(name);
    if (known !== undefined && !(known instanceof ValueList)) return { reason: `unable to parse key: ${name} is no list` };
    const holder = { list: known ?? new ValueList([], this.origin) };
    const outcome = this.#item(holder, index, level);
    map.set(name, holder.list, this.origin);
    return outcome;
  }

  #index(): number | { readonly reason: string } {
    const { text, stop } = this.#until(']');
    if (stop === undefined) return { reason: 'error parsing index: EOF' };
    return /^[-+]?\d+$/.test(text) ? Number(text) : { reason: `error parsing index: strconv.Atoi: parsing "${text}": invalid syntax` };
  }

  #item(holder: { list: ValueList }, index: number, level: number): Outcome {
    if (index < 0) return { reason: `negative ${index} index not allowed` };
    const { text, stop } = this.#until('[.=');
    if (text !== '') return { reason: `unexpected data at end of array index: "${text}"` };
    const put = (value: Value): Outcome => {
      if (index > mostIndex) return { reason: `index of ${index} is greater than maximum supported index of ${mostIndex}` };
      holder.list = this.#withItem(holder.list, index, value);
      return 'done';
    };
    if (stop === undefined) return 'end';
    if (stop === '=') {
      let failure: Outcome = 'done';
      const outcome = this.#value((value) => {
        failure = put(value);
      });
      return failure === 'done' ? (outcome === 'end' ? 'done' : outcome) : failure;
    }
    const known = holder.list.items[index];
    if (stop === '[') {
      const next = this.#index();
      if (typeof next !== 'number') return next;
      if (known !== undefined && !isNull(known) && !(known instanceof ValueList)) return { reason: 'unable to parse key: an item is no list' };
      const inner = { list: known instanceof ValueList ? known : new ValueList([], this.origin) };
      const outcome = this.#item(inner, next, level);
      return outcome === 'done' ? put(inner.list) : outcome;
    }
    const inner = known instanceof ValueMap ? known : new ValueMap(this.origin);
    const outcome = this.#key(inner, level);
    return outcome === 'done' ? put(inner) : outcome;
  }

  /** In place where the list is long enough, as a Go slice; else a longer copy. */
  #withItem(list: ValueList, index: number, value: Value): ValueList {
    if (index < list.items.length) {
      list.items[index] = value;
      return list;
    }
    const items = [...list.items];
    while (items.length < index) items.push(this.#leaf('null', '!!null'));
    return new ValueList([...items, value], this.origin);
  }

  /** What stands behind `=`. */
  #value(set: (value: Value) => void): Outcome {
    if (this.#at >= this.#characters.length) {
      set(this.#leaf('', '!!str'));
      return 'end';
    }
    if (this.#characters[this.#at] !== '{') {
      set(this.#read(this.#until(',').text));
      return 'done';
    }
    this.#at++;
    const items: Value[] = [];
    for (;;) {
      const { text, stop } = this.#until(',}');
      if (stop === undefined) return { reason: "list must terminate with '}'" };
      items.push(this.#read(text));
      if (stop === ',') continue;
      if (this.#characters[this.#at] === ',') this.#at++;
      set(new ValueList(items, this.origin));
      return 'done';
    }
  }

  /** The text up to one of the characters `stops`, which is taken too. */
  #until(stops: string): { readonly text: string; readonly stop: string | undefined } {
    let text = '';
    for (;;) {
      const character = this.#characters[this.#at++];
      if (character === undefined) return { text, stop: undefined };
      if (stops.includes(character)) return { text, stop: character };
      if (character !== '\\') text += character;
      else text += this.#characters[this.#at++] ?? '';
    }
  }

  #read(text: string): ScalarNode {
    if (this.as === 'string') return this.#leaf(text, '!!str');
    const lower = text.toLowerCase();
    if (lower === 'true' || lower === 'false') return this.#leaf(lower, '!!bool');
    if (lower === 'null') return this.#leaf('null', '!!null');
    if (text === '0') return this.#leaf('0', '!!int');
    return isInteger(text) ? this.#leaf(String(BigInt(text.replace(/^\+/, ''))), '!!int') : this.#leaf(text, '!!str');
  }

  #leaf(value: string, tag: ScalarTag): ScalarNode {
    const { node, step } = this.origin;
    return new ScalarNode(value, tag, 'plain', node.source, node.start, node.end, step, undefined);
  }
}

function isNull(value: Value): boolean {
  return value instanceof ScalarNode && value.tag === '!!null';
}

/** As Go's ParseInt for 64 bits, and no leading zero. */
function isInteger(text: string): boolean {
  if (!/^[-+]?\d+$/.test(text) || text.startsWith('0')) return false;
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}

/**
 * Go's fmt on template values: Sprint, Sprintln and Sprintf with their verbs and flags (Go 1.26 fmt/print.go, format.go),
 * and floats as strconv writes them. What is printed keeps the origins of its parts.
 */
import { compareText, escapeChar, fromBytes, isPrint, quoteText, sliceBytes, toBytes } from './goText.js';
import { TextBuilder } from './spans.js';
import { formatTime } from './time.js';
import { isGenerated, Text, textOfNode, type ListValue, type Maybe, type Value } from './values.js';

/** Go's name of a value's type: `map[string]interface {}`; `<nil>` for nil. */
export function typeName(value: Maybe): string {
  return value === undefined || value.kind === 'nil' ? '<nil>' : value.goType;
}

/** strconv.FormatFloat(value, format, precision, 64); precision -1 is the shortest that reads back. */
export function formatFloat(value: number, format: 'e' | 'f' | 'g', precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (format === 'e') return sign + exponential(precision < 0 ? magnitude.toExponential() : magnitude.toExponential(Math.min(precision, 100)));
  if (format === 'f') return sign + (precision < 0 ? positional(magnitude) : fixed(magnitude, precision));
  const digits = precision < 0 ? undefined : Math.max(precision, 1);
  const scientific = digits === undefined ? magnitude.toExponential() : magnitude.toExponential(Math.min(digits, 100) - 1);
  const [mantissa = '', exponentText = '0'] = scientific.split('e');
  const exponent = Number(exponentText);
  const length = mantissa.replace('.', '').replace(/0+$/, '').length;
  const threshold = digits === undefined ? 6 : digits > length && length >= exponent ? length : digits;
  if (exponent < -4 || exponent >= threshold) return sign + exponential(digits === undefined ? scientific : `${trimZeros(mantissa)}e${exponentText}`);
  return sign + (digits === undefined ? positional(magnitude) : trimZeros(fixed(magnitude, Math.max(0, digits - 1 - exponent))));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function exponential(text: string): string {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const number = Number(exponent);
  return `${mantissa}e${number < 0 ? '-' : '+'}${Math.abs(number).toString().padStart(2, '0')}`;
}

/** The shortest digits without an exponent. */
function positional(magnitude: number): string {
  const [mantissa = '', exponentText = '0'] = magnitude.toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const point = Number(exponentText) + 1;
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length ? digits + '0'.repeat(point - digits.length) : `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** With `precision` digits behind the point, exactly rounded. */
function fixed(magnitude: number, precision: number): string {
  if (magnitude < 1e21 && precision <= 100) return magnitude.toFixed(precision);
  const whole = BigInt(magnitude).toString();
  return precision > 0 ? `${whole}.${'0'.repeat(precision)}` : whole;
}

/** A value as fmt's `%v` writes it. */
export function formatValue(value: Maybe): string {
  return plainValue(value, 0);
}

/** The same with the origins of its parts. */
export function textOf(value: Maybe): Text {
  if (value?.kind === 'string') return value;
  const builder = new TextBuilder();
  addValue(builder, value);
  return builder.toText();
}

function addValue(builder: TextBuilder, value: Maybe, depth = 0, allowance: Allowance = { left: mostValues }): void {
  if (value?.kind === 'string') builder.add(value);
  else if (depth > deepest || --allowance.left < 0) builder.addPlain('...');
  else if (value?.kind === 'map' && value.node === undefined && value.entries.size > 0) {
    builder.addPlain('map[');
    sortedKeys(value.entries).forEach((key, index) => {
      builder.addPlain(`${index > 0 ? ' ' : ''}${key}:`);
      addValue(builder, value.entries.get(key), depth + 1, allowance);
    });
    builder.addPlain(']');
  } else if (value?.kind === 'list' && value.node === undefined) {
    builder.addPlain('[');
    value.items.forEach((item, index) => {
      if (index > 0) builder.addPlain(' ');
      addValue(builder, item, depth + 1, allowance);
    });
    builder.addPlain(']');
  } else builder.addOf(plainValue(value, 0), value?.node, value?.kind !== 'map' && value?.kind !== 'list', isGenerated(value));
}

/** The keys of a map in Go's order of printing and ranging. */
export function sortedKeys(entries: ReadonlyMap<string, unknown>): readonly string[] {
  return [...entries.keys()].sort(compareText);
}

const deepest = 200;
const mostValues = 1_000_000;

/** How many values may still be written: maps that hold one another would otherwise never end. */
interface Allowance {
  left: number;
}

function plainValue(value: Maybe, depth: number, allowance: Allowance = { left: mostValues }): string {
  if (depth > deepest || --allowance.left < 0) return '...';
  if (value === undefined) return '<nil>';
  switch (value.kind) {
    case 'nil':
      return '<nil>';
    case 'string':
      return value.text;
    case 'int':
      return value.value.toString();
    case 'float':
      return formatFloat(value.value, 'g', -1);
    case 'bool':
      return String(value.value);
    case 'complex': {
      const imaginary = formatFloat(value.imaginary, 'g', -1);
      return `(${formatFloat(value.real, 'g', -1)}${/^[-+]/.test(imaginary) ? '' : '+'}${imaginary}i)`;
    }
    case 'map':
      return `map[${sortedKeys(value.entries)
        .map((key) => `${key}:${plainValue(value.entries.get(key), depth + 1, allowance)}`)
        .join(' ')}]`;
    case 'list':
      return `[${value.items.map((item) => plainValue(item, depth + 1, allowance)).join(' ')}]`;
    case 'time':
      return formatTime(value, '2006-01-02 15:04:05.999999999 -0700 MST');
    case 'struct':
      return value.shown ?? `${value.goType.startsWith('*') ? '&' : ''}{${[...value.fields.values()].map((field) => plainValue(field, depth + 1, allowance)).join(' ')}}`;
  }
}

/** fmt.Sprint: a space between two arguments neither of which is a text. */
export function sprint(args: readonly Maybe[]): Text {
  const builder = new TextBuilder();
  args.forEach((arg, index) => {
    if (index > 0 && arg?.kind !== 'string' && args[index - 1]?.kind !== 'string') builder.addPlain(' ');
    addValue(builder, arg);
  });
  return builder.toText();
}

/** fmt.Sprintln: spaces between all arguments, and a line break. */
export function sprintln(args: readonly Maybe[]): Text {
  const builder = new TextBuilder();
  args.forEach((arg, index) => {
    if (index > 0) builder.addPlain(' ');
    addValue(builder, arg);
  });
  builder.addPlain('\n');
  return builder.toText();
}

interface Flags {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  width: number | undefined;
  precision: number | undefined;
}

const widest = 1_000_000;

/** fmt.Sprintf. */
export function sprintf(format: Text, args: readonly Maybe[]): Text {
  return new FormatReader(format.text, format, args).run();
}

class FormatReader {
  readonly #format: string;
  readonly #source: Text;
  readonly #args: readonly Maybe[];
  readonly #out = new TextBuilder();
  #at = 0;
  #argument = 0;
  #isReordered = false;
  #isGoodIndex = true;

  constructor(format: string, source: Text, args: readonly Maybe[]) {
    this.#format = format;
    this.#source = source;
    this.#args = args;
  }

  run(): Text {
    const { length } = this.#format;
    while (this.#at < length) {
      const next = this.#format.indexOf('%', this.#at);
      this.#addLiteral(this.#at, next < 0 ? length : next);
      if (next < 0) break;
      this.#at = next + 1;
      this.#directive();
    }
    if (!this.#isReordered && this.#argument < this.#args.length) this.#extra();
    return this.#out.toText();
  }

  #addLiteral(from: number, to: number): void {
    if (to <= from) return;
    const nodes = this.#source.spans;
    if (nodes.length === 0) this.#out.addPlain(this.#format.slice(from, to));
    else {
      const spans = nodes
        .filter((span) => span.start < to && span.end > from)
        .map((span) => ({ ...span, start: Math.max(span.start, from) - from, end: Math.min(span.end, to) - from, isExact: false }));
      this.#out.add(new Text(this.#format.slice(from, to), spans));
    }
  }

  #extra(): void {
    this.#out.addPlain('%!(EXTRA ');
    this.#args.slice(this.#argument).forEach((arg, index) => {
      if (index > 0) this.#out.addPlain(', ');
      if (arg === undefined || arg.kind === 'nil') this.#out.addPlain('<nil>');
      else {
        this.#out.addPlain(`${typeName(arg)}=`);
        addValue(this.#out, arg);
      }
    });
    this.#out.addPlain(')');
  }

  #directive(): void {
    const flags: Flags = { plus: false, minus: false, sharp: false, space: false, zero: false, width: undefined, precision: undefined };
    this.#isGoodIndex = true;
    for (; ; this.#at++) {
      const char = this.#format.charAt(this.#at);
      if (char === '#') flags.sharp = true;
      else if (char === '0') flags.zero = true;
      else if (char === '+') flags.plus = true;
      else if (char === '-') flags.minus = true;
      else if (char === ' ') flags.space = true;
      else break;
    }
    let afterIndex = this.#argumentNumber();
    if (this.#format.charAt(this.#at) === '*') {
      this.#at++;
      const width = this.#intArgument();
      if (width === undefined) this.#out.addPlain('%!(BADWIDTH)');
      else {
        flags.width = Math.abs(width);
        if (width < 0) {
          flags.minus = true;
          flags.zero = false;
        }
      }
      afterIndex = false;
    } else {
      flags.width = this.#number();
      if (afterIndex && flags.width !== undefined) this.#isGoodIndex = false;
    }
    if (this.#format.charAt(this.#at) === '.') {
      this.#at++;
      if (afterIndex) this.#isGoodIndex = false;
      afterIndex = this.#argumentNumber();
      if (this.#format.charAt(this.#at) === '*') {
        this.#at++;
        const precision = this.#intArgument();
        if (precision === undefined) this.#out.addPlain('%!(BADPREC)');
        else if (precision >= 0) flags.precision = precision;
        else this.#out.addPlain('%!(BADPREC)');
        afterIndex = false;
      } else flags.precision = this.#number() ?? 0;
    }
    if (!afterIndex) this.#argumentNumber();
    const verb = String.fromCodePoint(this.#format.codePointAt(this.#at) ?? 0);
    if (this.#at >= this.#format.length) {
      this.#out.addPlain('%!(NOVERB)');
      return;
    }
    this.#at += verb.length;
    if (verb === '%') this.#out.addPlain('%');
    else if (!this.#isGoodIndex) this.#out.addPlain(`%!${verb}(BADINDEX)`);
    else if (this.#argument >= this.#args.length) this.#out.addPlain(`%!${verb}(MISSING)`);
    else this.#print(this.#args[this.#argument++], verb, flags);
  }

  /** `[3]`: the argument to take next. */
  #argumentNumber(): boolean {
    if (this.#format.charAt(this.#at) !== '[') return false;
    this.#isReordered = true;
    const close = this.#format.indexOf(']', this.#at);
    if (close < 0) {
      this.#isGoodIndex = false;
      this.#at++;
      return false;
    }
    const text = this.#format.slice(this.#at + 1, close);
    this.#at = close + 1;
    const index = /^[0-9]+$/.test(text) ? Number(text) : 0;
    if (index < 1 || index > this.#args.length) {
      this.#isGoodIndex = false;
      return /^[0-9]+$/.test(text);
    }
    this.#argument = index - 1;
    return true;
  }

  #number(): number | undefined {
    const digits = /^[0-9]+/.exec(this.#format.slice(this.#at, this.#at + 10))?.[0];
    if (digits === undefined) return undefined;
    this.#at += digits.length;
    return Number(digits) > widest ? undefined : Number(digits);
  }

  #intArgument(): number | undefined {
    const arg = this.#args[this.#argument];
    if (this.#argument < this.#args.length) this.#argument++;
    return arg?.kind === 'int' && arg.value <= BigInt(widest) && arg.value >= -BigInt(widest) ? Number(arg.value) : undefined;
  }

  #print(arg: Maybe, verb: string, flags: Flags): void {
    if (arg === undefined || arg.kind === 'nil') {
      this.#out.addPlain(verb === 'T' || verb === 'v' ? padded('<nil>', flags) : `%!${verb}(<nil>)`);
      return;
    }
    if (verb === 'T') {
      this.#out.addPlain(padded(typeName(arg), flags));
      return;
    }
    const isBare = flags.width === undefined && flags.precision === undefined && !flags.sharp && !flags.plus && !flags.space;
    if (isBare && verb === 'v') {
      addValue(this.#out, arg);
      return;
    }
    if (isBare && verb === 's' && arg.kind === 'string') {
      this.#out.add(arg);
      return;
    }
    const text = formatArgument(arg, verb, flags);
    if (arg.kind === 'string' && arg.spans.length > 0) {
      // what is the argument's own text in the result keeps its place
      const at = text.indexOf(arg.text);
      if (at < 0) {
        const node = arg.spans.find((span) => span.node)?.node;
        this.#out.addOf(text, node, false);
      } else {
        this.#out.addPlain(text.slice(0, at));
        this.#out.add(arg);
        this.#out.addPlain(text.slice(at + arg.text.length));
      }
    } else this.#out.addOf(text, arg.kind === 'string' ? undefined : arg.node, verb === 'd' || verb === 'v');
  }
}

function padded(text: string, flags: Flags, zeros = false): string {
  const missing = (flags.width ?? 0) - [...text].length;
  if (missing <= 0) return text;
  if (flags.minus) return text + ' '.repeat(missing);
  if (!zeros || !flags.zero) return ' '.repeat(missing) + text;
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

function badVerb(value: Value, verb: string): string {
  return `%!${verb}(${typeName(value)}=${formatValue(value)})`;
}

function formatArgument(value: Value, verb: string, flags: Flags): string {
  switch (value.kind) {
    case 'string':
      return formatText(value.text, verb, flags, value);
    case 'int':
      return formatInt(value.value, verb, flags, value);
    case 'float':
      return formatNumber(value.value, verb, flags, value);
    case 'bool':
      return verb === 't' || verb === 'v' ? padded(String(value.value), flags) : badVerb(value, verb);
    case 'complex':
      return badVerb(value, verb);
    case 'nil':
      return verb === 'v' ? padded('<nil>', flags) : `%!${verb}(<nil>)`;
    case 'time':
      return verb === 'v' || verb === 's' ? padded(formatValue(value), flags) : badVerb(value, verb);
    case 'struct':
      if (value.shown !== undefined && (verb === 'v' || verb === 's' || verb === 'q')) return formatText(value.shown, verb, flags, value);
      return verb === 'v' && flags.sharp ? goSyntax(value) : `{${[...value.fields.values()].map((field) => formatArgument(field, verb, flags)).join(' ')}}`;
    case 'map':
      if (verb === 'v' && flags.sharp) return goSyntax(value);
      return `map[${sortedKeys(value.entries)
        .map((key) => `${formatText(key, verb, flags, new Text(key))}:${formatEntry(value.entries.get(key), verb, flags)}`)
        .join(' ')}]`;
    case 'list':
      if (verb === 'v' && flags.sharp) return goSyntax(value);
      if (value.goType === '[]uint8' && 'sqxX'.includes(verb)) return formatText(bytesText(value).text, verb, flags, value);
      return `[${value.items.map((item) => formatEntry(item, verb, flags)).join(' ')}]`;
  }
}

/** The text that a `[]byte` holds; of a file it is the file's. */
export function bytesText({ items, node }: ListValue): Text {
  const text = fromBytes(Uint8Array.from(items, (item) => (item.kind === 'int' ? Number(item.value) : 0)));
  return textOfNode(text, node);
}

function formatEntry(value: Maybe, verb: string, flags: Flags): string {
  if (value === undefined || value.kind === 'nil') return '<nil>';
  return formatArgument(value, verb, flags);
}

function formatText(text: string, verb: string, flags: Flags, value: Value): string {
  const cut = flags.precision === undefined ? text : [...text].slice(0, flags.precision).join('');
  switch (verb) {
    case 'v':
      return flags.sharp ? padded(quoteText(text), flags) : padded(cut, flags, true);
    case 's':
      return padded(cut, flags, true);
    case 'q':
      if (flags.sharp && !/[`\x00-\x08\x0a-\x1f\x7f]/.test(cut)) return padded(`\`${cut}\``, flags);
      return padded(quoteText(cut, flags.plus), flags);
    case 'x':
    case 'X': {
      const bytes = flags.precision === undefined ? text : sliceBytes(text, 0, Math.min(flags.precision, toBytes(text).length));
      const parts = [...toBytes(bytes)].map((byte) => byte.toString(16).padStart(2, '0'));
      const lead = flags.sharp ? '0x' : '';
      const hex = parts.length === 0 ? '' : flags.space ? parts.map((part) => lead + part).join(' ') : lead + parts.join('');
      return padded(verb === 'X' ? hex.toUpperCase() : hex, flags);
    }
  }
  return badVerb(value, verb);
}

function formatInt(value: bigint, verb: string, flags: Flags, whole: Value): string {
  const bases: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
  const base = bases[verb];
  if (base === undefined) return formatCharacter(value, verb, flags, whole);
  const sign = value < 0n ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  let digits = (value < 0n ? -value : value).toString(base);
  if (verb === 'X') digits = digits.toUpperCase();
  if (flags.precision !== undefined) {
    if (flags.precision === 0 && value === 0n) return padded('', flags);
    digits = digits.padStart(flags.precision, '0');
  } else if (flags.zero && !flags.minus && flags.width !== undefined) digits = digits.padStart(flags.width - sign.length, '0');
  let prefix = verb === 'O' ? '0o' : '';
  if (flags.sharp) prefix = base === 2 ? '0b' : base === 8 && verb === 'o' ? (digits.startsWith('0') ? '' : '0') : base === 16 ? `0${verb}` : prefix;
  return padded(sign + prefix + digits, flags);
}

function formatCharacter(value: bigint, verb: string, flags: Flags, whole: Value): string {
  const code = value < 0n || value > 0x10ffffn || (value >= 0xd800n && value < 0xe000n) ? 0xfffd : Number(value);
  const char = String.fromCodePoint(code);
  if (verb === 'c') return padded(char, flags);
  if (verb === 'q') return padded(`'${escapeChar(char, "'", flags.plus)}'`, flags);
  if (verb !== 'U') return badVerb(whole, verb);
  const hex = `U+${BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 4), '0')}`;
  return padded(flags.sharp && value <= 0x10ffffn && isPrint(char) ? `${hex} '${char}'` : hex, flags);
}

function formatNumber(value: number, verb: string, flags: Flags, whole: Value): string {
  const lower = verb.toLowerCase();
  const format = verb === 'v' ? 'g' : lower === 'e' || lower === 'f' || lower === 'g' ? lower : undefined;
  if (format === undefined) return verb === 'x' || verb === 'X' || verb === 'b' ? hexFloat(value, verb, flags, whole) : badVerb(whole, verb);
  const precision = flags.precision ?? (format === 'g' ? -1 : 6);
  let text = formatFloat(value, format, precision);
  if (flags.sharp && verb !== 'v' && format === 'g' && !text.includes('.')) text += '.00000';
  if (verb === 'E' || verb === 'G') text = text.toUpperCase();
  const isFinite = Number.isFinite(value);
  if (text.startsWith('+')) text = flags.plus ? text : text.slice(1);
  else if (!text.startsWith('-')) text = (flags.plus ? '+' : flags.space ? ' ' : '') + text;
  if (!isFinite && Number.isNaN(value)) text = flags.plus ? '+NaN' : flags.space ? ' NaN' : 'NaN';
  if (!isFinite && !Number.isNaN(value) && value > 0 && !flags.plus) text = flags.space ? ' +Inf' : '+Inf';
  return padded(text, isFinite ? flags : { ...flags, zero: false }, isFinite);
}

function hexFloat(value: number, verb: string, flags: Flags, whole: Value): string {
  if (verb === 'b' || !Number.isFinite(value)) return badVerb(whole, verb);
  if (value === 0) return padded('0x0p+00', flags);
  let mantissa = Math.abs(value);
  let exponent = 0;
  while (mantissa >= 2) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < 1) {
    mantissa *= 2;
    exponent--;
  }
  const digits = BigInt((mantissa - 1) * 2 ** 52)
    .toString(16)
    .padStart(13, '0')
    .replace(/0+$/, '');
  const text = `${value < 0 ? '-' : ''}0x1${digits === '' ? '' : `.${digits}`}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`;
  return padded(verb === 'X' ? text.toUpperCase() : text, flags);
}

/** `%#v`. */
function goSyntax(value: Maybe): string {
  if (value === undefined) return 'interface {}(nil)';
  switch (value.kind) {
    case 'nil':
      return 'interface {}(nil)';
    case 'string':
      return quoteText(value.text);
    case 'int':
      return value.goType.startsWith('uint') ? `0x${value.value.toString(16)}` : value.value.toString();
    case 'map':
      return value.isNil
        ? `${value.goType}(nil)`
        : `${value.goType}{${sortedKeys(value.entries)
            .map((key) => `${quoteText(key)}:${goSyntax(value.entries.get(key))}`)
            .join(', ')}}`;
    case 'list':
      return value.isNil ? `${value.goType}(nil)` : `${value.goType}{${value.items.map(goSyntax).join(', ')}}`;
    case 'struct':
      return `${value.goType.replace(/^\*/, '&')}{${[...value.fields].map(([name, field]) => `${name}:${goSyntax(field)}`).join(', ')}}`;
    default:
      return formatValue(value);
  }
}

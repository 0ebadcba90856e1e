/**
 * Go's fmt.Sprintf on template values (Go 1.26 fmt/print.go, format.go): verbs, flags, indexes of arguments, and what it
 * writes where a verb doesn't fit. Left out: `%p`, whose addresses mean nothing here, and the fields of times.
 */
import { addValue, bytesText, formatFloat, formatValue, sortedKeys, typeName } from './format.js';
import { escapeChar, isPrint, quoteText, sliceBytes, toBytes } from './goText.js';
import { TextBuilder } from './spans.js';
import { isGenerated, Text, type Maybe, type Value } from './values.js';

interface Flags {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  width: number | undefined;
  precision: number | undefined;
  /** `%#v`. */
  goSyntax: boolean;
  /** `%+v`. */
  named: boolean;
}

const widest = 1_000_000;
const mostValues = 300_000;
const deepest = 200;

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
    const flags: Flags = { plus: false, minus: false, sharp: false, space: false, zero: false, width: undefined, precision: undefined, goSyntax: false, named: false };
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
    const digits = /^[0-9]+/.exec(this.#format.slice(this.#at))?.[0];
    if (digits === undefined) return undefined;
    // Go gives up on the rest of the format
    this.#at = Number(digits) > widest ? this.#format.length : this.#at + digits.length;
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
      this.#out.addPlain(padded(truncated(typeName(arg), flags), flags));
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
    if (verb === 'v' || verb === 'w') Object.assign(flags, { goSyntax: flags.sharp, named: flags.plus, sharp: false, plus: false });
    if (!isPrintableValue(arg, { left: mostValues })) {
      this.#out.addPlain('...');
      return;
    }
    const text = verb === 'w' ? badVerb(arg, verb, flags) : formatArgument(arg, verb, flags);
    if (arg.kind === 'string' && arg.spans.length > 0) {
      // what is the argument's own text in the result keeps its place
      const at = text.indexOf(arg.text);
      if (at < 0) {
        const node = arg.spans.find((span) => span.node)?.node;
        this.#out.addOf(text, node, false, isGenerated(arg));
      } else {
        this.#out.addPlain(text.slice(0, at));
        this.#out.add(arg);
        this.#out.addPlain(text.slice(at + arg.text.length));
      }
    } else this.#out.addOf(text, arg.kind === 'string' ? undefined : arg.node, verb === 'd' || verb === 'v', isGenerated(arg));
  }
}

/** False for values that hold too much, or one another, to be written. */
function isPrintableValue(value: Maybe, allowance: { left: number }, depth = 0): boolean {
  if (--allowance.left < 0 || depth > deepest) return false;
  if (value?.kind === 'map') return [...value.entries.values()].every((each) => isPrintableValue(each, allowance, depth + 1));
  return value?.kind !== 'list' || value.items.every((each) => isPrintableValue(each, allowance, depth + 1));
}

/** With blanks, or zeros on the left, up to the width (fmt's pad). */
function padded(text: string, flags: Flags, zeros = flags.zero): string {
  const missing = (flags.width ?? 0) - [...text].length;
  if (missing <= 0) return text;
  if (flags.minus) return text + ' '.repeat(missing);
  return (zeros ? '0' : ' ').repeat(missing) + text;
}

function truncated(text: string, { precision }: Flags): string {
  return precision === undefined ? text : [...text].slice(0, precision).join('');
}

function badVerb(value: Value, verb: string, flags: Flags): string {
  return `%!${verb}(${typeName(value)}=${formatArgument(value, 'v', flags)})`;
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
      return verb === 't' || verb === 'v' ? padded(String(value.value), flags) : badVerb(value, verb, flags);
    case 'complex':
      return 'vbgGxXfFeE'.includes(verb)
        ? `(${formatNumber(value.real, verb, flags, value)}${formatNumber(value.imaginary, verb, { ...flags, plus: true }, value)}i)`
        : badVerb(value, verb, flags);
    case 'nil':
      return verb === 'v' ? padded('<nil>', flags) : `%!${verb}(<nil>)`;
    case 'time':
      return 'vsxXq'.includes(verb) ? formatText(formatValue(value), verb, flags, value) : badVerb(value, verb, flags);
    case 'struct': {
      if (value.shown !== undefined && !flags.goSyntax && 'vsxXq'.includes(verb)) return formatText(value.shown, verb, flags, value);
      if (flags.goSyntax) return goSyntax(value, flags);
      const lead = value.goType.startsWith('*') ? '&' : '';
      return `${lead}{${[...value.fields].map(([name, field]) => (flags.named ? `${name}:` : '') + formatEntry(field, verb, flags)).join(' ')}}`;
    }
    case 'map':
      if (flags.goSyntax) return goSyntax(value, flags);
      return `map[${sortedKeys(value.entries)
        .map((key) => `${formatText(key, verb, flags, new Text(key))}:${formatEntry(value.entries.get(key), verb, flags)}`)
        .join(' ')}]`;
    case 'list':
      if (flags.goSyntax) return goSyntax(value, flags);
      if (value.goType === '[]uint8' && 'sqxX'.includes(verb)) return formatText(bytesText(value).text, verb, flags, value);
      return `[${value.items.map((item) => formatEntry(item, verb, flags)).join(' ')}]`;
  }
}

function formatEntry(value: Maybe, verb: string, flags: Flags): string {
  if (value === undefined || value.kind === 'nil') return '<nil>';
  return formatArgument(value, verb, flags);
}

function formatText(text: string, verb: string, flags: Flags, value: Value): string {
  const cut = truncated(text, flags);
  switch (verb) {
    case 'v':
      return flags.goSyntax ? padded(quoteText(cut), flags) : padded(cut, flags);
    case 's':
      return padded(cut, flags);
    case 'q':
      if (flags.sharp && !/[`\x00-\x08\x0a-\x1f\x7f\ufeff\udc80-\udcff]/.test(cut)) return padded(`\`${cut}\``, flags);
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
  return badVerb(value, verb, flags);
}

function formatInt(value: bigint, verb: string, flags: Flags, whole: Value): string {
  const bases: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
  const base = bases[verb];
  if (base === undefined) return formatCharacter(value, verb, flags, whole);
  if (flags.goSyntax && whole.goType.startsWith('uint')) return padded(`0x${value.toString(16)}`, flags, false);
  const sign = value < 0n ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  let digits = (value < 0n ? -value : value).toString(base);
  if (verb === 'X') digits = digits.toUpperCase();
  if (flags.precision !== undefined) {
    if (flags.precision === 0 && value === 0n) return padded('', flags, false);
    digits = digits.padStart(flags.precision, '0');
  } else if (flags.zero && !flags.minus && flags.width !== undefined) digits = digits.padStart(flags.width - sign.length, '0');
  let prefix = verb === 'O' ? '0o' : '';
  if (flags.sharp) prefix = base === 2 ? '0b' : base === 8 && verb === 'o' ? (digits.startsWith('0') ? '' : '0') : base === 16 ? `0${verb}` : prefix;
  return padded(sign + prefix + digits, flags, false);
}

function formatCharacter(value: bigint, verb: string, flags: Flags, whole: Value): string {
  const code = value < 0n || value > 0x10ffffn || (value >= 0xd800n && value < 0xe000n) ? 0xfffd : Number(value);
  const char = String.fromCodePoint(code);
  if (verb === 'c') return padded(char, flags);
  if (verb === 'q') return padded(`'${escapeChar(char, "'", flags.plus)}'`, flags);
  if (verb !== 'U') return badVerb(whole, verb, flags);
  const hex = `U+${BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 4), '0')}`;
  return padded(flags.sharp && value >= 0n && value <= 0x10ffffn && isPrint(char) ? `${hex} '${char}'` : hex, flags, false);
}

/** The digits of a float by its verb, without a sign; the precision -1 is the shortest. */
function floatDigits(magnitude: number, verb: string, precision: number): string {
  switch (verb) {
    case 'b':
      return binaryFloat(magnitude);
    case 'x':
      return hexFloat(magnitude, precision);
    case 'X':
      return hexFloat(magnitude, precision).toUpperCase();
    case 'E':
    case 'G':
      return formatFloat(magnitude, verb === 'E' ? 'e' : 'g', precision).toUpperCase();
    case 'e':
    case 'g':
      return formatFloat(magnitude, verb, precision);
    default:
      return formatFloat(magnitude, 'f', precision);
  }
}

function formatNumber(value: number, verb: string, flags: Flags, whole: Value): string {
  if (!'vbgGxXfFeE'.includes(verb)) return badVerb(whole, verb, flags);
  const form = verb === 'v' ? 'g' : verb;
  const precision = flags.precision ?? ('fFeE'.includes(form) ? 6 : -1);
  const isNegative = value < 0 || Object.is(value, -0);
  const sign = isNegative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  if (Number.isNaN(value)) return padded(flags.plus ? '+NaN' : flags.space ? ' NaN' : 'NaN', flags, false);
  if (!Number.isFinite(value)) return padded(`${value > 0 ? (flags.space && !flags.plus ? ' ' : '+') : '-'}Inf`, flags, false);
  let digits = floatDigits(Math.abs(value), form, precision);
  if (flags.sharp && form !== 'b') digits = withPoint(digits, form, precision);
  const isSigned = sign !== '';
  if (isSigned && flags.zero && !flags.minus) return sign + digits.padStart((flags.width ?? 0) - 1, '0');
  return padded(sign + digits, flags);
}

/** What `#` does to a float: a point always, and for `%g` the zeros at the end that its precision has. */
function withPoint(text: string, form: string, precision: number): string {
  const isHex = form === 'x' || form === 'X';
  const cut = text.search(isHex ? /[pP]/ : /[eE]/);
  let number = cut < 0 ? text : text.slice(0, cut);
  let digits = 'gGx'.includes(form) ? (precision < 0 ? 6 : precision) : 0;
  digits -= number.replace('.', '').replace(/^0+/, '').length;
  if (!number.includes('.')) {
    if (number === '0') digits--;
    number += '.';
  }
  return number + '0'.repeat(Math.max(digits, 0)) + (cut < 0 ? '' : text.slice(cut));
}

/** The 53 bits of a float and the power of two that they are multiplied with. */
function partsOf(magnitude: number): { readonly mantissa: bigint; readonly exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, magnitude);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

function binaryFloat(magnitude: number): string {
  const { mantissa, exponent } = partsOf(magnitude);
  return `${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

function hexFloat(magnitude: number, precision: number): string {
  let { mantissa, exponent } = partsOf(magnitude);
  if (mantissa === 0n) return `0x0${precision > 0 ? `.${'0'.repeat(precision)}` : ''}p+00`;
  exponent += 52;
  mantissa <<= 8n;
  while (mantissa >> 60n === 0n) {
    mantissa <<= 1n;
    exponent--;
  }
  if (precision >= 0 && precision < 15) {
    const shift = BigInt(60 - precision * 4);
    const extra = mantissa & ((1n << shift) - 1n);
    mantissa >>= shift;
    const half = 1n << (shift - 1n);
    if (extra > half || (extra === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= shift;
    if (mantissa >> 61n !== 0n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const all = (mantissa & ((1n << 60n) - 1n)).toString(16).padStart(15, '0');
  const digits = precision < 0 ? all.replace(/0+$/, '') : all.slice(0, precision).padEnd(precision, '0');
  return `0x1${digits === '' ? '' : `.${digits}`}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

/** `%#v`. */
function goSyntax(value: Maybe, flags: Flags): string {
  if (value === undefined) return 'interface {}(nil)';
  switch (value.kind) {
    case 'nil':
      return 'interface {}(nil)';
    case 'map':
      return value.isNil
        ? `${value.goType}(nil)`
        : `${value.goType}{${sortedKeys(value.entries)
            .map((key) => `${formatText(key, 'v', flags, value)}:${goSyntax(value.entries.get(key), flags)}`)
            .join(', ')}}`;
    case 'list':
      return value.isNil ? `${value.goType}(nil)` : `${value.goType}{${value.items.map((item) => goSyntax(item, flags)).join(', ')}}`;
    case 'struct':
      return `${value.goType.replace(/^\*/, '&')}{${[...value.fields].map(([name, field]) => `${name}:${goSyntax(field, flags)}`).join(', ')}}`;
    default:
      return formatArgument(value, 'v', flags);
  }
}

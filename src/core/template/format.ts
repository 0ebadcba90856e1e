/**
 * Go's fmt on template values: Sprint and Sprintln (Go 1.26 fmt/print.go), and floats as strconv writes them. What is printed
 * keeps the origins of its parts. Formats with verbs are in printf.ts.
 */
import { compareText, fromBytes } from './goText.js';
import { TextBuilder } from './spans.js';
import { formatTime } from './time.js';
import { isGenerated, textOfNode, type ListValue, type Maybe, type Text } from './values.js';

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
  if (magnitude === 0 && format === 'g') return `${sign}0`;
  if (format === 'e') return sign + exponential(precision < 0 ? magnitude.toExponential() : roundedExponential(magnitude, precision));
  if (format === 'f') return sign + (precision < 0 ? positional(magnitude) : fixed(magnitude, precision));
  const digits = precision < 0 ? undefined : Math.max(precision, 1);
  const scientific = digits === undefined ? magnitude.toExponential() : roundedExponential(magnitude, digits - 1);
  const [mantissa = '', exponentText = '0'] = scientific.split('e');
  const exponent = Number(exponentText);
  const length = mantissa.replace('.', '').replace(/0+$/, '').length;
  const threshold = digits === undefined ? 6 : digits > length && length >= exponent ? length : digits;
  if (exponent < -4 || exponent >= threshold) return sign + exponential(digits === undefined ? scientific : `${trimZeros(mantissa)}e${exponentText}`);
  return sign + (digits === undefined ? positional(magnitude) : trimZeros(fixed(magnitude, Math.max(0, digits - 1 - exponent))));
}

/** All decimal digits of a float, and how many of them stand before the point. */
function exactDigits(magnitude: number): { readonly digits: string; readonly point: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, magnitude);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const [mantissa, exponent] = biased === 0 ? [fraction, -1074] : [fraction | (1n << 52n), biased - 1075];
  const digits = (exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent)).toString();
  return { digits, point: digits.length + Math.min(exponent, 0) };
}

/** The first `count` digits, rounded to the nearest, a tie to the even one; one digit more where that carries over. */
function roundDigits(digits: string, count: number): string {
  if (count < 0) return '';
  if (count >= digits.length) return digits.padEnd(count, '0');
  const kept = BigInt(digits.slice(0, count) || '0');
  const next = digits.charCodeAt(count) - 48;
  const isTie = next === 5 && /^0*$/.test(digits.slice(count + 1));
  const isUp = isTie ? (kept & 1n) === 1n : next >= 5;
  return (isUp ? kept + 1n : kept).toString().padStart(count, '0');
}

function roundedExponential(magnitude: number, precision: number): string {
  const { digits, point } = exactDigits(magnitude);
  if (magnitude === 0) return `0${precision > 0 ? `.${'0'.repeat(precision)}` : ''}e0`;
  let rounded = roundDigits(digits, precision + 1);
  const carried = rounded.length > precision + 1;
  if (carried) rounded = rounded.slice(0, -1);
  return `${rounded.charAt(0)}${precision > 0 ? `.${rounded.slice(1)}` : ''}e${point - 1 + (carried ? 1 : 0)}`;
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

/** With `precision` digits behind the point. */
function fixed(magnitude: number, precision: number): string {
  const { digits, point } = exactDigits(magnitude);
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits;
  const whole = Math.max(point, 1);
  const rounded = roundDigits(padded, whole + precision);
  const split = rounded.length - precision;
  return precision > 0 ? `${rounded.slice(0, split)}.${rounded.slice(split)}` : rounded;
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

/** Adds a value as `%v` writes it. */
export function addValue(builder: TextBuilder, value: Maybe, depth = 0, allowance: Allowance = { left: mostValues }): void {
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

/** The text that a `[]byte` holds; of a file it is the file's. */
export function bytesText({ items, node }: ListValue): Text {
  const text = fromBytes(Uint8Array.from(items, (item) => (item.kind === 'int' ? Number(item.value) : 0)));
  return textOfNode(text, node);
}

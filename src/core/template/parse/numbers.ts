/** Numbers as Go's strconv and text/template read them from a text (parse/node.go newNumber, Go 1.26). */
import { quoteText, unescapeAt } from '../goText.js';
import type { NumberNode } from './nodes.js';

type NumberValue = Pick<NumberNode, 'int' | 'uint' | 'float' | 'complex'>;

const maxInt64 = 2n ** 63n - 1n;
const maxUint64 = 2n ** 64n - 1n;

/** True where underscores stand between digits only (strconv underscoreOK). */
function areUnderscoresFine(text: string): boolean {
  if (!text.includes('_')) return true;
  const body = text.replace(/^[-+]/, '');
  const prefix = /^0[bBoOxX]/.test(body);
  const isHex = /^0[xX]/.test(body);
  const digit = isHex ? /[0-9a-fA-F]/ : /[0-9]/;
  let last = prefix ? '0' : '^';
  for (const char of prefix ? body.slice(2) : body) {
    if (digit.test(char)) last = '0';
    else if (char === '_') {
      if (last !== '0') return false;
      last = '_';
    } else {
      if (last === '_') return false;
      last = '!';
    }
  }
  return last !== '_';
}

function magnitudeOf(digits: string): bigint | undefined {
  const match = /^(?:0[xX]([0-9a-fA-F_]+)|0[bB]([01_]+)|0[oO]([0-7_]+)|(0[0-7_]*)|([1-9][0-9_]*))$/.exec(digits);
  if (!match || !areUnderscoresFine(digits)) return undefined;
  const [, hex, binary, octal, oldOctal, decimal] = match.map((part) => part?.replaceAll('_', ''));
  if (hex !== undefined) return hex === '' ? undefined : BigInt(`0x${hex}`);
  if (binary !== undefined) return binary === '' ? undefined : BigInt(`0b${binary}`);
  if (octal !== undefined) return octal === '' ? undefined : BigInt(`0o${octal}`);
  if (oldOctal !== undefined) return oldOctal === '0' ? 0n : BigInt(`0o${oldOctal}`);
  return BigInt(decimal ?? '0');
}

/** strconv.ParseInt(text, 0, 64), or undefined for its errors. */
export function parseInt64(text: string): bigint | undefined {
  const isNegative = text.startsWith('-');
  const magnitude = magnitudeOf(/^[-+]/.test(text) ? text.slice(1) : text);
  if (magnitude === undefined || magnitude > (isNegative ? maxInt64 + 1n : maxInt64)) return undefined;
  return isNegative ? -magnitude : magnitude;
}

function parseUint64(text: string): bigint | undefined {
  const magnitude = magnitudeOf(text);
  return magnitude === undefined || magnitude > maxUint64 ? undefined : magnitude;
}

/** strconv.ParseFloat(text, 64), or undefined for its errors. */
export function parseFloat64(text: string): number | undefined {
  const word = /^([-+]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (word) return /nan/i.test(text) ? (word[1] === '' ? NaN : undefined) : word[1] === '-' ? -Infinity : Infinity;
  if (!areUnderscoresFine(text)) return undefined;
  const plain = text.replaceAll('_', '');
  const hex = /^([-+]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([-+]?[0-9]+)$/.exec(plain);
  let value: number;
  if (hex) {
    const [, sign, whole = '', fraction = '', exponent = '0'] = hex;
    if (whole === '' && fraction === '') return undefined;
    value = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length) * (sign === '-' ? -1 : 1);
  } else {
    if (!/^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(plain)) return undefined;
    value = Number(plain);
  }
  return Number.isFinite(value) ? value : undefined;
}

/** The whole number that a float is, where it fits between the bounds. */
function wholeOf(value: number, low: bigint, high: bigint): bigint | undefined {
  if (!Number.isInteger(value)) return undefined;
  const whole = BigInt(value);
  return whole >= low && whole <= high ? whole : undefined;
}

function complexNumber(real: number, imaginary: number): NumberValue {
  const float = imaginary === 0 ? real : undefined;
  return {
    complex: [real, imaginary],
    float,
    int: float === undefined ? undefined : wholeOf(float, -(2n ** 63n), maxInt64),
    uint: float === undefined ? undefined : wholeOf(float, 0n, maxUint64),
  };
}

/** What a number or character constant of a template can be taken for, or Go's words for what is wrong with it. */
export function readNumber(text: string, type: 'charConstant' | 'complex' | 'number'): NumberValue | string {
  if (type === 'charConstant') return readCharacter(text);
  if (type === 'complex') {
    const split = /^(.*?[^eEpP])([-+].+)i$/.exec(text);
    const real = parseFloat64(split?.[1] ?? '');
    const imaginary = parseFloat64(split?.[2] ?? '');
    return real === undefined || imaginary === undefined ? 'syntax error scanning complex number' : complexNumber(real, imaginary);
  }
  if (text.endsWith('i')) {
    const imaginary = parseFloat64(text.slice(0, -1));
    if (imaginary !== undefined) return complexNumber(0, imaginary);
  }
  let uint = parseUint64(text);
  let int = parseInt64(text);
  if (int === 0n) uint = 0n;
  let float: number | undefined;
  if (int !== undefined) float = Number(int);
  else if (uint !== undefined) float = Number(uint);
  else {
    float = parseFloat64(text);
    if (float !== undefined) {
      if (!/[.eEpP]/.test(text)) return `integer overflow: ${quoteText(text)}`;
      int = wholeOf(float, -(2n ** 63n), maxInt64);
      uint = wholeOf(float, 0n, maxUint64);
    }
  }
  if (float === undefined) return `illegal number syntax: ${quoteText(text)}`;
  return { int, uint, float, complex: undefined };
}

function readCharacter(text: string): NumberValue | string {
  const unit = unescapeAt(text, 1, "'");
  if (!unit) return 'invalid syntax';
  if (text.slice(unit.end) !== "'") return `malformed character constant: ${text}`;
  return { int: BigInt(unit.code), uint: BigInt(unit.code), float: unit.code, complex: undefined };
}

/**
 * Quantities as an API server prints them: `0.5` as `500m`, `1024Mi` as `1Gi` (k8s.io/apimachinery v0.34,
 * pkg/api/resource). What isn't a quantity is left as it is.
 */

interface Parsed {
  readonly digits: bigint;
  /** Of ten. */
  readonly exponent: number;
  readonly form: 'decimal' | 'binary' | 'exponent';
}

const decimalSuffixes: readonly (readonly [string, number])[] = [
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
];
const binarySuffixes: readonly (readonly [string, number])[] = [
  ['', 0],
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
];
const exponentOf = new Map(decimalSuffixes);
const powerOf = new Map(binarySuffixes);

/** @returns the canonical text, undefined for what isn't a quantity */
export function formatQuantity(text: string): string | undefined {
  const parsed = parse(text.trim());
  if (!parsed) return undefined;
  const { digits, exponent, form } = ceilToNano(parsed);
  if (digits === 0n) return '0';
  if (form === 'binary' && exponent >= 0) {
    const value = digits * 10n ** BigInt(exponent);
    if (value >= 1024n || value <= -1024n) return formatBinary(value);
  }
  return formatDecimal(digits, exponent, form === 'exponent');
}

/** In thousandths, rounded up; undefined for what isn't a quantity. */
export function millisOf(text: string): bigint | undefined {
  const parsed = parse(text.trim());
  if (!parsed) return undefined;
  const shift = parsed.exponent + 3;
  return shift >= 0 ? parsed.digits * 10n ** BigInt(shift) : ceilDivide(parsed.digits, 10n ** BigInt(-shift));
}

function parse(text: string): Parsed | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d{1,4}|[KMGTPE]i|[numkMGTPE]?)$/.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const exponent = -fraction.length;
  if (/^[eE][+-]?\d/.test(suffix)) return { digits, exponent: exponent + Number(suffix.slice(1)), form: 'exponent' };
  const power = suffix === '' ? undefined : powerOf.get(suffix);
  if (power !== undefined) return normalize({ digits: digits * 2n ** BigInt(power), exponent, form: 'binary' });
  return { digits, exponent: exponent + (exponentOf.get(suffix) ?? 0), form: 'decimal' };
}

/** Without factors of ten that the exponent can take: a whole number has an exponent of zero or more. */
function normalize(parsed: Parsed): Parsed {
  let { digits, exponent } = parsed;
  while (exponent < 0 && digits !== 0n && digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  return { ...parsed, digits, exponent: digits === 0n ? 0 : exponent };
}

function ceilToNano(parsed: Parsed): Parsed {
  if (parsed.exponent >= -9) return normalize(parsed);
  return normalize({ ...parsed, digits: ceilDivide(parsed.digits, 10n ** BigInt(-9 - parsed.exponent)), exponent: -9 });
}

/** Rounds away from zero. */
function ceilDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
}

function formatBinary(value: bigint): string {
  let [rest, power] = [value, 0];
  while (rest % 1024n === 0n && power < 60) {
    rest /= 1024n;
    power += 10;
  }
  return `${rest}${binarySuffixes.find(([, each]) => each === power)?.[0] ?? ''}`;
}

function formatDecimal(digits: bigint, exponent: number, isExponent: boolean): string {
  let [rest, power] = [digits, exponent];
  while (rest % 10n === 0n) {
    rest /= 10n;
    power += 1;
  }
  while (power % 3 !== 0 || (power > 18 && !isExponent)) {
    rest *= 10n;
    power -= 1;
  }
  if (isExponent) return power === 0 ? `${rest}` : `${rest}e${power}`;
  return `${rest}${decimalSuffixes.find(([, each]) => each === power)?.[0] ?? ''}`;
}

/** sprig's functions on numbers (Masterminds/sprig v3.3.0 numeric.go; decimals as shopspring/decimal v1.4.0). */
import { formatValue } from '../format.js';
import { Failure, Int, ListValue, nodeOf, Text, type Maybe, type TemplateFunction } from '../values.js';
import { toFloat, toInteger } from './convert.js';
import { alias, define, floatOf, intOf } from './define.js';

function int64(value: bigint): Int {
  return new Int(BigInt.asIntN(64, value), 'int64');
}

const dividedByZero = new Failure('runtime error: integer divide by zero');

/** value * 10^exponent, exactly. */
interface Decimal {
  readonly value: bigint;
  readonly exponent: number;
}

function decimalOf(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { value: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.value * 10n ** BigInt(a.exponent - exponent), b.value * 10n ** BigInt(b.exponent - exponent), exponent];
}

function add(a: Decimal, b: Decimal): Decimal {
  const [x, y, exponent] = aligned(a, b);
  return { value: x + y, exponent };
}

function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, { value: -b.value, exponent: b.exponent });
}

function multiply(a: Decimal, b: Decimal): Decimal {
  return { value: a.value * b.value, exponent: a.exponent + b.exponent };
}

/** To 16 digits behind the point, rounded half away from zero. */
function divide(a: Decimal, b: Decimal): Decimal {
  const [x, y] = aligned(a, b);
  const isNegative = x < 0n !== y < 0n;
  const [dividend, divisor] = [x < 0n ? -x : x, y < 0n ? -y : y];
  const scaled = dividend * 10n ** 16n;
  const quotient = scaled / divisor;
  const rounded = (scaled % divisor) * 2n >= divisor ? quotient + 1n : quotient;
  return { value: isNegative ? -rounded : rounded, exponent: -16 };
}

function decimals(first: number, others: readonly Maybe[], operate: (a: Decimal, b: Decimal) => Decimal): Maybe | Failure {
  let result = notANumber(first) ? undefined : decimalOf(first);
  for (const other of others) {
    const value = toFloat(other);
    if (result === undefined || notANumber(value)) return new Failure('Cannot create a Decimal from NaN or infinity');
    if (operate === divide && value === 0) return new Failure('decimal division by 0');
    result = operate(result, decimalOf(value));
  }
  return result === undefined ? new Failure('Cannot create a Decimal from NaN or infinity') : floatOf(Number(`${result.value}e${result.exponent}`));
}

function notANumber(value: number): boolean {
  return !Number.isFinite(value);
}

const mostSteps = 1_000_000;

/** The numbers from `start` towards `stop`, or undefined where there are too many. */
function steps(start: bigint, stop: bigint, step: bigint): readonly bigint[] | undefined {
  const numbers: bigint[] = [];
  if (stop < start ? step >= 0n : step <= 0n) return numbers;
  for (let at = start; stop < start ? at > stop : at < stop; at += step) {
    if (numbers.length >= mostSteps) return undefined;
    numbers.push(at);
  }
  return numbers;
}

const tooMany = new Failure('budget: the list would be too long');

function intList(numbers: readonly bigint[] | undefined): ListValue | Failure {
  return numbers
    ? new ListValue(
        numbers.map((each) => intOf(each)),
        undefined,
        { goType: '[]int', elementType: 'int' },
      )
    : tooMany;
}

function sequence(params: readonly bigint[]): Text | Failure {
  const [first = 0n, second = 0n, third = 0n] = params;
  let numbers: readonly bigint[] | undefined = [];
  if (params.length === 1) {
    const step = first < 1n ? -1n : 1n;
    numbers = steps(1n, first + step, step);
  } else if (params.length === 2) {
    const step = second < first ? -1n : 1n;
    numbers = steps(first, second + step, step);
  } else if (params.length === 3) {
    if (third < first && second > 0n) return new Text('');
    numbers = steps(first, third + (third < first ? -1n : 1n), second);
  }
  return numbers ? new Text(numbers.join(' ')) : tooMany;
}

function round(value: number, places: number, threshold: number): number {
  const power = 10 ** places;
  const digit = power * value;
  const fraction = digit - Math.trunc(digit);
  return (fraction >= threshold ? Math.ceil(digit) : Math.floor(digit)) / power;
}

function extreme(all: readonly Maybe[], isBetter: (a: bigint, b: bigint) => boolean): Int {
  return int64(all.map(toInteger).reduce((best, each) => (isBetter(each, best) ? each : best)));
}

function fromText(value: Maybe, text: string): bigint {
  return value?.kind === 'float' && !Number.isFinite(value.value)
    ? 0n
    : /^[-+]?[0-7]+$/.test(text)
      ? BigInt.asIntN(64, BigInt(`0o${text.replace(/^[-+]/, '')}`) * (text.startsWith('-') ? -1n : 1n))
      : 0n;
}

const max = define('max VALUE...', 'any any...', 'The largest of whole numbers.', (args) => extreme(args.all, (a, b) => a > b));

/** sprig's functions on numbers. */
export const numberFunctions: readonly TemplateFunction[] = [
  define('int VALUE', 'any', 'The value as a whole number, or 0.', (args) => new Int(toInteger(args.at(0)), 'int', nodeOf(args.at(0)))),
  define('int64 VALUE', 'any', 'The value as a whole number of 64 bits, or 0.', (args) => new Int(toInteger(args.at(0)), 'int64', nodeOf(args.at(0)))),
  define('float64 VALUE', 'any', 'The value as a floating-point number, or 0.', (args) => floatOf(toFloat(args.at(0)))),
  define('toDecimal VALUE', 'any', 'The number that octal digits stand for.', (args) => int64(fromText(args.at(0), formatValue(args.at(0))))),
  define('add1 VALUE', 'any', 'The whole number plus 1.', (args) => int64(toInteger(args.at(0)) + 1n)),
  define('add VALUE...', 'any...', 'The sum of whole numbers.', (args) => int64(args.all.reduce((sum, each) => sum + toInteger(each), 0n))),
  define('sub A B', 'any any', 'The difference of two whole numbers.', (args) => int64(toInteger(args.at(0)) - toInteger(args.at(1)))),
  define('mul A B...', 'any any...', 'The product of whole numbers.', (args) =>
    int64(args.rest(1).reduce<bigint>((product, each) => BigInt.asIntN(64, product * toInteger(each)), toInteger(args.at(0)))),
  ),
  define('div A B', 'any any', 'The quotient of two whole numbers, without its fraction.', (args) =>
    toInteger(args.at(1)) === 0n ? dividedByZero : int64(toInteger(args.at(0)) / toInteger(args.at(1))),
  ),
  define('mod A B', 'any any', 'What is left when a whole number is divided by another.', (args) =>
    toInteger(args.at(1)) === 0n ? dividedByZero : int64(toInteger(args.at(0)) % toInteger(args.at(1))),
  ),
  define('add1f VALUE', 'any', 'The number plus 1.', (args) => decimals(toFloat(args.at(0)), [floatOf(1)], add)),
  define('addf VALUE...', 'any...', 'The sum of numbers.', (args) => decimals(0, args.all, add)),
  define('subf A B...', 'any any...', 'The first number minus the others.', (args) => decimals(toFloat(args.at(0)), args.rest(1), subtract)),
  define('mulf A B...', 'any any...', 'The product of numbers.', (args) => decimals(toFloat(args.at(0)), args.rest(1), multiply)),
  define('divf A B...', 'any any...', 'The first number divided by the others.', (args) => decimals(toFloat(args.at(0)), args.rest(1), divide)),
  max,
  alias('biggest', max),
  define('min VALUE...', 'any any...', 'The smallest of whole numbers.', (args) => extreme(args.all, (a, b) => a < b)),
  define('maxf VALUE...', 'any any...', 'The largest of numbers.', (args) => floatOf(Math.max(...args.all.map(toFloat)))),
  define('minf VALUE...', 'any any...', 'The smallest of numbers.', (args) => floatOf(Math.min(...args.all.map(toFloat)))),
  define('ceil VALUE', 'any', 'The next whole number upwards, as a floating-point number.', (args) => floatOf(Math.ceil(toFloat(args.at(0))))),
  define('floor VALUE', 'any', 'The next whole number downwards, as a floating-point number.', (args) => floatOf(Math.floor(toFloat(args.at(0))))),
  define('round VALUE PLACES', 'any int float64...', 'The number rounded to some places behind the point.', (args) => {
    const threshold = args.at(2);
    return floatOf(round(toFloat(args.at(0)), args.count(1), threshold?.kind === 'float' ? threshold.value : 0.5));
  }),
  define('until COUNT', 'int', 'The whole numbers from 0 up to but without COUNT.', (args) => intList(steps(0n, args.int(0), args.int(0) < 0n ? -1n : 1n))),
  define('untilStep START STOP STEP', 'int int int', 'The whole numbers from START up to but without STOP, in steps.', (args) =>
    intList(steps(args.int(0), args.int(1), args.int(2))),
  ),
  define('seq NUMBER...', 'int...', 'A row of whole numbers with blanks between them, as the shell command writes it.', (args) => sequence(args.all.map(toInteger))),
];

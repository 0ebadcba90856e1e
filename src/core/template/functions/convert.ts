/** Values as numbers, as spf13/cast v1.7.0 converts them: what cannot be converted is 0. */
import { parseFloat64, parseInt64 } from '../parse/numbers.js';
import type { Maybe } from '../values.js';

const minInt64 = -(2n ** 63n);

/** Go's int64(f): what does not fit is the smallest number, as on amd64. */
export function truncateFloat(value: number): bigint {
  if (!Number.isFinite(value)) return minInt64;
  const whole = BigInt(Math.trunc(value));
  return whole > 2n ** 63n - 1n || whole < minInt64 ? minInt64 : whole;
}

/** The text without a fraction of zeros: `8.00` is `8`. */
function withoutZeroFraction(text: string): string {
  return text.replace(/\.0+$/, '');
}

/** cast.ToInt64, which ToInt equals on 64 bits. */
export function toInteger(value: Maybe): bigint {
  switch (value?.kind) {
    case 'int':
      return value.value;
    case 'float':
      return truncateFloat(value.value);
    case 'bool':
      return value.value ? 1n : 0n;
    case 'string':
      return parseInt64(withoutZeroFraction(value.text)) ?? 0n;
    default:
      return 0n;
  }
}

/** cast.ToFloat64. */
export function toFloat(value: Maybe): number {
  switch (value?.kind) {
    case 'int':
      return Number(value.value);
    case 'float':
      return value.value;
    case 'bool':
      return value.value ? 1 : 0;
    case 'string':
      return parseFloat64(value.text) ?? 0;
    default:
      return 0;
  }
}

/**
 * Moments in Go's layouts (`2006-01-02T15:04:05Z07:00`) and durations in Go's words (Go 1.26 time/format.go, time.go).
 * Zones are offsets: UTC, and what a text names; the local zone counts as UTC, as on a build machine.
 */
import { toBytes } from './goText.js';
import { Time } from './values.js';

const second = 1_000_000_000n;
export const utc = { name: 'UTC', offsetSeconds: 0 } as const;

const months = 'January February March April May June July August September October November December'.split(' ');
const weekdays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  readonly weekday: number;
  readonly yearDay: number;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** Days since 1970 of a date. */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

function civilOf({ nanoseconds, zone }: Time): Civil {
  const local = nanoseconds + BigInt(zone.offsetSeconds) * second;
  const days = floorDivide(local, 86400n * second);
  const rest = local - days * 86400n * second;
  const shifted = Number(days) + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const seconds = Number(rest / second);
  return {
    year,
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    nanosecond: Number(rest % second),
    weekday: (((Number(days) + 4) % 7) + 7) % 7,
    yearDay: Number(days) - daysOf(year, 1, 1) + 1,
  };
}

/** The pieces of a layout, longest first where one begins another. */
const layoutPieces =
  /January|Jan|Monday|Mon(?![a-z])|MST|002|01|02|03|04|05|06|2006|-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07|15|PM|pm|_2006|_2|__2|[.,]0+(?![0-9])|[.,]9+(?![0-9])|1|2|3|4|5/g;

function two(value: number): string {
  return value.toString().padStart(2, '0');
}

/** A moment in a layout. */
export function formatTime(time: Time, layout: string): string {
  const civil = civilOf(time);
  return layout.replace(layoutPieces, (piece) => formatPiece(piece, civil, time));
}

function formatPiece(piece: string, civil: Civil, time: Time): string {
  const hour12 = civil.hour % 12 === 0 ? 12 : civil.hour % 12;
  switch (piece) {
    case 'January':
      return months[civil.month - 1] ?? '';
    case 'Jan':
      return (months[civil.month - 1] ?? '').slice(0, 3);
    case 'Monday':
      return weekdays[civil.weekday] ?? '';
    case 'Mon':
      return (weekdays[civil.weekday] ?? '').slice(0, 3);
    case '2006':
      return civil.year < 0 ? `-${(-civil.year).toString().padStart(4, '0')}` : civil.year.toString().padStart(4, '0');
    case '_2006':
      return `_${civil.year.toString().padStart(4, '0')}`;
    case '06':
      return two(((civil.year % 100) + 100) % 100);
    case '01':
      return two(civil.month);
    case '1':
      return civil.month.toString();
    case '02':
      return two(civil.day);
    case '2':
      return civil.day.toString();
    case '_2':
      return civil.day.toString().padStart(2, ' ');
    case '002':
      return civil.yearDay.toString().padStart(3, '0');
    case '__2':
      return civil.yearDay.toString().padStart(3, ' ');
    case '15':
      return two(civil.hour);
    case '03':
      return two(hour12);
    case '3':
      return hour12.toString();
    case '04':
      return two(civil.minute);
    case '4':
      return civil.minute.toString();
    case '05':
      return two(civil.second);
    case '5':
      return civil.second.toString();
    case 'PM':
      return civil.hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return civil.hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return time.zone.name === '' ? offsetText('-0700', time.zone.offsetSeconds) : time.zone.name;
  }
  if (/^[Z-]/.test(piece)) return offsetText(piece, time.zone.offsetSeconds);
  const digits = civil.nanosecond
    .toString()
    .padStart(9, '0')
    .slice(0, piece.length - 1);
  if (piece.charAt(1) === '0') return piece.charAt(0) + digits.padEnd(piece.length - 1, '0');
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : piece.charAt(0) + trimmed;
}

function offsetText(piece: string, offset: number): string {
  if (piece.startsWith('Z') && offset === 0) return 'Z';
  const sign = offset < 0 ? '-' : '+';
  const magnitude = Math.abs(offset);
  const colon = piece.includes(':') ? ':' : '';
  const hours = two(Math.floor(magnitude / 3600));
  const minutes = two(Math.floor(magnitude / 60) % 60);
  const length = piece.replace(/[^0-9]/g, '').length;
  if (length === 2) return sign + hours;
  return sign + hours + colon + minutes + (length === 6 ? colon + two(magnitude % 60) : '');
}

/** The moment that a text says in a layout, or Go's words for why there is none. */
export function parseTime(layout: string, text: string): Time | string {
  const parts = {
    year: 0,
    month: undefined as number | undefined,
    day: undefined as number | undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    isAfternoon: undefined as boolean | undefined,
    offset: undefined as number | undefined,
    zone: '',
    yearDay: undefined as number | undefined,
  };
  const fail = (value: string, element: string): string => `parsing time ${quoted(text)} as ${quoted(layout)}: cannot parse ${quoted(value)} as ${quoted(element)}`;
  let at = 0;
  let layoutAt = 0;
  const pieces = [...layout.matchAll(layoutPieces)];
  for (const match of [...pieces, undefined]) {
    const literal = layout.slice(layoutAt, match?.index ?? layout.length);
    const skipped = skipLiteral(text, at, literal);
    if (skipped.isWrong) return fail(text.slice(skipped.at), literal);
    ({ at } = skipped);
    if (!match) break;
    const [piece] = match;
    layoutAt = match.index + piece.length;
    const pattern = parsePattern(piece);
    const found = pattern.exec(text.slice(at));
    if (!found) return fail(text.slice(at), piece);
    const [value] = found;
    at += value.length;
    const wrong = setPart(parts, piece, value);
    if (wrong !== undefined) return `parsing time ${quoted(text)}: ${wrong} out of range`;
    if ((piece === '05' || piece === '5') && !/[.,][09]/.test(layout.charAt(layoutAt) + layout.charAt(layoutAt + 1))) {
      const fraction = /^[.,][0-9]+/.exec(text.slice(at));
      if (fraction) {
        parts.nanosecond = Number(fraction[0].slice(1, 10).padEnd(9, '0'));
        at += fraction[0].length;
      }
    }
  }
  if (at < text.length) return `parsing time ${quoted(text)}: extra text: ${quoted(text.slice(at))}`;
  if (parts.isAfternoon === true && parts.hour < 12) parts.hour += 12;
  if (parts.isAfternoon === false && parts.hour === 12) parts.hour = 0;
  const wrongDay = parts.yearDay === undefined ? undefined : setYearDay(parts, parts.yearDay);
  if (wrongDay !== undefined) return `parsing time ${quoted(text)}: day-of-year ${wrongDay}`;
  parts.month ??= 1;
  parts.day ??= 1;
  const days = daysOf(parts.year, parts.month, parts.day);
  const monthDays = daysOf(parts.month === 12 ? parts.year + 1 : parts.year, (parts.month % 12) + 1, 1) - daysOf(parts.year, parts.month, 1);
  if (parts.day < 1 || parts.day > monthDays) return `parsing time ${quoted(text)}: day out of range`;
  const offset = parts.offset ?? 0;
  const seconds = BigInt(days) * 86400n + BigInt(parts.hour * 3600 + parts.minute * 60 + parts.second - offset);
  const zone =
    parts.offset === undefined || (offset === 0 && parts.zone === '')
      ? parts.zone === '' || parts.zone === 'UTC'
        ? utc
        : { name: parts.zone, offsetSeconds: 0 }
      : { name: parts.zone, offsetSeconds: offset };
  return new Time(seconds * second + BigInt(parts.nanosecond), zone);
}

/** Goes over a layout's own text: a blank in it stands for any number of blanks (time.skip). */
function skipLiteral(text: string, from: number, literal: string): { readonly at: number; readonly isWrong: boolean } {
  let at = from;
  for (let next = 0; next < literal.length; next++) {
    const char = literal.charAt(next);
    if (char !== ' ') {
      if (text.charAt(at) !== char) return { at, isWrong: true };
      at++;
      continue;
    }
    if (at < text.length && text.charAt(at) !== ' ') return { at, isWrong: true };
    while (literal.charAt(next + 1) === ' ') next++;
    while (text.charAt(at) === ' ') at++;
  }
  return { at, isWrong: false };
}

/** Month and day by the day of the year; what is wrong with it otherwise. */
function setYearDay(parts: Parts, yearDay: number): string | undefined {
  const first = daysOf(parts.year, 1, 1);
  if (yearDay < 1 || yearDay > daysOf(parts.year + 1, 1, 1) - first) return 'out of range';
  let month = 12;
  while (daysOf(parts.year, month, 1) - first >= yearDay) month--;
  const day = yearDay - (daysOf(parts.year, month, 1) - first);
  if (parts.month !== undefined && parts.month !== month) return 'does not match month';
  if (parts.day !== undefined && parts.day !== day) return 'does not match day';
  Object.assign(parts, { month, day });
  return undefined;
}

/** The time package's own quotes: what is not ASCII as bytes. */
function quoted(text: string): string {
  return `"${Array.from(toBytes(text), (byte) => (byte >= 0x80 || byte < 0x20 ? `\\x${byte.toString(16).padStart(2, '0')}` : byte === 0x22 || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : String.fromCharCode(byte))).join('')}"`;
}

function parsePattern(piece: string): RegExp {
  switch (piece) {
    case 'January':
      return new RegExp(`^(?:${months.join('|')})`, 'i');
    case 'Jan':
      return new RegExp(`^(?:${months.map((month) => month.slice(0, 3)).join('|')})`, 'i');
    case 'Monday':
      return new RegExp(`^(?:${weekdays.join('|')})`, 'i');
    case 'Mon':
      return new RegExp(`^(?:${weekdays.map((day) => day.slice(0, 3)).join('|')})`, 'i');
    case '2006':
      return /^[0-9]{4}/;
    case '06':
      return /^(?:[0-9]{2}|[-+][0-9])/;
    case '_2006':
      return /^_[0-9]{4}/;
    case '002':
      return /^[0-9]{3}/;
    case '_2':
      return /^ ?[0-9]{1,2}/;
    case '__2':
      return /^ {0,2}[0-9]{1,3}/;
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
      return /^[0-9]{1,2}/;
    case 'PM':
      return /^(?:AM|PM)/;
    case 'pm':
      return /^(?:am|pm)/;
    case 'MST':
      return /^(?:[A-Z]{3,5}|[-+][0-9]{2})/;
  }
  if (/^[.,]9/.test(piece)) return /^(?:[.,][0-9]+)?/;
  if (/^[.,]0/.test(piece)) return new RegExp(`^[.,][0-9]{${piece.length - 1}}`);
  if (/^[Z-]/.test(piece)) {
    const digits = piece.replace(/[^0-9]/g, '').length / 2;
    const body = `[-+][0-9]{2}${(piece.includes(':') ? ':[0-9]{2}' : '[0-9]{2}').repeat(digits - 1)}`;
    return new RegExp(piece.startsWith('Z') ? `^(?:Z|${body})` : `^${body}`);
  }
  return /^[0-9]{2}/;
}

interface Parts {
  year: number;
  month: number | undefined;
  day: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  isAfternoon: boolean | undefined;
  offset: number | undefined;
  zone: string;
  yearDay: number | undefined;
}

/** Notes a part; the name of the part where it is out of its range. */
function setPart(parts: Parts, piece: string, value: string): string | undefined {
  const number = Number(value.trim());
  const monthNumber = (): number => months.findIndex((month) => month.slice(0, 3).toLowerCase() === value.slice(0, 3).toLowerCase()) + 1;
  switch (piece) {
    case '2006':
      parts.year = number;
      return undefined;
    case '_2006':
      parts.year = Number(value.slice(1));
      return undefined;
    case '06':
      parts.year = number >= 69 ? 1900 + number : 2000 + number;
      return undefined;
    case 'January':
    case 'Jan':
      parts.month = monthNumber();
      return undefined;
    case '01':
    case '1':
      parts.month = number;
      return number < 1 || number > 12 ? 'month' : undefined;
    case '02':
    case '2':
    case '_2':
      parts.day = number;
      return undefined;
    case '__2':
    case '002':
      parts.yearDay = number;
      return undefined;
    case '15':
      parts.hour = number;
      return number > 23 ? 'hour' : undefined;
    case '03':
    case '3':
      parts.hour = number;
      return number > 12 ? 'hour' : undefined;
    case '04':
    case '4':
      parts.minute = number;
      return number > 59 ? 'minute' : undefined;
    case '05':
    case '5':
      parts.second = number;
      return number > 59 ? 'second' : undefined;
    case 'PM':
    case 'pm':
      parts.isAfternoon = value.toUpperCase() === 'PM';
      return undefined;
    case 'MST':
      parts.zone = value;
      return undefined;
  }
  if (/^[.,]/.test(piece)) parts.nanosecond = value === '' ? 0 : Number(value.slice(1, 10).padEnd(9, '0'));
  else if (value === 'Z') parts.offset = 0;
  else if (/^[Z-]/.test(piece)) {
    const digits = value.replace(/[^0-9]/g, '').padEnd(6, '0');
    parts.offset = (Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4)) * 60 + Number(digits.slice(4, 6))) * (value.startsWith('-') ? -1 : 1);
  }
  return undefined;
}

/** A duration in nanoseconds as Go writes it: `1h2m3.5s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = (value: bigint, unit: bigint): string => {
    const digits = (value % unit)
      .toString()
      .padStart(unit.toString().length - 1, '0')
      .replace(/0+$/, '');
    return `${value / unit}${digits === '' ? '' : `.${digits}`}`;
  };
  if (magnitude < 1000n) return `${sign}${magnitude}ns`;
  if (magnitude < 1_000_000n) return `${sign}${fraction(magnitude, 1000n)}µs`;
  if (magnitude < second) return `${sign}${fraction(magnitude, 1_000_000n)}ms`;
  const minutes = magnitude / (60n * second);
  const seconds = `${fraction(magnitude % (60n * second), second)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60n}m${seconds}`;
}

const unitLengths: Readonly<Record<string, bigint>> = { ns: 1n, us: 1000n, µs: 1000n, μs: 1000n, ms: 1_000_000n, s: second, m: 60n * second, h: 3600n * second };

/** The nanoseconds of a duration, or Go's words for why it is none (time.ParseDuration). */
export function parseDuration(text: string): bigint | string {
  const invalid = `time: invalid duration ${quoted(text)}`;
  const [, sign = '', body = ''] = /^([-+]?)([^]*)$/.exec(text) ?? [];
  if (body === '0') return 0n;
  if (body === '') return invalid;
  let total = 0n;
  for (let at = 0; at < body.length;) {
    const number = /^(\d*)(?:\.(\d*))?/.exec(body.slice(at));
    const [whole = '', digits = '', fraction = ''] = number ?? [];
    if (digits === '' && fraction === '') return invalid;
    at += whole.length;
    const unit = /^[^.\d]*/.exec(body.slice(at))?.[0] ?? '';
    if (unit === '') return `time: missing unit in duration ${quoted(text)}`;
    const length = Object.hasOwn(unitLengths, unit) ? unitLengths[unit] : undefined;
    if (length === undefined) return `time: unknown unit ${quoted(unit)} in duration ${quoted(text)}`;
    at += unit.length;
    total += BigInt(digits === '' ? '0' : digits) * length;
    if (fraction !== '') total += (BigInt(fraction) * length) / 10n ** BigInt(fraction.length);
    if (total > 2n ** 63n) return invalid;
  }
  if (sign === '-') return -total;
  return total > 2n ** 63n - 1n ? invalid : total;
}

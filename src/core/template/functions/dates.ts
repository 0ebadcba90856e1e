/** sprig's functions on dates (Masterminds/sprig v3.3.0 date.go). The clock is the rendering's; zones besides UTC are not known. */
import { generatedText } from '../spans.js';
import { formatDuration, formatTime, parseDuration, parseTime, utc } from '../time.js';
import { Failure, Text, Time, type Maybe, type TemplateFunction } from '../values.js';
import { define } from './define.js';

const second = 1_000_000_000n;

function momentOf(value: Maybe, now: bigint): Time {
  if (value?.kind === 'time') return value;
  if (value?.kind === 'int' && (value.goType === 'int' || value.goType === 'int64' || value.goType === 'int32')) return new Time(value.value * second, utc);
  return new Time(now, utc, true);
}

/** A zone at a moment, by its name in the time zone database; UTC for what is none, as sprig has it. Its short name is left empty. */
function zoneAt(zone: string, { nanoseconds }: Time): Time['zone'] {
  if (['Local', 'UTC', ''].includes(zone)) return utc;
  if (zone === 'GMT') return { name: 'GMT', offsetSeconds: 0 };
  if (!/^[A-Za-z]/.test(zone)) return utc;
  const milliseconds = Number(nanoseconds / 1_000_000n);
  let shown: string;
  try {
    shown = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(milliseconds).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  } catch (error) {
    // a name that is no zone, or a moment beyond what the calendar holds
    if (!(error instanceof RangeError)) throw error;
    return utc;
  }
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = /GMT([-+])(\d+):(\d+)(?::(\d+))?/.exec(shown) ?? [];
  return { name: '', offsetSeconds: (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * (sign === '-' ? -1 : 1) };
}

function format(layout: string, value: Maybe, now: bigint, zone: string): Text | Failure {
  const time = momentOf(value, now);
  const offset = zoneAt(zone, time);
  if (offset.name === '' && layout.includes('MST')) return new Failure(`the short name of the time zone ${zone} is not known in previews; use -0700`, undefined, true);
  const text = formatTime(new Time(time.nanoseconds, offset), layout);
  return time.isGenerated ? generatedText(text) : new Text(text);
}

const year = 24n * 365n * 3600n * second;
const units: readonly (readonly [bigint, string])[] = [
  [year, 'y'],
  [24n * 30n * 3600n * second, 'mo'],
  [24n * 3600n * second, 'd'],
  [3600n * second, 'h'],
  [60n * second, 'm'],
  [second, 's'],
];

function roundDuration(duration: bigint): string {
  const magnitude = duration < 0n ? -duration : duration;
  const unit = units.find(([length]) => magnitude > length);
  return unit ? `${magnitude / unit[0]}${unit[1]}` : '0s';
}

function modify(change: string, time: Maybe): Maybe | Failure {
  const duration = parseDuration(change);
  if (time?.kind !== 'time') return time;
  if (typeof duration === 'string') return new Failure(duration);
  return new Time(time.nanoseconds + duration, time.zone, time.isGenerated);
}

/** time.Time{}: what is given where a text is no date. */
const zeroTime = new Time(-62135596800n * second, utc);

function named(names: readonly string[], signature: string, types: string, summary: string, answer: Parameters<typeof define>[3]): readonly TemplateFunction[] {
  return names.map((name) => define(`${name} ${signature}`, types, summary, answer));
}

/** sprig's functions on dates. */
export const dateFunctions: readonly TemplateFunction[] = [
  define('now', '', 'The present moment.', (args) => new Time(args.context.now, utc, true)),
  define('date LAYOUT DATE', 'string any', 'A date in a layout, such as 2006-01-02.', (args) => format(args.string(0), args.at(1), args.context.now, 'Local')),
  ...named(['dateInZone', 'date_in_zone'], 'LAYOUT DATE ZONE', 'string any string', 'A date in a layout and a time zone.', (args) =>
    format(args.string(0), args.at(1), args.context.now, args.string(2)),
  ),
  define('htmlDate DATE', 'any', 'A date as 2006-01-02.', (args) => format('2006-01-02', args.at(0), args.context.now, 'Local')),
  define('htmlDateInZone DATE ZONE', 'any string', 'A date as 2006-01-02 in a time zone.', (args) => format('2006-01-02', args.at(0), args.context.now, args.string(1))),
  ...named(['dateModify', 'date_modify'], 'DURATION DATE', 'string time', 'A moment that is a duration later.', (args) => {
    const changed = modify(args.string(0), args.at(1));
    return changed instanceof Failure ? args.at(1) : changed;
  }),
  ...named(['mustDateModify', 'must_date_modify'], 'DURATION DATE', 'string time', 'A moment that is a duration later, or a failure.', (args) =>
    modify(args.string(0), args.at(1)),
  ),
  define('ago DATE', 'any', 'How long ago a moment was.', (args) => {
    const passed = args.context.now - momentOf(args.at(0), args.context.now).nanoseconds;
    const sign = passed < 0n ? -1n : 1n;
    const rounded = ((passed * sign + second / 2n) / second) * second * sign;
    return generatedText(formatDuration(rounded));
  }),
  define('duration SECONDS', 'any', 'A number of seconds in words, such as 1m30s.', (args) => {
    const value = args.at(0);
    if (value?.kind === 'string') return new Text(formatDuration(/^[-+]?[0-9]{1,18}$/.test(value.text) ? BigInt(value.text.replace('+', '')) * second : 0n));
    return new Text(formatDuration(value?.kind === 'int' && value.goType === 'int64' ? value.value * second : 0n));
  }),
  define('durationRound DURATION', 'any', 'A duration in its largest unit, such as 2h.', (args) => {
    const value = args.at(0);
    if (value?.kind === 'string') {
      const duration = parseDuration(value.text);
      return new Text(roundDuration(typeof duration === 'string' ? 0n : duration));
    }
    if (value?.kind === 'int') return new Text(roundDuration(value.goType === 'int64' ? value.value : 0n));
    return value?.kind === 'time' ? generatedText(roundDuration(args.context.now - value.nanoseconds)) : new Text('0s');
  }),
  define('toDate LAYOUT TEXT', 'string string', 'The date that a text says in a layout.', (args) => {
    const time = parseTime(args.string(0), args.string(1));
    return typeof time === 'string' ? zeroTime : time;
  }),
  define('mustToDate LAYOUT TEXT', 'string string', 'The date that a text says in a layout, or a failure.', (args) => {
    const time = parseTime(args.string(0), args.string(1));
    return typeof time === 'string' ? new Failure(time) : time;
  }),
  define('unixEpoch DATE', 'time', 'The seconds since 1970 of a date.', (args) => {
    const time = args.at(0);
    const whole = time?.kind === 'time' ? time.nanoseconds : 0n;
    const seconds = (whole - BigInt.asUintN(64, ((whole % second) + second) % second)) / second;
    return time?.kind === 'time' && time.isGenerated ? generatedText(seconds.toString()) : new Text(seconds.toString());
  }),
];

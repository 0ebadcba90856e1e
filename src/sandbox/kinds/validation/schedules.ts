/** When a CronJob runs: five fields of a schedule and a time zone (github.com/robfig/cron v3.0.1, parser.go). */
import type { JsonObject } from '../../../core/live/json.js';
import { stringAt } from '../../../core/live/readFields.js';
import type { Errors } from './checks.js';
import { invalid, required } from './fieldErrors.js';

interface Range {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const ranges: readonly Range[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: ['', ...months] },
  { least: 0, most: 6, names: days },
];
const words = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/;

export function checkSchedule(spec: JsonObject): Errors {
  const schedule = stringAt(spec, 'schedule');
  const zone = spec['timeZone'];
  const own: Errors[number][] = [];
  if (schedule === '') own.push(required('spec.schedule'));
  else if (schedule.includes('TZ')) own.push(invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  else own.push(...faultsOf(schedule).map((fault) => invalid('spec.schedule', schedule, fault)));
  if (zone === '') own.push(invalid('spec.timeZone', '', 'timeZone must be nil or non-empty string'));
  else if (typeof zone === 'string' && !isZone(zone)) own.push(invalid('spec.timeZone', zone, `unknown time zone ${zone}`));
  return own;
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The first fault of a schedule. */
function faultsOf(schedule: string): readonly string[] {
  if (schedule.startsWith('@')) {
    const isKnown = words.test(schedule) || /^@every (\d+(\.\d+)?(h|m|s|ms|us|ns))+$/.test(schedule);
    return isKnown ? [] : [`unrecognized descriptor: ${schedule}`];
  }
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== 5) return [`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`];
  for (const [index, field] of fields.entries()) {
    const range = ranges[index];
    const fault =
      range &&
      field
        .split(',')
        .map((part) => faultOf(part, range))
        .find((each) => each !== undefined);
    if (fault !== undefined) return [fault];
  }
  return [];
}

function faultOf(part: string, range: Range): string | undefined {
  const [values = '', step, ...more] = part.split('/');
  if (more.length > 0) return `too many slashes: ${part}`;
  const [start = '', end, ...others] = values.split('-');
  if (others.length > 0) return `too many hyphens: ${part}`;
  const isAll = start === '*' || start === '?';
  const [first, last] = isAll ? [range.least, range.most] : [numberOf(start, range), end === undefined ? numberOf(start, range) : numberOf(end, range)];
  if (first === undefined || last === undefined)
    return `failed to parse int from ${first === undefined ? start : (end ?? '')}: strconv.Atoi: parsing ${JSON.stringify(first === undefined ? start : end)}: invalid syntax`;
  const top = step !== undefined && end === undefined && !isAll ? range.most : last;
  if (first < range.least) return `beginning of range (${first}) below minimum (${range.least}): ${part}`;
  if (top > range.most) return `end of range (${top}) above maximum (${range.most}): ${part}`;
  if (first > top) return `beginning of range (${first}) beyond end of range (${top}): ${part}`;
  if (step === undefined) return undefined;
  if (!/^\d+$/.test(step)) return `failed to parse int from ${step}: strconv.Atoi: parsing ${JSON.stringify(step)}: invalid syntax`;
  return Number(step) === 0 ? `step of range should be a positive number: ${part}` : undefined;
}

function numberOf(text: string, { names }: Range): number | undefined {
  const index = names.indexOf(text.toLowerCase());
  if (index >= 0 && text !== '') return index;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * The record of deliveries that an environment's ApplySet parent keeps: who brought which revision when, and how it went.
 * As JSON in one field, latest first, bounded. What can't be read of it counts as not there.
 */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../live/json.js';
import type { SyncedAction, SyncResult, SyncRun } from './syncRun.js';

/** `running` of a sync that is over was interrupted: nobody was left to write its end. */
export type DeliveryResult = SyncResult | 'running' | 'interrupted';

export interface DeliveryRecord {
  /** Tells runs apart. */
  readonly run: string;
  readonly revision: string;
  readonly user: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Undefined while it runs. */
  readonly finishedAt: string | undefined;
  readonly result: DeliveryResult;
  readonly message: string;
  readonly counts: Readonly<Partial<Record<SyncedAction, number>>>;
}

/** The field of the parent's `data`. */
export const recordField = 'deliveries.json';
/** How many are kept. */
export const recordLimit = 20;
const messageLimit = 300;

/** The record as a field's text has it, latest first. */
export function readRecords(text: string | undefined): readonly DeliveryRecord[] {
  const list = text === undefined ? undefined : parse(text);
  return isList(list) ? list.flatMap((item) => readRecord(item) ?? []) : [];
}

/** The other way. */
export function formatRecords(records: readonly DeliveryRecord[]): string {
  return JSON.stringify(records);
}

/** The record with a sync that begins. One that still counted as running was interrupted. */
export function beginRecord(records: readonly DeliveryRecord[], begun: Pick<DeliveryRecord, 'run' | 'revision' | 'user' | 'startedAt'>): readonly DeliveryRecord[] {
  const earlier = records.map((record) =>
    record.result === 'running' ? ({ ...record, result: 'interrupted', message: 'It was interrupted; the next sync went on with it.' } as const) : record,
  );
  return [{ ...begun, finishedAt: undefined, result: 'running' as const, message: '', counts: {} }, ...earlier].slice(0, recordLimit);
}

/** The record with the end of a sync. */
export function finishRecord(
  records: readonly DeliveryRecord[],
  run: string,
  { result, message, finishedAt, objects }: Pick<SyncRun, 'result' | 'message' | 'finishedAt' | 'objects'>,
): readonly DeliveryRecord[] {
  const counts: Partial<Record<SyncedAction, number>> = {};
  for (const { action } of objects) counts[action] = (counts[action] ?? 0) + 1;
  return records.map((record) => (record.run === run ? { ...record, result, message: message.slice(0, messageLimit), finishedAt, counts } : record));
}

/** The delivery to go back to: the latest good one of another revision than the latest delivery's; undefined where there is none. */
export function undoTarget(records: readonly DeliveryRecord[]): DeliveryRecord | undefined {
  const [latest, ...earlier] = records;
  return latest && earlier.find(({ result, revision }) => result === 'done' && revision !== latest.revision && revision !== '');
}

/** The latest delivery that went well; undefined where there is none. */
export function lastGood(records: readonly DeliveryRecord[]): DeliveryRecord | undefined {
  return records.find(({ result }) => result === 'done');
}

function readRecord(item: JsonValue): DeliveryRecord | undefined {
  if (!isJsonObject(item)) return undefined;
  const { result, finishedAt, counts } = item;
  if (typeof result !== 'string' || !isResult(result)) return undefined;
  return {
    run: textOf(item, 'run'),
    revision: textOf(item, 'revision'),
    user: textOf(item, 'user'),
    startedAt: textOf(item, 'startedAt'),
    finishedAt: typeof finishedAt === 'string' ? finishedAt : undefined,
    result,
    message: textOf(item, 'message'),
    counts: isJsonObject(counts) ? Object.fromEntries(Object.entries(counts).filter(([, count]) => typeof count === 'number')) : {},
  };
}

function isResult(text: string): text is DeliveryResult {
  return text === 'done' || text === 'failed' || text === 'cancelled' || text === 'running' || text === 'interrupted';
}

function textOf(item: JsonObject, field: string): string {
  const value = item[field];
  return typeof value === 'string' ? value : '';
}

function parse(text: string): JsonValue | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What JSON.parse gives is JSON. */
function isJson(value: unknown): value is JsonValue {
  return value !== undefined;
}

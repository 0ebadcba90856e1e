/**
 * One declared object against what is live: from an answer (a server's prediction, ours, or a refusal) to its drift.
 * Nothing is asked here.
 */
import { ownersAmong, readOwners, type OwnedFields } from '../live/fieldOwners.js';
import { valueAt } from '../live/fieldPath.js';
import type { Health } from '../live/health.js';
import { isJsonObject, isList, jsonEquals, type JsonObject } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';
import { leaveFields } from '../live/editFields.js';
import { formatFieldPath } from '../objects/compare.js';
import { generatedFields } from '../objects/generatedFields.js';
import type { RenderedObject } from '../objects/rendering.js';
import { isSecretObject, isSecretPath } from '../objects/secretFields.js';
import { declaringNode, type DesiredObject } from './desired.js';
import { diffObjects, type FieldDifference } from './diffValues.js';
import type { DriftMethod, FieldDrift, FieldState, Forecast, IgnoredField, ObjectDrift, ObjectState } from './drift.js';
import { forecastField, forecastMissing, type Outlook } from './forecast.js';
import { wholeIgnore, type IgnoreRule } from './ignoreRules.js';
import type { Leftover } from './leftovers.js';

/** What is known of what a sync would leave. */
export interface Prediction {
  readonly method: DriftMethod;
  /** Why it isn't the server's answer; empty where it is. */
  readonly reason: string;
  /** What a sync leaves, without what it removes. */
  readonly object: LiveObject;
  /** Fields that others set and that git doesn't say; defaults are none. */
  readonly foreign: readonly Leftover[];
}

export interface ComparisonContext {
  readonly outlook: Outlook;
  readonly rules: readonly IgnoreRule[];
  readonly healthOf: (live: LiveObject) => Health | undefined;
}

const nothing: Forecast = { outcome: 'kept', message: '' };

/** What a chart makes up anew with each rendering says nothing about what is live. */
function rulesOfGenerated({ root }: RenderedObject): readonly IgnoreRule[] {
  const paths = generatedFields(root);
  if (paths.length === 0) return [];
  return [{ reason: 'the chart makes it up anew with each rendering', matches: () => true, strip: (side) => leaveFields(side, paths) }];
}

/** The drift of an object that is live. */
export function compareObject(desired: DesiredObject, live: LiveObject, prediction: Prediction, context: ComparisonContext): ObjectDrift {
  const { outlook, rules } = context;
  const shared = { id: desired.id, method: prediction.method, desired: desired.rendered, live, predicted: prediction.object, health: context.healthOf(live) };
  const whole = wholeIgnore(live, desired.manifest);
  if (whole !== undefined) return { ...shared, state: 'in-sync', reason: '', fields: [], ignored: [{ path: [], reason: `left alone: ${whole}` }], forecast: nothing };
  const differences = diffObjects(prediction.object, live);
  const mine = [...rules.filter((rule) => rule.matches(desired.id, live)), ...rulesOfGenerated(desired.rendered)];
  const { kept, ignored } = differences.length > 0 || prediction.foreign.length > 0 ? leaveOut(differences, prediction, live, mine) : { kept: differences, ignored: [] };
  const problems = mine.flatMap(({ problem }) => (problem === undefined ? [] : [{ path: [], reason: problem }]));
  const owners = readOwners(live);
  const one: Case = { desired, live, owners, outlook };
  const hidden = new Set(ignored.map(({ path }) => formatFieldPath(path)));
  const changed = kept.map((difference) => describeField(difference, stateOf(difference), one));
  const foreign = prediction.foreign.filter(({ path }) => !hidden.has(formatFieldPath(path))).map((leftover) => describeForeign(leftover, one));
  const fields = [...changed, ...foreign];
  const state: ObjectState = changed.length > 0 ? 'changed' : foreign.length > 0 ? 'foreign' : 'in-sync';
  return { ...shared, state, reason: prediction.reason, fields, ignored: [...ignored, ...problems], forecast: worstOf(fields) };
}

interface Case {
  readonly desired: DesiredObject;
  readonly live: LiveObject;
  readonly owners: readonly OwnedFields[];
  readonly outlook: Outlook;
}

/** Takes away rule by rule what is to be left out, and notes which differences went with which. */
function leaveOut(
  differences: readonly FieldDifference[],
  { object, foreign }: Prediction,
  live: LiveObject,
  rules: readonly IgnoreRule[],
): { readonly kept: readonly FieldDifference[]; readonly ignored: readonly IgnoredField[] } {
  let kept = differences;
  let [desiredSide, liveSide]: [JsonObject, JsonObject] = [object, live];
  const ignored: IgnoredField[] = [];
  for (const rule of rules) {
    const [nextDesired, nextLive] = [rule.strip(desiredSide, live), rule.strip(liveSide, live)];
    const next = diffObjects(nextDesired, nextLive);
    const left = new Set(next.map(({ path }) => formatFieldPath(path)));
    for (const { path } of kept) if (!left.has(formatFieldPath(path))) ignored.push({ path, reason: rule.reason });
    for (const { path } of foreign) if (valueAt(liveSide, path) !== undefined && valueAt(nextLive, path) === undefined) ignored.push({ path, reason: rule.reason });
    [kept, desiredSide, liveSide] = [next, nextDesired, nextLive];
  }
  return { kept, ignored };
}

function stateOf({ desired, live }: FieldDifference): FieldState {
  return desired === undefined ? 'removed' : live === undefined ? 'missing' : 'changed';
}

function describeField({ path, desired: wanted, live: there }: FieldDifference, state: FieldState, { desired, live, owners, outlook }: Case): FieldDrift {
  const owner = there === undefined ? undefined : ownersAmong(owners, live, path)[0];
  return {
    path,
    state,
    desired: wanted,
    live: there,
    declaredBy: declaringNode(desired, path),
    owner,
    forecast: forecastField(state, owner?.manager ?? '', outlook),
    isSecret: isSecretObject(desired.id) && isSecretPath(path),
  };
}

function describeForeign({ path, value, owner }: Leftover, { desired, outlook }: Case): FieldDrift {
  return {
    path,
    state: 'foreign',
    desired: undefined,
    live: value,
    declaredBy: declaringNode(desired, path),
    owner,
    forecast: forecastField('foreign', owner?.manager ?? '', outlook),
    isSecret: isSecretObject(desired.id) && isSecretPath(path),
  };
}

/** What happens to an object as a whole is what happens to the first of its fields that isn't left. */
function worstOf(fields: readonly FieldDrift[]): Forecast {
  return fields.find(({ forecast }) => forecast.outcome !== 'kept')?.forecast ?? fields[0]?.forecast ?? nothing;
}

/** A declared object that isn't there. @param reason what else is known of it, such as that its kind comes with it */
export function missingObject(desired: DesiredObject, predicted: LiveObject | undefined, method: DriftMethod, reason: string, { outlook }: ComparisonContext): ObjectDrift {
  return {
    id: desired.id,
    state: 'missing',
    reason,
    method,
    fields: [],
    ignored: [],
    desired: desired.rendered,
    live: undefined,
    predicted,
    health: { status: 'Missing', message: '' },
    forecast: forecastMissing(outlook),
  };
}

/** An object of which it can't be told how it differs. */
export function unknownObject(desired: DesiredObject, live: LiveObject | undefined, method: DriftMethod, reason: string, { healthOf }: ComparisonContext): ObjectDrift {
  return {
    id: desired.id,
    state: 'unknown',
    reason,
    method,
    fields: [],
    ignored: [],
    desired: desired.rendered,
    live,
    predicted: undefined,
    health: live && healthOf(live),
    forecast: { outcome: 'unknown', message: '' },
  };
}

/** The metrics of an autoscaler without doubles and empty ones, which servers before 1.27 answer to a dry run (fluxcd/pkg/ssa/normalize). */
export function withoutDoubleMetrics(predicted: LiveObject, live: LiveObject): LiveObject {
  const spec = predicted['spec'];
  if (predicted.kind !== 'HorizontalPodAutoscaler' || !isJsonObject(spec) || !isList(spec['metrics'])) return predicted;
  const unique: JsonObject[] = [];
  for (const metric of spec['metrics']) {
    if (isJsonObject(metric) && Object.keys(metric).length > 0 && !unique.some((other) => jsonEquals(other, metric))) unique.push(metric);
  }
  const there = live['spec'];
  return unique.length === spec['metrics'].length || !isJsonObject(there) ? predicted : { ...predicted, spec: { ...spec, metrics: unique } };
}

/**
 * What a sync would leave of each live object, asked of the server by dry runs, and kept as long as neither the declared
 * object nor the live one changed. Where it may not be asked, the merge is made here, and the reason is told.
 */
import type { Deployer } from '../core/drift/deployer.js';
import type { Prediction } from '../core/drift/compareObject.js';
import { withoutDoubleMetrics } from '../core/drift/compareObject.js';
import { withMarksOf, type DesiredObject } from '../core/drift/desired.js';
import { findLeftovers, withoutElements, type Leftover } from '../core/drift/leftovers.js';
import { predictHere } from '../core/drift/predictHere.js';
import { valueAtElements } from '../core/live/fieldPath.js';
import { isJsonObject, jsonEquals, type JsonObject } from '../core/live/json.js';
import { liveKey, type LiveObject } from '../core/live/liveObject.js';
import { manifestOf, manifestText } from '../core/live/manifestJson.js';
import type { MapNode } from '../core/yaml/nodes.js';
import type { FieldType } from '../core/objects/objectType.js';
import { isApplied } from '../core/sync/isApplied.js';
import { ClusterFailure } from './failure.js';
import type { Cluster } from './ports.js';

/** What came of asking; `live` is what was compared, which may be newer than what was read. */
export type Answer =
  | { readonly kind: 'predicted'; readonly prediction: Prediction; readonly live: LiveObject }
  /** The object is there, and can't be changed so. */
  | { readonly kind: 'immutable'; readonly prediction: Prediction; readonly live: LiveObject }
  | { readonly kind: 'unknown'; readonly reason: string; readonly method: Prediction['method'] };

export interface Question {
  readonly cluster: Cluster;
  readonly desired: DesiredObject;
  readonly live: LiveObject;
  readonly deployer: Deployer;
  /** The Application that may track by label. */
  readonly application: string | undefined;
  readonly type: FieldType | undefined;
}

interface Kept {
  readonly root: MapNode;
  readonly manager: string;
  readonly live: LiveObject;
  readonly answer: Answer;
}

/** Sends a request when it is its turn. */
export type Run = <T>(work: () => Promise<T>) => Promise<T>;

/** Answers of one cluster. */
export class Predictions {
  readonly #kept = new Map<string, Kept>();

  /** Asks only where the answer isn't known. */
  async ask(question: Question, run: Run, signal: AbortSignal): Promise<Answer> {
    const { desired, live, deployer } = question;
    const key = `${liveKey(desired.id)}@${desired.id.version}`;
    const kept = this.#kept.get(key);
    if (kept?.root === desired.rendered.root && kept.manager === deployer.manager && isSameBut(kept.live, live)) return withStatusOf(kept.answer, live);
    const answer = await askServer(question, run, signal);
    if (answer.kind !== 'unknown') this.#kept.set(key, { root: desired.rendered.root, manager: deployer.manager, live: answer.live, answer });
    return answer;
  }
}

/** Equal but for what a status and its notes are. */
function isSameBut(before: LiveObject, live: LiveObject): boolean {
  if (before === live) return true;
  if (before.metadata.resourceVersion !== undefined && before.metadata.resourceVersion === live.metadata.resourceVersion && before.metadata.uid === live.metadata.uid) return true;
  return jsonEquals(withoutStatus(before), withoutStatus(live));
}

/** The answer for an object that differs from the one it was asked for in its status alone. */
function withStatusOf(answer: Answer, live: LiveObject): Answer {
  if (answer.kind === 'unknown' || answer.live === live) return answer;
  const { prediction } = answer;
  const { status } = live;
  const { status: _old, ...rest } = prediction.object;
  const object: LiveObject = prediction.object === answer.live ? live : { ...rest, ...(status !== undefined && { status }) };
  return { ...answer, live, prediction: { ...prediction, object } };
}

function withoutStatus({ status: _status, metadata, ...rest }: LiveObject): JsonObject {
  const { resourceVersion: _version, managedFields, ...meta } = metadata;
  return { ...rest, metadata: { ...meta, managedFields: managedFields?.filter(({ subresource }) => subresource !== 'status') } };
}

/** How often an object that changes meanwhile is read again. */
const mostRounds = 3;

async function askServer(question: Question, run: Run, signal: AbortSignal): Promise<Answer> {
  const { cluster, desired, deployer, application } = question;
  let { live } = question;
  for (let round = 1; ; round++) {
    const manifest = withMarksOf(desired.manifest, live, application);
    // As it is sent, and as it is written: who applied it may have sent either.
    const asWritten = withMarksOf(manifestOf(desired.rendered), live, application);
    if (isApplied(live, manifest, deployer.manager) || isApplied(live, asWritten, deployer.manager)) return finish({ ...question, live }, live, run, signal);
    try {
      const answer = await run(() => cluster.apply(desired.id, manifestText(manifest), { fieldManager: deployer.manager, force: true, dryRun: true }, signal));
      const isSame = answer.metadata.resourceVersion === live.metadata.resourceVersion && answer.metadata.uid === live.metadata.uid;
      if (isSame || round === mostRounds) return await finish({ ...question, live }, withoutDoubleMetrics(answer, live), run, signal);
      // What was read is older than what the server answered for: controllers write all the time.
      const fresh = await run(() => cluster.get(desired.id, signal));
      if (!fresh) return { kind: 'unknown', reason: 'It was deleted while it was compared.', method: 'server-side-dry-run' };
      live = fresh;
    } catch (error) {
      if (!(error instanceof ClusterFailure)) throw error;
      return afterRefusal({ ...question, live }, manifest, error);
    }
  }
}

/** Finds what an apply doesn't show, and asks once more where there is something: a value that comes back is a default. */
async function finish({ cluster, desired, live, deployer }: Question, predicted: LiveObject, run: Run, signal: AbortSignal): Promise<Answer> {
  const leftovers = findLeftovers(live, predicted, deployer);
  const base = { method: 'server-side-dry-run', reason: '' } as const;
  if (leftovers.length === 0) return { kind: 'predicted', live, prediction: { ...base, object: predicted, foreign: [] } };
  const bare = withoutElements(
    predicted,
    leftovers.map(({ elements }) => elements),
  );
  const refilled = await refill({ cluster, desired, bare, manager: deployer.manager }, run, signal);
  const isDefault = ({ elements, value, isSure }: Leftover): boolean => (refilled ? jsonEquals(valueAtElements(refilled, elements), value) : !isSure);
  const real = leftovers.filter((leftover) => !isDefault(leftover));
  const removed = real.filter(({ kind }) => kind === 'removed').map(({ elements }) => elements);
  const object = withDefaultsOf(withoutElements(predicted, removed), refilled, removed);
  return { kind: 'predicted', live, prediction: { ...base, object, foreign: real.filter(({ kind }) => kind === 'foreign') } };
}

/** What the server fills in where fields are gone; undefined where it doesn't say. */
async function refill(
  { cluster, desired, bare, manager }: { readonly cluster: Cluster; readonly desired: DesiredObject; readonly bare: LiveObject; readonly manager: string },
  run: Run,
  signal: AbortSignal,
): Promise<LiveObject | undefined> {
  const { managedFields: _fields, ...metadata } = bare.metadata;
  let { resourceVersion } = metadata;
  for (let round = 1; ; round++) {
    try {
      const asked = { ...bare, metadata: { ...metadata, ...(resourceVersion !== undefined && { resourceVersion }) } };
      return await run(() => cluster.replace(desired.id, asked, { fieldManager: manager, dryRun: true }, signal));
    } catch (error) {
      if (!(error instanceof ClusterFailure) || error.code === 'cluster/unreachable' || error.code === 'cluster/unauthorized') throw error;
      // A controller has just written the status: the same question, of the object as it is now.
      if (error.code !== 'cluster/conflict' || round === mostRounds) return undefined;
      resourceVersion = (await run(() => cluster.get(desired.id, signal)))?.metadata.resourceVersion;
    }
  }
}

/** Where a removed field gets a default other than what was live, the prediction has that. */
function withDefaultsOf(predicted: LiveObject, refilled: LiveObject | undefined, removed: readonly (readonly string[])[]): LiveObject {
  const hasDefaults = refilled !== undefined && removed.some((elements) => valueAtElements(refilled, elements) !== undefined);
  if (!hasDefaults) return predicted;
  return removed.reduce<LiveObject>((object, elements) => {
    const value = valueAtElements(refilled, elements);
    const names = elements.map((element) => (element.startsWith('f:') ? element.slice(2) : undefined));
    if (value === undefined || names.includes(undefined)) return object;
    const set = (at: JsonObject, [name, ...rest]: readonly (string | undefined)[]): JsonObject => {
      if (name === undefined) return at;
      const inner = at[name];
      return { ...at, [name]: rest.length === 0 ? value : set(isJsonObject(inner) ? inner : {}, rest) };
    };
    return { ...object, ...set(object, names) };
  }, predicted);
}

const immutableWords = /\bimmutable\b|may not (be )?changed?\b|can(not|'t) (be )?changed?\b|updates to .+ are forbidden/i;

function afterRefusal({ live, deployer, type }: Question, manifest: JsonObject, error: ClusterFailure): Answer {
  const here = (reason: string, kind: 'predicted' | 'immutable' = 'predicted'): Answer => {
    const predicted = predictHere(manifest, live, deployer.manager, type);
    if (!predicted.ok) return { kind: 'unknown', reason: `${reason} And it can't be merged here: ${predicted.reason}`, method: 'three-way' };
    const foreign = findLeftovers(live, live, deployer).filter(
      (leftover) => leftover.kind === 'foreign' && leftover.isSure && valueAtElements(manifest, leftover.elements) === undefined,
    );
    return { kind, live, prediction: { method: 'three-way', reason, object: predicted.object, foreign } };
  };
  switch (error.code) {
    case 'cluster/forbidden':
      return here('Compared here, without the server: you may not patch it.');
    case 'cluster/invalid': {
      const words = [error.message, ...error.causes.map(({ message }) => message)];
      const field = error.causes.map((cause) => cause.field).find((text) => text !== '');
      if (words.some((text) => immutableWords.test(text)))
        return here(`${field ?? 'A field'} can't be changed in place: a sync has to delete the object and make it anew.`, 'immutable');
      return here(`The server refuses what git declares: ${error.message}`, 'immutable');
    }
    default:
      if (refusesDryRun(error)) return here(`Compared here, without the server: ${error.message}.`);
      // An entry of managed fields in a version of the kind that its schema has changed since.
      if (error.message.includes('field not declared in schema'))
        return here("Compared here: the server can't merge it, as its managed fields are of another version of the kind.");
      if (isAbout(error)) return { kind: 'unknown', reason: error.message, method: 'server-side-dry-run' };
      throw error;
  }
}

/**
 * True where a webhook that may have effects besides its answer stands in the way of every dry run; a real request passes
 * (apiserver pkg/admission/plugin/webhook/errors/statuserror.go, NewDryRunUnsupportedErr).
 */
export function refusesDryRun({ message }: ClusterFailure): boolean {
  return message.includes('does not support dry run');
}

/** True where it is this object that the server can't answer for. */
function isAbout({ code }: ClusterFailure): boolean {
  return code === 'cluster/rejected' || code === 'cluster/server-error' || code === 'cluster/conflict' || code === 'cluster/not-found' || code === 'cluster/timed-out';
}

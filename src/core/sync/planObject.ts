/** What happens to one declared object in a sync, and why. */
import type { FieldDrift, ObjectDrift } from '../drift/drift.js';
import { applySetPartOfLabel } from '../live/applySet.js';
import { stepsOf } from '../live/fieldElement.js';
import { valueAtElements } from '../live/fieldPath.js';
import { elementPathsOf, leavesOf, parseFields } from '../live/fieldSet.js';
import { jsonEquals, type JsonObject } from '../live/json.js';
import { liveKey, type LiveObject } from '../live/liveObject.js';
import { formatFieldPath, type FieldStep } from '../objects/compare.js';
import { generatedFields } from '../objects/generatedFields.js';
import type { RenderedObject } from '../objects/rendering.js';
import type { ResId } from '../objects/resId.js';
import { keepLive } from '../live/editFields.js';
import type { Marks } from './manifest.js';
import { describeTracker, isOperator, isSameTracker, trackersOf, type Tracker } from './ownership.js';
import { meaningOf, type Probe, type Refusal } from './probe.js';
import type { SyncInput } from './syncInput.js';
import { hasEnvironmentOption, propagationOf, readObjectOptions, type ObjectOptions } from './syncOptions.js';
import type { BlockCause, FieldConflict, PlannedObject, SyncQuestion } from './syncPlan.js';

/** A declared object on its way into the plan. */
export interface Declared {
  readonly id: ResId;
  readonly object: RenderedObject;
  /** With the marks of the inventory. */
  readonly manifest: JsonObject;
}

/** What the sync itself brings along: kinds as `group/Kind`, and namespaces. */
export interface Brought {
  readonly kinds: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
}

/** The object's place in the plan, with the questions that it asks. */
export interface ObjectDecision {
  readonly planned: PlannedObject;
  readonly questions: readonly SyncQuestion[];
}

/** Everything about an object that decisions look at. */
interface Case extends Declared {
  readonly input: SyncInput;
  readonly drift: ObjectDrift | undefined;
  readonly probe: Probe | undefined;
  readonly options: ObjectOptions;
}

/** Decides what is done with a declared object that isn't a hook. */
export function planObject(declared: Declared, drift: ObjectDrift | undefined, brought: Brought, input: SyncInput): ObjectDecision {
  const key = liveKey(declared.id);
  const live = drift?.live ?? input.live.get(key);
  const options = readObjectOptions(declared.manifest, live, input.options);
  const one: Case = { ...declared, input, drift, probe: input.probes.get(key), options };
  const unserved = refuseUnserved(one, brought);
  if (unserved) return unserved;
  const generated = generatedFields(declared.object.root);
  if (generated.length > 0) return block(one, 'generated', refusalOfGenerated(generated), live);
  if (!live) return planMissing(one, brought);
  return refuseLive(one, live) ?? planLive(one, live);
}

/** Previews have random values that stay the same, so that they can be read: nothing to write into a cluster. */
export function refusalOfGenerated(paths: readonly (readonly FieldStep[])[]): string {
  const [first = []] = paths;
  const others = paths.length === 1 ? '' : ` and ${paths.length - 1} more`;
  return `The chart makes up ${formatFieldPath(first)}${others} with each rendering, so what is shown is no value to write: set it in the values, or let Argo CD or Flux deliver it.`;
}

/** A kind or a namespace that isn't there, and that this sync doesn't bring. */
function refuseUnserved(one: Case, brought: Brought): ObjectDecision | undefined {
  const { id, input, options } = one;
  const isServed = input.served.some(({ group, kind }) => group === id.group && kind === id.kind);
  if (!isServed && !brought.kinds.has(`${id.group}/${id.kind}`) && !options.skipDryRunOnMissingResource) {
    const name = id.group === '' ? id.kind : `${id.kind} of ${id.group}`;
    return block(one, 'kind-not-served', `The server has no kind ${name}: its CustomResourceDefinition isn't there, and isn't part of this environment.`);
  }
  if (id.namespace === '' || input.namespaces?.has(id.namespace) !== false || brought.namespaces.has(id.namespace)) return undefined;
  return block(one, 'namespace-missing', `Namespace ${id.namespace} doesn't exist, and isn't part of this environment.`);
}

function planMissing(one: Case, { kinds, namespaces }: Brought): ObjectDecision {
  const { id, probe, options, manifest } = one;
  if (options.isIgnored !== undefined) return block(one, 'option', `Left alone: ${options.isIgnored}.`);
  const waitsForKind = kinds.has(`${id.group}/${id.kind}`) || options.skipDryRunOnMissingResource;
  const waitsForNamespace = namespaces.has(id.namespace);
  if (probe?.kind === 'refused') {
    const meaning = meaningOf(probe);
    const isExpected = (meaning === 'kind-not-served' && waitsForKind) || (meaning === 'namespace-missing' && waitsForNamespace);
    if (!isExpected) return refuse(one, probe);
  } else if (one.drift?.state === 'unknown' && probe === undefined && !waitsForKind && !waitsForNamespace) {
    return block(one, 'unknown', one.drift.reason);
  }
  return { planned: { ...bare(one), action: 'create', method: options.replace ? 'create' : 'apply', manifest, predicted: acceptedBy(probe) }, questions: [] };
}

/** Objects that are there and must not be written, or need no writing whatever they look like. */
function refuseLive(one: Case, live: LiveObject): ObjectDecision | undefined {
  const { input, options } = one;
  const trackers = trackersOf(live, input.trackers).filter((tracker) => !isSameTracker(tracker, input.self));
  const operator = trackers.find(isOperator);
  if (operator) return block(one, 'owned', refusalOf(operator), live);
  if (options.isIgnored !== undefined) return block(one, 'option', `Left alone: ${options.isIgnored}.`, live);
  if (options.ifNotPresent) return unchanged(one, live, 'Made once and then left alone (ssa: IfNotPresent).');
  if (live.metadata.deletionTimestamp !== undefined) {
    return block(one, 'deleting', `It is being deleted${waitsFor(live)}; the next sync makes it anew.`, live);
  }
  return undefined;
}

/** Why nobody but an operator writes what it keeps. */
export function refusalOf(tracker: Tracker): string {
  const how = tracker.kind === 'argocd' ? 'sync the Application instead' : `reconcile the ${tracker.kind === 'flux' ? tracker.object : 'object'} instead`;
  return `Kept by ${describeTracker(tracker)}, which would set it back: ${how}.`;
}

function waitsFor(live: LiveObject): string {
  const { finalizers } = live.metadata;
  return finalizers && finalizers.length > 0 ? ` (waiting for ${finalizers.join(', ')})` : '';
}

function planLive(one: Case, live: LiveObject): ObjectDecision {
  const { drift, probe, input, options } = one;
  if (probe?.kind === 'refused') return meaningOf(probe) === 'immutable' ? planReplacement(one, live, probe) : refuse(one, probe, live);
  const fields = drift?.fields.filter((field) => !isOwnMark(field)) ?? [];
  const isSame = drift === undefined || drift.state === 'unknown' ? isPredictedSame(live, acceptedBy(probe)) : !fields.some(({ state }) => state !== 'foreign');
  if (isSame === undefined) return block(one, 'unknown', drift?.reason ?? 'It could not be compared.', live);
  const from = trackersOf(live, input.trackers).filter((tracker) => !isSameTracker(tracker, input.self));
  const isMember = carriesMarks(live, input.marksOf(one.id)) && from.length === 0 && isWrittenBy(live, input.manager, options.replace);
  if (isSame && isMember) return unchanged(one, live, '');
  const predicted = acceptedBy(probe) ?? drift?.predicted;
  const shared = { ...bare(one), live, fields, conflicts: conflictsOf(live, predicted, input.manager), predicted };
  const manifest = keepIgnored(one, live);
  if (!isMember) {
    const questions = from.flatMap((tracker) => adoptionQuestion(tracker, one.id));
    const reason = `Not kept by this environment yet${from.map((tracker) => `; part of ${describeTracker(tracker)}`).join('')}.`;
    return { planned: { ...shared, action: 'adopt', reason, method: 'apply', manifest, needs: questions.map(({ key }) => key) }, questions };
  }
  if (!options.replace) return { planned: { ...shared, action: 'change', method: 'apply', manifest }, questions: [] };
  // As in Argo CD: definitions and namespaces are only ever updated, as deleting them takes everything with them.
  const isKept = one.id.kind === 'CustomResourceDefinition' || (one.id.kind === 'Namespace' && one.id.group === '');
  if (!options.force || isKept)
    return {
      planned: { ...shared, action: 'replace', reason: 'Replaced as a whole (Replace=true): fields that others set are lost.', method: 'replace', manifest },
      questions: [],
    };
  return recreate(one, { ...shared, manifest }, 'Deleted and created anew (Replace=true, Force=true).');
}

/** A field can't be changed: where options say so the object is made anew, otherwise that is offered. */
function planReplacement(one: Case, live: LiveObject, probe: Refusal): ObjectDecision {
  const { id, options, input, drift } = one;
  const shared = { ...bare(one), live, fields: drift?.fields.filter((field) => !isOwnMark(field)) ?? [], manifest: keepIgnored(one, live) };
  const why = causesOf(probe);
  if (keepsData(id)) return block(one, 'immutable', `${why} Deleting it would delete what it holds, so it isn't offered here.`, live);
  if (options.delete === 'never') return block(one, 'immutable', `${why} It would have to be deleted, and Delete=false keeps it.`, live);
  if (options.force) return recreate(one, shared, `${why} It is deleted and created anew (${input.options.force ? 'spec.force' : 'force'} is on).`);
  const question: SyncQuestion = {
    key: `replace/${keyOf(id)}`,
    question: `Delete ${nameOf(id)} and create it anew? ${why}`,
    isDangerous: true,
  };
  return { ...recreate(one, { ...shared, needs: [question.key] }, why), questions: [question] };
}

function recreate(one: Case, shared: Omit<PlannedObject, 'action' | 'method' | 'propagation'>, reason: string): ObjectDecision {
  return { planned: { ...shared, action: 'replace', method: 'recreate', reason, propagation: propagationOf(one.input.options) }, questions: [] };
}

function refuse(one: Case, probe: Refusal, live?: LiveObject): ObjectDecision {
  const meaning = meaningOf(probe);
  return block(one, meaning, causesOf(probe), live);
}

/** The server's words, with the fields that they are about. */
function causesOf({ message, causes }: Refusal): string {
  const told = causes.filter((cause) => cause.message !== '').map(({ field, message: text }) => (field === '' ? `${text}.` : `${field}: ${text}.`));
  return told.length > 0 ? told.join(' ') : message;
}

function block(one: Case, cause: BlockCause, reason: string, live?: LiveObject): ObjectDecision {
  const fields = live ? (one.drift?.fields ?? []) : [];
  return { planned: { ...bare(one), action: 'blocked', cause, reason, live, fields }, questions: [] };
}

function unchanged(one: Case, live: LiveObject, reason: string): ObjectDecision {
  return { planned: { ...bare(one), action: 'unchanged', live, reason, fields: one.drift?.fields.filter(({ state }) => state === 'foreign') ?? [] }, questions: [] };
}

function bare({ id, object, options }: Case): PlannedObject {
  return {
    id,
    action: 'unchanged',
    reason: '',
    cause: undefined,
    fields: [],
    conflicts: [],
    method: 'none',
    needs: [],
    manifest: undefined,
    desired: object,
    live: undefined,
    predicted: undefined,
    hook: undefined,
    propagation: 'Background',
    countsForHealth: options.countsForHealth,
  };
}

/** Fields that settings take out of the comparison keep their live value, but where Argo CD applies them all the same. */
function keepIgnored({ manifest, drift, input }: Case, live: LiveObject): JsonObject {
  if (!drift || drift.ignored.length === 0) return manifest;
  if (input.style === 'argocd' && !hasEnvironmentOption(input.options, 'RespectIgnoreDifferences')) return manifest;
  return keepLive(
    manifest,
    drift.ignored.map(({ path }) => path),
    live,
  );
}

/** Fields that others own and that would change: server-side apply would refuse without force. */
function conflictsOf(live: LiveObject, predicted: LiveObject | undefined, manager: string): readonly FieldConflict[] {
  if (!predicted) return [];
  return (live.metadata.managedFields ?? []).flatMap((entry) => {
    const fields = entry.manager === manager && entry.operation === 'Apply' ? undefined : parseFields(entry.fieldsV1);
    if (!fields) return [];
    const changed = elementPathsOf(leavesOf(fields)).filter((path) => !jsonEquals(valueAtElements(live, path), valueAtElements(predicted, path)));
    return changed.map((path) => ({ path: stepsOf(path), manager: entry.manager, operation: entry.operation }));
  });
}

function isOwnMark({ path }: FieldDrift): boolean {
  return formatFieldPath(path) === formatFieldPath(['metadata', 'labels', applySetPartOfLabel]);
}

function carriesMarks({ metadata }: LiveObject, { labels, annotations }: Marks): boolean {
  const has = (there: Readonly<Record<string, string>> | undefined, wanted: Readonly<Record<string, string>>): boolean =>
    Object.entries(wanted).every(([key, value]) => there?.[key] === value);
  return has(metadata.labels, labels) && has(metadata.annotations, annotations);
}

/**
 * True where the manager has applied the object before: only then does it notice fields that are no longer declared. What is
 * replaced as a whole needs no such memory: there it is enough that the manager wrote it.
 */
function isWrittenBy({ metadata }: LiveObject, manager: string, isReplaced: boolean): boolean {
  return metadata.managedFields?.some((entry) => entry.manager === manager && (isReplaced || entry.operation === 'Apply')) === true;
}

/** Whether applying changes nothing, by the server's own prediction; undefined where there is none. */
function isPredictedSame(live: LiveObject, predicted: LiveObject | undefined): boolean | undefined {
  if (!predicted) return undefined;
  return jsonEquals(comparable(live), comparable(predicted));
}

function comparable({ metadata, status: _, ...rest }: LiveObject): JsonObject {
  return { ...rest, metadata: { labels: metadata.labels, annotations: metadata.annotations, finalizers: metadata.finalizers, ownerReferences: metadata.ownerReferences } };
}

function acceptedBy(probe: Probe | undefined): LiveObject | undefined {
  return probe?.kind === 'accepted' ? probe.predicted : undefined;
}

/** Moving an object out of another set or release is asked for once for each of them. */
function adoptionQuestion(tracker: Tracker, { kind }: ResId): readonly SyncQuestion[] {
  if (tracker.kind === 'helm') {
    const release = `${tracker.namespace}/${tracker.release}`;
    return [
      {
        key: `adopt/helm/${release}`,
        question: `Take over objects of Helm release ${release}? Helm doesn't know, and its next upgrade or uninstall writes or deletes them.`,
        isDangerous: false,
      },
    ];
  }
  if (tracker.kind === 'applyset')
    return [{ key: `adopt/applyset/${tracker.id}`, question: `Take over objects of ${describeTracker(tracker)}? They leave it.`, isDangerous: true }];
  return [{ key: `adopt/${kind}`, question: `Take over objects of ${describeTracker(tracker)}?`, isDangerous: true }];
}

/** Kinds that hold what can't be made anew. */
export function keepsData({ kind, group }: Pick<ResId, 'kind' | 'group'>): boolean {
  return (group === '' && (kind === 'Namespace' || kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume')) || kind === 'CustomResourceDefinition';
}

/** `apps/v1/Deployment/shop/web`: stable in keys of questions. */
export function keyOf({ group, version, kind, namespace, name }: ResId): string {
  return [...(group === '' ? [] : [group]), version, kind, ...(namespace === '' ? [] : [namespace]), name].join('/');
}

/** `Deployment shop/web`: for people. */
export function nameOf({ kind, namespace, name }: ResId): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

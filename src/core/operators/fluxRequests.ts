/**
 * Requests to Flux, made as its command line makes them (flux2 v2.9 cmd/flux/{reconcile,suspend,resume}*.go): annotations
 * with a token that the controller notes when it has handled it.
 */
import { idOfLive, type LiveObject } from '../live/liveObject.js';
import { isTrueAt, textAt } from '../live/readFields.js';
import type { JsonObject } from '../live/json.js';
import type { ResId } from '../objects/resId.js';
import { refuse, type OperatorRequest, type RequestGoal, type RequestPlan } from './operatorRequest.js';
import { forceAtAnnotation, readFlux, requestedAtAnnotation, resetAtAnnotation } from './readFlux.js';

export interface FluxReconcileOptions {
  /** Any text that wasn't used before: the time, as Flux does it. */
  readonly token: string;
  /** A HelmRelease: upgrades though nothing changed. */
  readonly force?: boolean;
  /** A HelmRelease: forgets its failures, so that it is tried again. */
  readonly reset?: boolean;
}

/**
 * @param sources what it takes its manifests from, outermost first, as they are live ({@link sourceChainOf}): they are
 * reconciled before. None for the object alone.
 */
export function planFluxReconcile(object: LiveObject, sources: readonly LiveObject[], options: FluxReconcileOptions): RequestPlan {
  const stopped = [...sources, object].find((each) => isTrueAt(each, 'spec', 'suspend'));
  if (stopped !== undefined) {
    return refuse('suspended', `${stopped.kind} ${stopped.metadata.name} is suspended: Flux would not act.`, 'Resume it first.');
  }
  if ((options.force === true || options.reset === true) && object.kind !== 'HelmRelease') {
    return refuse('not-for-this-kind', `Only a HelmRelease can be forced or reset, ${object.kind} ${object.metadata.name} can not.`, 'Reconcile it without.');
  }
  const extra: JsonObject = {
    ...(options.force === true ? { [forceAtAnnotation]: options.token } : {}),
    ...(options.reset === true ? { [resetAtAnnotation]: options.token } : {}),
  };
  return {
    ok: true,
    requests: [...sources.map((source) => reconcileRequest(source, options.token, {})), reconcileRequest(object, options.token, extra)],
    warnings: options.force === true ? [`Helm upgrades release ${object.metadata.name} even where nothing changed.`] : [],
  };
}

export function planFluxSuspend(object: LiveObject): RequestPlan {
  const name = `${object.kind} ${object.metadata.name}`;
  if (!canSuspend(object)) return refuse('not-for-this-kind', `${name} can not be suspended.`, 'Suspend what uses it.');
  if (isTrueAt(object, 'spec', 'suspend')) return refuse('already-suspended', `${name} is suspended already.`, 'Nothing needs to be done.');
  return specChange(object, true);
}

/** Flux looks at the object at once, because its spec changed. */
export function planFluxResume(object: LiveObject): RequestPlan {
  if (!isTrueAt(object, 'spec', 'suspend')) return refuse('not-suspended', `${object.kind} ${object.metadata.name} is not suspended.`, 'Nothing needs to be done.');
  return specChange(object, false);
}

/** The source objects that an object needs, outermost first; the version is left out. A HelmRelease's chart comes after its repository. */
export function sourceChainOf(object: LiveObject): readonly ResId[] {
  const source = readFlux(object).sources[0]?.object;
  if (source === undefined) return [];
  const chart = textAt(object, 'status', 'helmChart');
  if (object.kind !== 'HelmRelease' || chart === undefined || source.kind === 'HelmChart') return [source];
  const [namespace, name] = chart.split('/');
  return name === undefined || namespace === undefined ? [source] : [source, { group: source.group, version: '', kind: 'HelmChart', namespace, name }];
}

function reconcileRequest(object: LiveObject, token: string, extra: JsonObject): OperatorRequest {
  const goal: RequestGoal = { kind: 'reconciled', token };
  return {
    id: idOfLive(object),
    patch: { metadata: { annotations: { [requestedAtAnnotation]: token, ...extra } } },
    label: `Reconcile ${object.kind} ${object.metadata.name}`,
    goal,
  };
}

/** The Kustomization that delivers the object itself may set its spec back. */
function specChange(object: LiveObject, suspend: boolean): RequestPlan {
  const { kind, metadata } = object;
  const deliverer = delivererOf(object);
  const goal: RequestGoal = deliverer === undefined ? { kind: 'written' } : { kind: 'holds', state: suspend ? 'suspended' : 'resumed', against: `Kustomization ${deliverer}` };
  const label = `${suspend ? 'Suspend' : 'Resume'} ${kind} ${metadata.name}`;
  const warnings = deliverer === undefined ? [] : [`Kustomization ${deliverer} delivers this ${kind}: where git says otherwise on suspend, it sets that back.`];
  return { ok: true, requests: [{ id: idOfLive(object), patch: { spec: { suspend: suspend ? true : null } }, label, goal }], warnings };
}

function canSuspend({ kind }: LiveObject): boolean {
  return kind !== 'ExternalArtifact';
}

function delivererOf({ kind, metadata }: LiveObject): string | undefined {
  const name = metadata.labels?.['kustomize.toolkit.fluxcd.io/name'];
  return kind === 'Kustomization' && name === metadata.name ? undefined : name;
}

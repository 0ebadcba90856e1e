/** What happens to objects that an environment keeps and no longer declares: deleted, asked for, or left, and why. */
import { annotationsOf, propagationOf, readObjectOptions } from './syncOptions.js';
import { idOfLive, liveKey, type LiveObject } from '../live/liveObject.js';
import type { ResId } from '../objects/resId.js';
import { partOf } from './hooks.js';
import { isOperator, isSameTracker, trackersOf } from './ownership.js';
import { keyOf, nameOf, refusalOf, type ObjectDecision } from './planObject.js';
import type { SyncInput } from './syncInput.js';
import type { BlockCause, PlannedObject, SyncQuestion } from './syncPlan.js';

/** Decides what is done with one member that isn't declared. */
export function planPrune(live: LiveObject, input: SyncInput): ObjectDecision {
  const id = idOfLive(live);
  const options = readObjectOptions(undefined, live, input.options);
  const operator = trackersOf(live, input.trackers).find((tracker) => isOperator(tracker) && !isSameTracker(tracker, input.self));
  if (operator) return keep(live, 'owned', refusalOf(operator));
  if (live.metadata.deletionTimestamp !== undefined) return keep(live, 'deleting', 'It is being deleted already.');
  if (options.isIgnored !== undefined) return keep(live, 'option', `Left alone: ${options.isIgnored}.`);
  if (options.prune === 'never') return keep(live, 'option', 'No longer declared, and kept by its own option (Prune=false or prune: disabled).');
  if (!input.choices.prune) return keep(live, 'option', 'No longer declared; pruning is off for this sync.');
  const questions = questionsOf(id, live, input);
  const planned: PlannedObject = {
    ...bare(live),
    action: 'prune',
    reason: 'No longer declared.',
    method: 'delete',
    needs: questions.map(({ key }) => key),
    propagation: input.style === 'flux' ? 'Background' : propagationOf(input.options),
  };
  return { planned, questions };
}

/** True for what carries an environment's marks without being its own: copies that controllers make of a declared object. */
export function isDerived({ kind, apiVersion, metadata }: LiveObject): boolean {
  if (metadata.ownerReferences?.some(({ controller }) => controller === true) === true) return true;
  return (kind === 'Endpoints' && apiVersion === 'v1') || (kind === 'EndpointSlice' && metadata.labels?.['endpointslice.kubernetes.io/managed-by'] !== undefined);
}

/** True for a hook of an earlier sync that a declared hook makes anew each time, or that is still declared under its name. */
export function isHookOf(live: LiveObject, hooks: readonly { readonly id: ResId; readonly generateName: string }[]): boolean {
  if (partOf(live).kind !== 'hook') return false;
  const { kind, group, namespace } = idOfLive(live);
  return hooks.some(
    ({ id, generateName }) =>
      id.kind === kind &&
      id.group === group &&
      id.namespace === namespace &&
      (id.name === live.metadata.name || (generateName !== '' && live.metadata.name.startsWith(generateName))),
  );
}

function questionsOf(id: ResId, live: LiveObject, input: SyncInput): readonly SyncQuestion[] {
  const options = readObjectOptions(undefined, live, input.options);
  const ask = (question: string, isDangerous: boolean): readonly SyncQuestion[] => [{ key: `prune/${keyOf(id)}`, question, isDangerous }];
  if (id.group === '' && id.kind === 'Namespace') return ask(`Delete ${nameOf(id)} and everything in it?`, true);
  if (id.group === '' && (id.kind === 'PersistentVolumeClaim' || id.kind === 'PersistentVolume')) return ask(`Delete ${nameOf(id)} and its data?`, true);
  if (id.kind === 'CustomResourceDefinition' && id.group === 'apiextensions.k8s.io') {
    const count = input.instances.get(id.name);
    if (count === undefined) return ask(`Delete ${nameOf(id)} and all objects of its kind? How many there are can't be told.`, true);
    if (count > 0) return ask(`Delete ${nameOf(id)} and the ${count === 1 ? 'one object' : `${count} objects`} of its kind?`, true);
  }
  if (options.delete === 'never') return ask(`Delete ${nameOf(id)}? It says Delete=false: Argo CD keeps it when the Application is deleted, and prunes it like others.`, true);
  if (options.prune === 'confirm' || options.delete === 'confirm') return ask(`Delete ${nameOf(id)}? It says that this must be confirmed.`, false);
  return [];
}

function keep(live: LiveObject, cause: BlockCause, reason: string): ObjectDecision {
  return { planned: { ...bare(live), action: 'blocked', cause, reason }, questions: [] };
}

function bare(live: LiveObject): PlannedObject {
  return {
    id: idOfLive(live),
    action: 'prune',
    reason: '',
    cause: undefined,
    fields: [],
    conflicts: [],
    method: 'none',
    needs: [],
    manifest: undefined,
    desired: undefined,
    live,
    predicted: undefined,
    hook: undefined,
    propagation: 'Background',
    countsForHealth: false,
  };
}

/** Members that aren't declared any more, without what controllers and hooks made. */
export function findExtra(input: SyncInput, declared: ReadonlySet<string>, hooks: readonly { readonly id: ResId; readonly generateName: string }[]): readonly LiveObject[] {
  return input.members.filter(
    (live) => !declared.has(liveKey(idOfLive(live))) && !isDerived(live) && !isHookOf(live, hooks) && annotationsOf(live)['argocd.argoproj.io/hook'] !== 'Skip',
  );
}

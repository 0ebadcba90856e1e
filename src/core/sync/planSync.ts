/**
 * The plan of a sync: what is done with every object, in which order, and what must be asked first. Decides everything
 * and writes nothing; what runs the plan decides nothing.
 */
import type { ObjectDrift } from '../drift/drift.js';
import { isJsonObject, type JsonObject } from '../live/json.js';
import { idOfLive, liveKey } from '../live/liveObject.js';
import { generatedFields } from '../objects/generatedFields.js';
import type { RenderedObject } from '../objects/rendering.js';
import { isClusterScoped, type ResId } from '../objects/resId.js';
import { arrangeSteps, type Task } from './arrangeSteps.js';
import { hookName, partOf } from './hooks.js';
import { manifestOf } from '../live/manifestJson.js';
import { markManifest, noMarks } from './manifest.js';
import { definedKind, waveOf } from './order.js';
import { isOperator, isSameTracker, trackersOf } from './ownership.js';
import { nameOf, planObject, refusalOf, type Brought, type Declared, type ObjectDecision, refusalOfGenerated } from './planObject.js';
import { findExtra, planPrune } from './planPrune.js';
import type { SyncInput } from './syncInput.js';
import { hasEnvironmentOption, propagationOf, readObjectOptions } from './syncOptions.js';
import type { PlannedHook, PlannedObject, SyncPhase, SyncPlan, SyncQuestion } from './syncPlan.js';

/** What reading a render takes of a plan's input. */
export type TakingInput = Pick<SyncInput, 'objects' | 'served' | 'namespace' | 'marksOf' | 'revision' | 'startedAt'>;

/** An object of the render, with what it is in a sync. */
export interface Taking extends Declared {
  readonly hook: { readonly phase: SyncPhase; readonly plan: PlannedHook; readonly generateName: string } | undefined;
}

/** Plans a sync. */
export function planSync(input: SyncInput): SyncPlan {
  const takings = input.objects.flatMap((object) => readTakings(object, input));
  const objects = takings.filter(({ hook }) => hook === undefined);
  const hooks = takings.flatMap((taking) => (taking.hook ? [{ ...taking, ...taking.hook }] : []));
  const namespace = planNamespace(takings, input);
  const brought = broughtBy(takings, namespace);
  const drifts = new Map(input.drift.map((drift) => [driftKey(drift, input), drift]));
  const isChosen = (id: ResId): boolean => input.choices.only?.has(liveKey(id)) ?? true;

  const decisions = objects.filter(({ id }) => isChosen(id)).map((declared) => ({ declared, decision: planObject(declared, drifts.get(liveKey(declared.id)), brought, input) }));
  const extra = findExtra(input, new Set(takings.map(({ id }) => liveKey(id))), hooks);
  const prunes = extra.filter((live) => isChosen(idOfLive(live))).map((live) => ({ live, decision: needsYes(planPrune(live, input), takings.length === 0) }));
  // Hooks belong to whole syncs: Argo CD too leaves them out where only some objects are synced.
  const hookDecisions = input.choices.only ? [] : hooks.map((hook) => ({ hook, decision: planHook(hook, input) }));

  const tasks: readonly Task[] = [
    ...(namespace ? [{ planned: namespace, phase: 'PreSync', wave: 0 } as const] : []),
    ...decisions.map(({ declared, decision }) => ({ planned: decision.planned, phase: 'Sync', wave: waveOf(declared.manifest) }) as const),
    ...hookDecisions.map(({ hook, decision }) => ({ planned: decision.planned, phase: hook.phase, wave: waveOf(hook.manifest) })),
    ...prunes.map(
      ({ live, decision }) => ({ planned: decision.planned, phase: 'Sync', wave: waveOf(live), isLast: readObjectOptions(undefined, live, input.options).pruneLast }) as const,
    ),
  ];
  const all = [...decisions, ...prunes, ...hookDecisions].map(({ decision }) => decision);
  return {
    environment: input.environment,
    revision: input.revision,
    manager: input.manager,
    steps: arrangeSteps(tasks, input.style),
    questions: uniqueQuestions([...all.flatMap(({ questions }) => questions), ...askWhetherEmpty(input, takings, prunes)]),
    warnings: warningsOf(all, input),
    refusal: refusalFor(
      decisions.map(({ decision }) => decision),
      input,
    ),
    declared: takings.map(({ id }) => id),
    extra: extra.map(idOfLive),
  };
}

/** The object in each phase that it runs in; nothing for one that is left out. */
export function readTakings(object: RenderedObject, input: TakingInput): readonly Taking[] {
  const manifest = manifestOf(object);
  const part = partOf(manifest);
  if (part.kind === 'skipped') return [];
  const { metadata } = manifest;
  const generateName = isJsonObject(metadata) && typeof metadata['generateName'] === 'string' ? metadata['generateName'] : '';
  const placed = { ...object.id, namespace: namespaceOf(object.id, input) };
  const make = (id: ResId, hook: Taking['hook']): Taking => ({ id, object, hook, manifest: markManifest(manifest, input.marksOf(id), id) });
  if (part.kind === 'object') return [make(placed, undefined)];
  return part.phases.map((phase) => {
    const name = placed.name === '' ? hookName(generateName, input.revision, phase, input.startedAt) : placed.name;
    return make({ ...placed, name }, { phase, plan: part.hook, generateName: placed.name === '' ? generateName : '' });
  });
}

/** The namespace that an object ends up in; empty for kinds outside of namespaces. */
function namespaceOf(id: ResId, input: Pick<TakingInput, 'objects' | 'served' | 'namespace'>): string {
  const served = input.served.find(({ group, kind }) => group === id.group && kind === id.kind);
  const isNamespaced = served?.isNamespaced ?? definedScope(id, input.objects) ?? !isClusterScoped(id);
  return isNamespaced ? (id.namespace === '' ? input.namespace : id.namespace) : '';
}

/** Whether a CustomResourceDefinition of the same render says that a kind lives in namespaces; undefined where none defines it. */
function definedScope({ group, kind }: ResId, objects: readonly RenderedObject[]): boolean | undefined {
  for (const object of objects) {
    if (object.id.kind !== 'CustomResourceDefinition') continue;
    const manifest = manifestOf(object);
    const spec = manifest['spec'];
    if (definedKind(object.id, manifest) === `${group}/${kind}` && isJsonObject(spec)) return spec['scope'] !== 'Cluster';
  }
  return undefined;
}

function driftKey({ id, live }: ObjectDrift, input: SyncInput): string {
  return liveKey(live ? idOfLive(live) : { ...id, namespace: namespaceOf(id, input) });
}

function broughtBy(takings: readonly Taking[], namespace: PlannedObject | undefined): Brought {
  const kinds = takings.flatMap(({ id, manifest }) => definedKind(id, manifest) ?? []);
  const namespaces = takings.flatMap(({ id }) => (id.kind === 'Namespace' && id.group === '' ? [id.name] : []));
  return { kinds: new Set(kinds), namespaces: new Set([...namespaces, ...(namespace ? [namespace.id.name] : [])]) };
}

/** `CreateNamespace=true`: the destination's namespace, where the render doesn't have it. It gets no marks, and is never pruned. */
function planNamespace(takings: readonly Taking[], input: SyncInput): PlannedObject | undefined {
  if (!hasEnvironmentOption(input.options, 'CreateNamespace') || input.namespace === '') return undefined;
  const id: ResId = { group: '', version: 'v1', kind: 'Namespace', namespace: '', name: input.namespace };
  if (takings.some((taking) => liveKey(taking.id) === liveKey(id))) return undefined;
  const live = input.live.get(liveKey(id));
  const { labels = {}, annotations = {} } = input.options.managedNamespaceMetadata ?? {};
  const lacks = (there: Readonly<Record<string, string>> | undefined, wanted: Readonly<Record<string, string>>): boolean =>
    Object.entries(wanted).some(([key, value]) => there?.[key] !== value);
  const exists = live !== undefined || input.namespaces?.has(id.name) === true;
  if (exists && (!live || (!lacks(live.metadata.labels, labels) && !lacks(live.metadata.annotations, annotations)))) return undefined;
  const manifest: JsonObject = markManifest({ apiVersion: 'v1', kind: 'Namespace' }, { ...noMarks, labels, annotations }, { name: id.name, namespace: '' });
  return {
    id,
    action: exists ? 'change' : 'create',
    reason: 'CreateNamespace=true.',
    cause: undefined,
    fields: [],
    conflicts: [],
    method: 'apply',
    needs: [],
    manifest,
    desired: undefined,
    live,
    predicted: undefined,
    hook: undefined,
    propagation: 'Background',
    countsForHealth: false,
  };
}

/** A hook is made in each sync; what is left of the last one goes first where its policy says so. */
function planHook({ id, object, manifest, plan, generateName }: Taking & { readonly plan: PlannedHook; readonly generateName: string }, input: SyncInput): ObjectDecision {
  const live = input.live.get(liveKey(id)) ?? input.members.find((member) => liveKey(idOfLive(member)) === liveKey(id));
  const operator = live && trackersOf(live, input.trackers).find((tracker) => isOperator(tracker) && !isSameTracker(tracker, input.self));
  const generated = generatedFields(object.root);
  const blocked = operator
    ? { cause: 'owned' as const, reason: refusalOf(operator) }
    : generated.length > 0
      ? { cause: 'generated' as const, reason: refusalOfGenerated(generated) }
      : undefined;
  const planned: PlannedObject = {
    id,
    action: blocked ? 'blocked' : 'hook',
    reason: blocked ? blocked.reason : `${generateName === '' ? 'A hook' : 'A hook with a name of its own for each sync'} (${plan.declaredBy}).`,
    cause: blocked?.cause,
    fields: [],
    conflicts: [],
    method: blocked ? 'none' : live && plan.deletePolicies.includes('BeforeHookCreation') ? 'recreate' : 'apply',
    needs: [],
    manifest,
    desired: object,
    live,
    predicted: undefined,
    hook: plan,
    propagation: propagationOf(input.options),
    countsForHealth: true,
  };
  return { planned, questions: [] };
}

/** A render without objects deletes everything: more often a mistake than a wish (Argo CD refuses without `allowEmpty`). */
function askWhetherEmpty(input: SyncInput, takings: readonly Taking[], prunes: readonly { readonly decision: ObjectDecision }[]): readonly SyncQuestion[] {
  const count = prunes.filter(({ decision }) => decision.planned.action === 'prune').length;
  if (takings.length > 0 || count === 0) return [];
  return [
    {
      key: emptyKey,
      question: `Nothing is declared any more: delete all that ${input.environment} keeps (${count === 1 ? 'one object' : `${count} objects`})?`,
      isDangerous: true,
    },
  ];
}

/** Where nothing is declared, nothing is deleted without the one yes to all of it. */
function needsYes(decision: ObjectDecision, isEmpty: boolean): ObjectDecision {
  const { planned } = decision;
  return isEmpty && planned.action === 'prune' ? { ...decision, planned: { ...planned, needs: [...planned.needs, emptyKey] } } : decision;
}

/** The key of the question whether everything may go. */
export const emptyKey = 'prune/everything';

function uniqueQuestions(questions: readonly SyncQuestion[]): readonly SyncQuestion[] {
  return [...new Map(questions.map((question) => [question.key, question])).values()];
}

function warningsOf(decisions: readonly ObjectDecision[], input: SyncInput): readonly string[] {
  const conflicts = decisions.flatMap(({ planned }) => planned.conflicts.map(({ manager }) => manager));
  const managers = [...new Set(conflicts)].sort();
  return [
    ...(managers.length > 0 ? [`${conflicts.length === 1 ? 'One field' : `${conflicts.length} fields`} that others set (${managers.join(', ')}) would be taken over.`] : []),
    ...decisions.flatMap(({ planned }) => (planned.action === 'replace' && planned.needs.length === 0 ? [`${nameOf(planned.id)}: ${planned.reason}`] : [])),
    ...(input.namespaces === undefined ? ['Namespaces can’t be listed: whether they all exist shows when the sync runs.'] : []),
  ];
}

/** Why nothing runs at all. @param decisions of what is declared */
function refusalFor(decisions: readonly ObjectDecision[], input: SyncInput): string | undefined {
  const [unmet] = input.unmet;
  if (unmet !== undefined) return unmet;
  const owned = decisions.filter(({ planned }) => planned.cause === 'owned');
  const [first] = owned;
  if (!first) return undefined;
  const isAll = owned.length === decisions.length;
  if (!isAll && !hasEnvironmentOption(input.options, 'FailOnSharedResource')) return undefined;
  return isAll ? first.planned.reason : `${nameOf(first.planned.id)}: ${first.planned.reason} (FailOnSharedResource=true)`;
}

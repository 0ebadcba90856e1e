/**
 * Planned objects into steps. Argo CD deletes in the wave of an object, the waves mirrored (gitops-engine
 * pkg/sync/sync_context.go getSyncTasks, v3.2), before it applies the same wave; elsewhere deleting comes last, in the
 * reverse order, so that nothing is missing that was still in use.
 */
import { fluxStageOf, sortForFlux, sortInWaves, type SyncStyle } from './order.js';
import type { PlannedObject, SyncPhase, SyncStep } from './syncPlan.js';

export interface Task {
  readonly planned: PlannedObject;
  readonly phase: SyncPhase;
  readonly wave: number;
  /** Deleted behind everything else (`PruneLast`). */
  readonly isLast?: boolean;
}

/** A task with what sorting looks at. */
interface Placed extends Task {
  readonly id: PlannedObject['id'];
  readonly manifest: PlannedObject['manifest'];
}

/** The steps in their order. Every task is in one of them. */
export function arrangeSteps(tasks: readonly Task[], style: SyncStyle): readonly SyncStep[] {
  const placed = tasks.map((task) => ({ ...task, id: task.planned.id, manifest: sortManifest(task.planned) }));
  const isPrune = ({ planned }: Placed): boolean => planned.desired === undefined && planned.manifest === undefined;
  const prunes = placed.filter(isPrune);
  const applies = placed.filter((task) => !isPrune(task));
  const isFailure = ({ phase }: Placed): boolean => phase === 'SyncFail';
  const ordered = style === 'flux' ? arrangeFlux(applies) : arrangeWaves(applies, style, prunes);
  const failures = ordered.filter(({ phase }) => phase === 'SyncFail');
  const others = ordered.filter(({ phase }) => phase !== 'SyncFail');
  const last =
    style === 'argocd'
      ? []
      : pruneSteps(
          prunes.filter((task) => !isFailure(task)),
          style,
        );
  return [...others, ...last, ...failures];
}

/** What counts for the order although it isn't sent: an object that is unchanged or blocked is still in its place. */
function sortManifest({ manifest, live, desired }: PlannedObject): PlannedObject['manifest'] {
  return manifest ?? (desired ? (live ?? {}) : undefined);
}

function arrangeWaves(applies: readonly Placed[], style: 'argocd' | 'plain', prunes: readonly Placed[]): readonly SyncStep[] {
  const tasks = style === 'argocd' ? [...applies, ...mirrorWaves(prunes, applies)] : applies;
  const steps: SyncStep[] = [];
  for (const [, wave] of groupBy(sortInWaves(tasks, style), ({ phase, wave: number }) => `${phase}/${number}`)) {
    const [first] = wave;
    if (!first) continue;
    const deleted = wave.filter(({ manifest }) => manifest === undefined);
    const applied = wave.filter(({ manifest }) => manifest !== undefined);
    if (deleted.length > 0) steps.push(makeStep(first, 'prune', `${labelOf(first)}: prune`, [deleted.map(({ planned }) => planned)]));
    if (applied.length > 0) steps.push(makeStep(first, 'apply', labelOf(first), byKind(applied)));
  }
  return steps;
}

/** Argo CD swaps the first with the last wave that something is deleted in, the second with the last but one, and so on. */
function mirrorWaves(prunes: readonly Placed[], applies: readonly Placed[]): readonly Placed[] {
  const waves = [...new Set(prunes.map(({ wave }) => wave))].sort((a, b) => a - b);
  const mirrored = prunes.map((task) => ({ ...task, wave: waves[waves.length - 1 - waves.indexOf(task.wave)] ?? task.wave }));
  const last = Math.max(0, ...[...applies, ...mirrored].filter(({ phase }) => phase === 'Sync').map(({ wave }) => wave)) + 1;
  return mirrored.map((task) => (task.isLast === true ? { ...task, wave: last } : task));
}

function arrangeFlux(applies: readonly Placed[]): readonly SyncStep[] {
  const labels = ['Definitions', 'Classes', 'Objects'] as const;
  const hooks = applies.filter(({ planned }) => planned.hook !== undefined);
  const objects = applies.filter(({ planned }) => planned.hook === undefined);
  const stages = labels.flatMap((label, stage) => {
    const tasks = sortForFlux(objects.filter(({ id, planned }) => (planned.desired === undefined ? 0 : fluxStageOf(id)) === stage));
    const [first] = tasks;
    return first ? [makeStep({ ...first, phase: 'Sync', wave: stage }, 'apply', label, byKind(tasks))] : [];
  });
  const around = arrangeWaves(hooks, 'plain', []);
  return [...around.filter(({ phase }) => phase === 'PreSync'), ...stages, ...around.filter(({ phase }) => phase !== 'PreSync')];
}

/** One step, kinds in the reverse of the order in which they are made; what says PruneLast in a step of its own behind it. */
function pruneSteps(prunes: readonly Placed[], style: 'flux' | 'plain'): readonly SyncStep[] {
  return [false, true].flatMap((isLast) => {
    const tasks = prunes.filter((task) => (task.isLast === true) === isLast);
    const [first] = tasks;
    if (!first) return [];
    const sorted = [...(style === 'flux' ? sortForFlux(tasks) : sortInWaves(tasks, style))].reverse();
    const groups = [...groupBy(sorted, ({ wave, id }) => `${wave}/${id.group}/${id.kind}`).values()].map((group) => group.map(({ planned }) => planned));
    return [makeStep({ ...first, wave: 0 }, 'prune', isLast ? 'Prune last' : 'Prune', groups)];
  });
}

function makeStep({ phase, wave }: Pick<Placed, 'phase' | 'wave'>, kind: SyncStep['kind'], label: string, groups: SyncStep['groups']): SyncStep {
  return { phase, wave, kind, label, groups, waitsForHealth: kind === 'apply' };
}

function labelOf({ phase, wave }: Placed): string {
  return wave === 0 ? phase : `${phase} wave ${wave}`;
}

/** Neighbors of one kind; a kind that comes again later, as a dependency does, is a group again. */
function byKind(tasks: readonly Placed[]): readonly (readonly PlannedObject[])[] {
  const groups: PlannedObject[][] = [];
  for (const { planned } of tasks) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    if (last && first?.id.kind === planned.id.kind && first.id.group === planned.id.group) last.push(planned);
    else groups.push([planned]);
  }
  return groups;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

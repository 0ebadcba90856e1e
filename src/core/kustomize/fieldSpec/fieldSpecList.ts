/** Lists of field specifications: merging with its conflicts, and the order that kustomize keeps them in. */
import { isGvkSelected, type Gvk } from '../../objects/resId.js';
import type { FieldSpec } from '../kustomization.js';
import { defaultOrderFirst, defaultOrderLast } from '../facts/kindOrder.js';

/** Two specifications of the same field that disagree on whether to create it. */
export interface FieldSpecConflict {
  readonly spec: FieldSpec;
  readonly other: FieldSpec;
}

/**
 * `specs` with those of `incoming` that are not there yet (types.FsSlice.MergeAll in kustomize's api v0.21.2). One is
 * there already when the path is the same and its kind is selected by the newcomer's.
 */
export function mergeFieldSpecs(specs: readonly FieldSpec[], incoming: readonly FieldSpec[]): readonly FieldSpec[] | FieldSpecConflict {
  if (specs === incoming || incoming.length === 0) return specs;
  const merged = [...specs];
  const byPath = new Map<string, FieldSpec[]>();
  const note = (spec: FieldSpec): void => {
    const samePath = byPath.get(spec.path);
    if (samePath) samePath.push(spec);
    else byPath.set(spec.path, [spec]);
  };
  specs.forEach(note);
  for (const spec of incoming) {
    const other = byPath.get(spec.path)?.find((each) => isGvkSelected(each, spec));
    if (other && other.create !== spec.create) return { spec, other };
    if (other) continue;
    merged.push(spec);
    note(spec);
  }
  return merged.length === specs.length ? specs : merged;
}

/** True for what {@link mergeFieldSpecs} gives where it can't merge. */
export function isConflict(merged: readonly FieldSpec[] | FieldSpecConflict): merged is FieldSpecConflict {
  return 'other' in merged;
}

const ranks: ReadonlyMap<string, number> = new Map([
  ...defaultOrderFirst.map((kind, index) => [kind, index - defaultOrderFirst.length] as const),
  ...defaultOrderLast.map((kind, index) => [kind, index + 1] as const),
]);

/** Sorted by kind as kustomize sorts its configuration (kyaml/resid Gvk.IsLessThan v0.21.2); equal ones keep their order. */
export function sortByGvk<T extends Gvk>(list: readonly T[]): readonly T[] {
  return list.some((each, index) => index > 0 && compareGvk(list[index - 1] ?? each, each) > 0) ? [...list].sort(compareGvk) : list;
}

function compareGvk(a: Gvk, b: Gvk): number {
  const byRank = (ranks.get(a.kind) ?? 0) - (ranks.get(b.kind) ?? 0);
  if (byRank !== 0) return byRank;
  const [keyA, keyB] = [sortKey(a), sortKey(b)];
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

/** Missing parts sort behind any other. */
function sortKey({ group, version, kind }: Gvk): string {
  return `${group === '' ? '~G' : group}_${version === '' ? '~V' : version}_${kind === '' ? '~K' : kind}`;
}

/**
 * The order of the objects in the output (kustomize's SortOrderTransformer v0.21.2): as they came (`fifo`), or by kind
 * (`legacy`, the default of `kustomize build`).
 */
import type { Place } from '../../base/problem.js';
import { formatGvk, formatResId, gvkEquals, type Gvk, type ResId } from '../../objects/resId.js';
import type { Transformer } from '../context.js';
import { defaultOrderFirst, defaultOrderLast } from '../facts/kindOrder.js';
import type { SortOptions } from '../kustomization.js';
import { idKey } from '../resMap.js';
import type { Resource } from '../resource.js';

/** A transformer for `sortOptions`; undefined for what `kustomize build` does without them. Two objects of the same id are an error. */
export function sortOrderTransformer(options: SortOptions | undefined): Transformer {
  return {
    transform(map, { problems }) {
      const seen = new Map<string, Resource>();
      for (const resource of map.resources) {
        const other = seen.get(idKey(resource.id));
        seen.set(idKey(resource.id), resource);
        if (!other) continue;
        const related = [{ location: locate(nameOf(other)), message: `the other ${other.id.kind} ${other.name}` }];
        problems.error('kustomize/name-conflict', `${formatResId(resource.id)} is there twice once names are changed; remove one, or give one another name.`, nameOf(resource), {
          related,
        });
      }
      if (options && !isValid(options, (message) => problems.error('kustomize/invalid-sort-options', message, options.node))) return;
      if (options?.order === 'fifo' || problems.hasErrors) return;
      const { orderFirst, orderLast } = options?.legacyOrder ?? { orderFirst: defaultOrderFirst, orderLast: defaultOrderLast };
      map.setResources(sortByKind(map.resources, orderFirst, orderLast));
    },
  };
}

function isValid(options: SortOptions, report: (message: string) => void): boolean {
  if (options.order !== 'fifo' && options.order !== 'legacy') {
    report('The order of sortOptions must be fifo or legacy.');
    return false;
  }
  if (options.order === 'fifo' && options.legacyOrder) {
    report('legacySortOptions have no effect with the order fifo; remove them, or set the order to legacy.');
    return false;
  }
  return true;
}

function sortByKind(resources: readonly Resource[], first: readonly string[], last: readonly string[]): readonly Resource[] {
  const ranks = new Map<string, number>();
  first.forEach((kind, index) => ranks.set(kind, index - first.length));
  last.forEach((kind, index) => ranks.set(kind, index + 1));
  const keyed = resources.map((resource) => {
    const { id } = resource;
    return { resource, id, rank: ranks.get(id.kind) ?? 0, gvkKey: gvkSortKey(id), idKey: idSortKey(id) };
  });
  keyed.sort((a, b) => {
    if (gvkEquals(a.id, b.id)) return compare(a.idKey, b.idKey);
    if (a.rank !== b.rank) return a.rank - b.rank;
    const isReversed = a.id.kind === 'Namespace' && b.id.kind === 'Namespace' && (a.id.group === '' || b.id.group === '');
    return isReversed ? compare(b.gvkKey, a.gvkKey) : compare(a.gvkKey, b.gvkKey);
  });
  return keyed.map(({ resource }) => resource);
}

function gvkSortKey({ group, version, kind }: Gvk): string {
  return `${group === '' ? '~G' : group}_${version === '' ? '~V' : version}_${kind === '' ? '~K' : kind}`;
}

function idSortKey(id: ResId): string {
  return `${formatGvk(id)}|${id.namespace === '' ? '~X' : id.namespace}|${id.name === '' ? '~N' : id.name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function nameOf(resource: Resource): Place {
  const metadata = resource.root.get('metadata');
  return (metadata?.kind === 'map' ? metadata.get('name') : undefined) ?? resource.root;
}

function locate(place: Place): ReturnType<Place['source']['locate']> {
  return place.source.locate(place.start, place.end);
}

/** Sets the number of replicas of workloads by name (kustomize's ReplicaCountTransformer v0.21.2). */
import { isGvkSelected, type ResId } from '../../objects/resId.js';
import type { Step } from '../../yaml/nodes.js';
import { jsonScalarOf } from '../../yaml/scalars.js';
import type { Transformer } from '../context.js';
import { parseFieldPath, updateAtFieldSpec, type FieldUpdate } from '../fieldSpec/updateAtFieldSpec.js';
import type { FieldSpec, ReplicaEntry } from '../kustomization.js';
import { mismatchReporter } from './reportMismatch.js';
import { overwriteScalar } from './overwriteScalar.js';

export interface ReplicasArgs {
  readonly entry: ReplicaEntry;
  readonly fieldSpecs: readonly FieldSpec[];
  /** The way to the entry, for people: `replicas[0]`. */
  readonly field: string;
}

/** A transformer for one entry. That no object has (or had) its name is an error. */
export function replicasTransformer(args: ReplicasArgs): Transformer {
  const { entry, field } = args;
  const place = entry.count ?? entry.node;
  const step: Step = { kind: 'replicas', field: `${field}.count`, source: entry.node.source, start: entry.node.start, end: entry.node.end };
  const paths = args.fieldSpecs.map(parseFieldPath);
  const name = entry.name?.value ?? '';
  const count = countOf(entry);
  return {
    transform(map, context) {
      const onMismatch = mismatchReporter(context.problems, step);
      const update: FieldUpdate = {
        creates: 'scalar',
        place,
        step,
        onMismatch,
        set: (node) => {
          if (node && node.kind !== 'scalar') {
            onMismatch(node, 'The number of replicas is to be set here, but this is no single value.');
            return node;
          }
          return overwriteScalar(node, count, '!!int', place, step);
        },
      };
      let isFound = false;
      for (const path of paths) {
        const isMeant = (id: ResId): boolean => id.name === name && isGvkSelected(id, path);
        for (const resource of map.matchingAnyId(isMeant)) {
          isFound = true;
          if (isGvkSelected(resource.gvk, path)) resource.root = updateAtFieldSpec(resource.root, path, update);
        }
      }
      if (isFound) return;
      const kinds = [...new Set(paths.map((path) => path.kind))].filter((kind) => kind !== '').join(', ');
      context.problems.error(
        'kustomize/replicas-match-nothing',
        `There is no ${kinds === '' ? 'object' : kinds} named ${name}; mend the name or remove the entry.`,
        entry.name ?? entry.node,
      );
    },
  };
}

/** The count in digits, whatever form it was written in. */
function countOf({ count }: ReplicaEntry): string {
  if (!count) return '0';
  const value = jsonScalarOf(count);
  return value.kind === 'literal' ? value.text : count.value;
}

/**
 * Puts a prefix before, or a suffix behind, the names of objects (kustomize's PrefixTransformer and SuffixTransformer
 * v0.21.2). What refers to the names follows later, in nameReference.ts.
 */
import { isGvkSelected, type Gvk, type ResId } from '../../objects/resId.js';
import type { Step } from '../../yaml/nodes.js';
import type { Transformer } from '../context.js';
import { parseFieldPath, updateAtFieldSpec, type FieldUpdate } from '../fieldSpec/updateAtFieldSpec.js';
import type { FieldSpec, Text } from '../kustomization.js';
import type { Resource } from '../resource.js';
import { mismatchReporter } from './reportMismatch.js';
import { overwriteScalar } from './overwriteScalar.js';

export interface NameAffixArgs {
  readonly affix: Text;
  readonly fieldSpecs: readonly FieldSpec[];
  /** The way to the directive, for people. */
  readonly field: string;
}

/** Kinds whose names are never changed: others outside of this build know them. */
const fixedNames: readonly Gvk[] = [
  { group: '', version: '', kind: 'CustomResourceDefinition' },
  { group: 'apiregistration.k8s.io', version: '', kind: 'APIService' },
  { group: '', version: '', kind: 'Namespace' },
];

/** A transformer for `namePrefix`. */
export function namePrefixTransformer(args: NameAffixArgs): Transformer {
  const { affix } = args;
  return affixTransformer(
    args,
    'namePrefix',
    (text) => affix.value + text,
    (resource) => {
      if (affix.value !== '') resource.namePrefixes = [...resource.namePrefixes, affix.value];
    },
  );
}

/** A transformer for `nameSuffix`. */
export function nameSuffixTransformer(args: NameAffixArgs): Transformer {
  const { affix } = args;
  return affixTransformer(
    args,
    'nameSuffix',
    (text) => text + affix.value,
    (resource) => {
      if (affix.value !== '') resource.nameSuffixes = [...resource.nameSuffixes, affix.value];
    },
  );
}

function affixTransformer(args: NameAffixArgs, kind: 'namePrefix' | 'nameSuffix', join: (text: string) => string, note: (resource: Resource) => void): Transformer {
  const { affix } = args;
  const step: Step = { kind, field: args.field, source: affix.source, start: affix.start, end: affix.end };
  const paths = args.fieldSpecs.map(parseFieldPath);
  return {
    transform(map, context) {
      const onMismatch = mismatchReporter(context.problems, step);
      const update: FieldUpdate = {
        creates: 'scalar',
        place: affix,
        step,
        onMismatch,
        set: (node) => {
          if (node && node.kind !== 'scalar') {
            onMismatch(node, 'A name is to be changed here, but this is no single value.');
            return node;
          }
          return overwriteScalar(node, join(node?.value ?? ''), undefined, affix, step);
        },
      };
      for (const resource of map.resources) {
        const id: ResId = resource.originalId;
        if (fixedNames.some((gvk) => isGvkSelected(id, gvk))) continue;
        for (const path of paths) {
          if (!isGvkSelected(id, path)) continue;
          if (path.spec.path === 'metadata/name') {
            note(resource);
            if (affix.value !== '') resource.storePreviousId();
          }
          if (affix.value !== '' && isGvkSelected(resource.gvk, path)) resource.root = updateAtFieldSpec(resource.root, path, update);
        }
      }
    },
  };
}

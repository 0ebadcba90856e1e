/** Numbers and booleans in the place of strings; labels and annotations of kinds that aren't known, too. */
import { formatFieldPath } from '../../objects/compare.js';
import type { FieldStep } from '../../objects/compare.js';
import { isYaml11Boolean } from '../../objects/matchType.js';
import type { FieldType } from '../../objects/objectType.js';
import type { MapNode, ScalarNode, YamlNode } from '../../yaml/nodes.js';
import { jsonScalarOf } from '../../yaml/scalars.js';
import type { CheckedEnvironment, EnvironmentRule, RuleContext } from '../rule.js';
import { quoteScalar } from '../scalarFixes.js';
import { isReadAsYaml11, mismatchesOf } from './mismatches.js';
import { nameValue } from './words.js';

export const notString: EnvironmentRule = {
  id: 'schema/not-a-string',
  scope: 'environment',
  title: 'Number or boolean where a string belongs',
  severity: 'error',
  what: 'An environment variable, label, annotation, ConfigMap entry or other string of a rendered object that YAML reads as a number or a boolean, because it is not quoted.',
  why: 'The API server refuses the whole object: `cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string`. Rendering does not notice.',
  mend: 'Quote the value.',
  examples: {
    bad: `#- kustomization.yaml
resources: [pod.yaml]
#- pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1
      env:
        - name: PORT
          value: 8080
`,
    good: `#- kustomization.yaml
resources: [pod.yaml]
#- pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1
      env:
        - name: PORT
          value: "8080"
`,
  },
  hasFix: true,
  check: (checked, report, context) => {
    for (const { kind, path, node } of literalsForText(checked, context)) {
      const fix = quoteScalar(node, 'Quote the value');
      report(
        node,
        `${formatFieldPath(path)} of a ${kind} is a string, and ${node.value} is ${isYaml11Boolean(node) ? 'a boolean' : nameValue(node)}; quote it.`,
        fix ? { fix } : {},
      );
    }
  },
};

/** True for a number or a boolean in the place of a string: what this rule finds. */
export function isLiteralForText(node: YamlNode, expected: FieldType): boolean {
  return (expected.kind === 'string' || expected.kind === 'bytes') && node.kind === 'scalar' && jsonScalarOf(node).kind === 'literal';
}

interface Literal {
  readonly kind: string;
  readonly path: readonly FieldStep[];
  readonly node: ScalarNode;
}

function literalsForText(checked: CheckedEnvironment, context: RuleContext): readonly Literal[] {
  const found = new Map<ScalarNode, Literal>();
  const isYaml11 = isReadAsYaml11(checked);
  for (const { object, mismatch } of mismatchesOf(checked, context)) {
    const isLiteral = mismatch.what === 'yaml11Boolean' ? isYaml11 : mismatch.what === 'wrongType' && isLiteralForText(mismatch.node, mismatch.expected);
    if (!isLiteral || mismatch.node.kind !== 'scalar') continue;
    found.set(mismatch.node, { kind: object.id.kind, path: mismatch.path, node: mismatch.node });
  }
  // labels and annotations are strings in every kind, known or not
  for (const { id, root } of checked.rendering.objects) {
    const metadata = root.get('metadata');
    if (metadata?.kind !== 'map') continue;
    for (const field of ['labels', 'annotations'] as const) {
      for (const [key, node] of literalsOf(metadata, field)) found.set(node, { kind: id.kind, path: ['metadata', field, key], node });
    }
  }
  return [...found.values()];
}

function literalsOf(metadata: MapNode, field: string): readonly (readonly [string, ScalarNode])[] {
  const map = metadata.get(field);
  if (map?.kind !== 'map') return [];
  return map.pairs.flatMap(({ key, value }) => {
    const isLiteral = value.kind === 'scalar' && value.tag !== '!!null' && value.tag !== '!!str' && jsonScalarOf(value).kind === 'literal';
    return isLiteral ? [[key.value, value] as const] : [];
  });
}

/** Selectors of ApplicationSets: label selectors without the rules for values, so that URLs can be compared (Argo CD v3.2.11 applicationset/utils/selector.go). */
import type { Problems } from '../../../base/problem.js';
import type { MapNode } from '../../../yaml/nodes.js';
import { scalarAt } from '../../declarations.js';
import { mapsAt, pairsAt, textsAt } from '../application.js';
import { headOf } from '../argoType.js';

/** A test of labels; undefined where the selector can't be read, which is reported. */
export function readSelector(node: MapNode, problems: Problems): ((labels: ReadonlyMap<string, string>) => boolean) | undefined {
  const tests: ((labels: ReadonlyMap<string, string>) => boolean)[] = [];
  for (const { key, value } of pairsAt(node, 'matchLabels')) tests.push((labels) => labels.get(key.value) === value.value);
  for (const expression of mapsAt(node, 'matchExpressions')) {
    const test = readExpression(expression, problems);
    if (!test) return undefined;
    tests.push(test);
  }
  return (labels) => tests.every((test) => test(labels));
}

function readExpression(node: MapNode, problems: Problems): ((labels: ReadonlyMap<string, string>) => boolean) | undefined {
  const key = scalarAt(node, 'key')?.value ?? '';
  const operator = scalarAt(node, 'operator');
  const values = new Set(textsAt(node, 'values').map(({ value }) => value));
  const hasValues = operator?.value === 'In' || operator?.value === 'NotIn';
  const isUnary = operator?.value === 'Exists' || operator?.value === 'DoesNotExist';
  if (!hasValues && !isUnary) {
    problems.error('argocd/invalid-selector', 'The operator of a selector is In, NotIn, Exists or DoesNotExist.', operator ?? headOf(node));
    return undefined;
  }
  if (hasValues === (values.size === 0)) {
    problems.error(
      'argocd/invalid-selector',
      hasValues ? `${operator.value} needs values to compare with.` : `${operator?.value ?? ''} takes no values; remove them.`,
      node.get('values') ?? headOf(node),
    );
    return undefined;
  }
  switch (operator.value) {
    case 'In':
      return (labels) => labels.has(key) && values.has(labels.get(key) ?? '');
    case 'NotIn':
      return (labels) => !labels.has(key) || !values.has(labels.get(key) ?? '');
    case 'Exists':
      return (labels) => labels.has(key);
    default:
      return (labels) => !labels.has(key);
  }
}

/** Label selectors as Kubernetes matches them (apimachinery labels and metav1.LabelSelector). */
import { scalarValue, type MapNode } from '../../yaml/nodes.js';
import { mapAt, mapsAt, nodeAt } from './environmentObjects.js';

/** Undefined for a selector that can't be read: then nothing is said of it. */
export type LabelMatch = ((labels: ReadonlyMap<string, string>) => boolean) | undefined;

/** A map of labels that all have to be there, as a Service has it. */
export function matchLabels(selector: MapNode): LabelMatch {
  const wanted: [string, string][] = [];
  for (const { key, value } of selector.pairs) {
    if (runtimeLabels.has(key.value)) continue;
    if (value.kind !== 'scalar' || isOpen(value.value)) return undefined;
    wanted.push([key.value, value.value]);
  }
  return (labels) => wanted.every(([key, value]) => labels.get(key) === value);
}

/** Labels that pods get while they run: from their controllers, and from those that choose a leader. */
const runtimeLabels: ReadonlySet<string> = new Set([
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'pod-template-hash',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-completion-index',
  'role',
  'spilo-role',
]);

/** A selector with `matchLabels` and `matchExpressions`. An empty one matches everything. */
export function matchSelector(selector: MapNode): LabelMatch {
  const labels = mapAt(selector, 'matchLabels');
  const byLabels: LabelMatch = labels ? matchLabels(labels) : () => true;
  const expressions = mapsAt(selector, 'matchExpressions').map(matchExpression);
  if (!byLabels || expressions.some((each) => !each)) return undefined;
  return (of) => byLabels(of) && expressions.every((each) => each?.(of));
}

function matchExpression(expression: MapNode): LabelMatch {
  const key = scalarValue(expression.get('key'));
  const list = nodeAt(expression, 'values');
  const values = list?.kind === 'sequence' ? list.items.map((item) => scalarValue(item)) : [];
  if (key !== undefined && runtimeLabels.has(key)) return () => true;
  if (key === undefined || values.some((value) => value === undefined || isOpen(value))) return undefined;
  switch (scalarValue(expression.get('operator'))) {
    case 'In':
      return (labels) => labels.has(key) && values.includes(labels.get(key));
    case 'NotIn':
      return (labels) => !labels.has(key) || !values.includes(labels.get(key));
    case 'Exists':
      return (labels) => labels.has(key);
    case 'DoesNotExist':
      return (labels) => !labels.has(key);
    default:
      return undefined;
  }
}

/** The labels that a selector names, for a sentence: `app=web,tier=front`. */
export function formatSelector(selector: MapNode): string {
  const labels = mapAt(selector, 'matchLabels') ?? (selector.get('matchExpressions') ? undefined : selector);
  const plain = labels?.pairs.map(({ key, value }) => `${key.value}=${scalarValue(value) ?? ''}`) ?? [];
  return [...plain, ...mapsAt(selector, 'matchExpressions').map((each) => `${scalarValue(each.get('key')) ?? ''} ${scalarValue(each.get('operator')) ?? ''}`)].join(',');
}

function isOpen(text: string): boolean {
  return /\$\{|\{\{|\$\(/.test(text);
}

/** Selectors that choose no pod of what goes to their namespace. */
import type { Place } from '../../base/problem.js';
import type { Environment } from '../../gitops/delivery.js';
import type { RenderedObject } from '../../objects/rendering.js';
import type { MapNode } from '../../yaml/nodes.js';
import { defineWorkspaceRule, type FindingExtras } from '../rule.js';
import { mapAt, objectsOf, textAt, type EnvironmentObjects, type Workload } from './environmentObjects.js';
import { formatSelector, matchLabels, matchSelector, type LabelMatch } from './labelMatch.js';
import { chartNamespacesOf, isProduced, mayComeFromChart } from './producers.js';

interface Lonely {
  readonly namespace: string;
  readonly matches: NonNullable<LabelMatch>;
  readonly place: Place;
  readonly message: string;
  readonly extras: FindingExtras;
}

interface Gathered {
  readonly environment: Environment;
  readonly cluster: string;
  readonly isKnown: boolean;
  readonly namespace: string;
  readonly chartNamespaces: ReadonlySet<string>;
  readonly pods: readonly Pick<Workload, 'labels' | 'namespace'>[];
  readonly lonely: readonly Lonely[];
}

export const selectorWithoutPods = defineWorkspaceRule<Gathered>({
  id: 'references/selector-without-pods',
  title: 'Selector that chooses no pod',
  severity: 'warning',
  what: 'A Service, PodDisruptionBudget or NetworkPolicy whose selector fits no pod that this environment, or another one of the same namespace, runs there. Namespaces for which no pod is rendered are left alone: their pods come from elsewhere.',
  why: 'A Service without pods has no endpoints and answers with errors, a budget or policy without pods protects nothing; and nothing fails on the way.',
  mend: "Write the labels of the workload's pod template into the selector. Prefixes do not change labels; `labels` with `includeSelectors: true` changes both sides.",
  examples: {
    bad: example('frontend'),
    good: example('web'),
  },
  hasFix: false,
  gather: (checked) => {
    const objects = objectsOf(checked);
    const { destination } = checked.environment;
    return {
      environment: checked.environment,
      cluster: destination.server?.value ?? destination.cluster?.value ?? '',
      isKnown: checked.rendering.ok,
      namespace: destination.namespace?.value ?? '',
      chartNamespaces: chartNamespacesOf(objects),
      pods: objects.workloads.map(({ labels, namespace }) => ({ labels, namespace })),
      lonely: lonelyOf(objects),
    };
  },
  check: (gathered, _, report) => {
    for (const own of gathered) {
      for (const { namespace, matches, place, message, extras } of own.lonely) {
        const isElsewhere = gathered.some((other) => {
          if (other === own) return mayComeFromChart(own.chartNamespaces, namespace);
          if (namespace === '' || other.cluster !== own.cluster) return false;
          if ((!other.isKnown && other.namespace === namespace) || mayComeFromChart(other.chartNamespaces, namespace)) return true;
          return other.pods.some((pod) => pod.namespace === namespace && matches(pod.labels));
        });
        if (!isElsewhere) report(place, message, { ...extras, environments: [own.environment] });
      }
    }
  },
});

function lonelyOf(objects: EnvironmentObjects): readonly Lonely[] {
  const found: Lonely[] = [];
  for (const [object, selector, matches] of selectorsOf(objects)) {
    const namespace = objects.namespaceOf(object);
    const near = objects.workloads.filter((workload) => workload.namespace === namespace);
    if (!matches || near.length === 0 || near.some(({ labels }) => matches(labels)) || isOperated(objects, namespace, selector)) continue;
    const text = formatSelector(selector);
    const namesake = near.find((workload) => workload.object.id.name === object.id.name) ?? (near.length === 1 ? near[0] : undefined);
    const labels = namesake && mapAt(namesake.pod.template, 'metadata', 'labels');
    const related = labels && [
      { location: labels.source.locate(labels.start, labels.end), message: `The pods of ${namesake.object.id.kind} ${namesake.object.id.name} have these labels.` },
    ];
    found.push({
      namespace,
      matches,
      place: selector.pairs[0] ? { ...placeOfPairs(selector) } : selector,
      message: `${object.id.kind} ${object.id.name} chooses pods with ${text}, and no pod in this environment has ${text.includes(',') ? 'all of that' : 'that'}.`,
      extras: related ? { related } : {},
    });
  }
  return found;
}

/** The first label of a selector: where somebody looks first. */
function placeOfPairs(selector: MapNode): Place {
  const labels = mapAt(selector, 'matchLabels') ?? selector;
  const first = labels.pairs[0];
  if (!first) return selector;
  const { key, value } = first;
  const isWhole = value.kind === 'scalar' && value.source === key.source && value.end > key.start;
  return isWhole ? { source: key.source, start: key.start, end: value.end } : key;
}

function* selectorsOf(objects: EnvironmentObjects): Iterable<readonly [RenderedObject, MapNode, LabelMatch]> {
  for (const service of objects.ofKind('Service')) {
    const selector = mapAt(service.root, 'spec', 'selector');
    if (service.id.group !== '' || !selector || selector.pairs.length === 0 || textAt(service.root, 'spec', 'type')?.value === 'ExternalName') continue;
    yield [service, selector, matchLabels(selector)];
  }
  for (const budget of objects.ofKind('PodDisruptionBudget')) {
    const selector = mapAt(budget.root, 'spec', 'selector');
    if (selector && selector.pairs.length > 0) yield [budget, selector, matchSelector(selector)];
  }
  for (const policy of objects.ofKind('NetworkPolicy')) {
    const selector = mapAt(policy.root, 'spec', 'podSelector');
    if (policy.id.group === 'networking.k8s.io' && selector && selector.pairs.length > 0) yield [policy, selector, matchSelector(selector)];
  }
}

/** True where an operator's object is named in the selector: its pods are made in the cluster. */
function isOperated(objects: EnvironmentObjects, namespace: string, selector: MapNode): boolean {
  const labels = mapAt(selector, 'matchLabels') ?? selector;
  return labels.pairs.some(
    ({ key, value }) =>
      /^(cnpg\.io|strimzi\.io|kubevirt\.io|serving\.knative\.dev|ray\.io)\//.test(key.value) || (value.kind === 'scalar' && isProduced(objects, 'Pod', namespace, value.value)),
  );
}

function example(label: string): string {
  return `#- kustomization.yaml
resources: [objects.yaml]
#- objects.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: ${label}}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1}]}
`;
}

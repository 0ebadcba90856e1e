/** stuck-deletion: objects that are being deleted and stay, as a finalizer isn't taken away. */
import type { LiveObject } from '../live/liveObject.js';
import { conditionsAt, mapsAt, textAt } from '../live/readFields.js';
import { durationWords } from '../live/time.js';
import { idOfLive, liveKey } from '../live/liveObject.js';
import type { Check } from './check.js';
import { causeOf, type Cause } from './diagnosis.js';
import { nameOf, oneLine, since } from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';

/** Longer than a controller needs. */
const patience = 120_000;

export const stuckDeletion: Check = {
  code: 'stuck-deletion',
  title: 'Object that stays though it is deleted',
  topics: ['namespaces', 'pods', 'claims'],
  *examine(facts) {
    const { live } = facts;
    if (!live) return;
    for (const object of candidatesOf(live, facts)) {
      const waited = since(object.metadata.deletionTimestamp, facts.now);
      if (waited === undefined || waited < patience) continue;
      const id = idOfLive(object);
      const causes = causesOf(object, waited);
      if (causes.length === 0) continue;
      yield { code: 'stuck-deletion', severity: 'error', symptom: `${nameOf(id)} is being deleted for ${durationWords(waited)} and stays.`, object: id, causes };
    }
  },
};

/** The environment's own objects, those of its operator, its namespaces, and what lies in them. */
function candidatesOf({ drift, declaration, source, seen }: LiveFacts, { environment }: DoctorFacts): readonly LiveObject[] {
  const own = (drift?.objects ?? []).flatMap(({ live }) => live ?? []);
  const namespaces = new Set([environment.destination.namespace?.value, ...own.map(({ metadata }) => metadata.namespace)].filter((name) => name !== undefined));
  const all = [...own, declaration, source, ...seen.namespaces.filter(({ metadata }) => namespaces.has(metadata.name)), ...seen.pods, ...seen.claims];
  const found = all.filter((object) => object?.metadata.deletionTimestamp !== undefined);
  return [...new Map(found.flatMap((object) => (object ? [[liveKey(idOfLive(object)), object] as const] : []))).values()];
}

function causesOf(object: LiveObject, waited: number): readonly Cause[] {
  const { finalizers = [], deletionTimestamp = '' } = object.metadata;
  const evidence = [`metadata.deletionTimestamp is ${deletionTimestamp}, ${durationWords(waited)} ago.`];
  if (object.kind === 'Namespace') return namespaceCauses(object, evidence);
  if (object.kind === 'Pod' && finalizers.length === 0) {
    const node = textAt(object, 'spec', 'nodeName') ?? '';
    return [
      causeOf(
        `The kubelet of node ${node} doesn't say that the pod has ended.`,
        [...evidence, `The pod has no finalizer; it is bound to ${node}.`],
        `See whether node ${node} is reachable.`,
      ),
    ];
  }
  if (finalizers.length === 0) return [];
  const [first = ''] = finalizers;
  const known = keepers[first];
  return [
    causeOf(
      `The finalizer ${first} is not taken away${finalizers.length > 1 ? `, nor ${finalizers.slice(1).join(', ')}` : ''}.`,
      [...evidence, `metadata.finalizers has ${finalizers.join(', ')}.`],
      known ?? `See whether the controller that owns ${first} runs, and what it says. Taking the finalizer away by hand leaves behind what it was to clean up.`,
    ),
  ];
}

const keepers: Readonly<Record<string, string>> = {
  'kubernetes.io/pvc-protection': 'A pod still uses the claim: delete that pod first.',
  'kubernetes.io/pv-protection': 'A claim is still bound to the volume: delete that claim first.',
  'resources-finalizer.argocd.argoproj.io':
    "Argo CD deletes what the Application brought first: see which of its resources stay, and whether Argo CD can reach the Application's cluster.",
  'finalizers.fluxcd.io': 'Flux deletes what it brought first: see whether its controller runs, and what it says.',
  foregroundDeletion: 'What it owns is deleted first: see which of its dependents stay.',
};

/** The namespace controller says what is left. */
function namespaceCauses(namespace: LiveObject, evidence: readonly string[]): readonly Cause[] {
  const told = conditionsAt(namespace).filter(
    ({ status, type }) =>
      status === 'True' && /^Namespace(?:DeletionDiscoveryFailure|DeletionContentFailure|ContentRemaining|FinalizersRemaining|DeletionGroupVersionParsingFailure)$/.test(type),
  );
  const words = told.map(({ type, message }) => oneLine(`${type}: ${message ?? ''}`));
  const finalizers = mapsAt(namespace, 'spec').length === 0 ? (namespace.metadata.finalizers ?? []) : [];
  const discovery = told.find(({ type }) => type === 'NamespaceDeletionDiscoveryFailure');
  if (discovery)
    return [
      causeOf(
        'An API group can not be listed, so nobody knows what is left in it.',
        [...evidence, ...words],
        'See the APIService whose server does not answer (kubectl get apiservices).',
      ),
    ];
  const remaining = told.find(({ type }) => type === 'NamespaceFinalizersRemaining') ?? told.find(({ type }) => type === 'NamespaceContentRemaining');
  if (remaining)
    return [
      causeOf(
        'Objects in it have finalizers that nobody takes away.',
        [...evidence, ...words],
        'See the controllers of the finalizers that are named; the namespace goes when they are done.',
      ),
    ];
  if (finalizers.length > 0)
    return [
      causeOf(
        `The finalizer ${finalizers.join(', ')} is not taken away.`,
        [...evidence, `metadata.finalizers has ${finalizers.join(', ')}.`],
        'See whether the controller that owns it runs.',
      ),
    ];
  return words.length > 0 ? [causeOf('The namespace controller can not empty it.', [...evidence, ...words], 'See what it says.')] : [];
}

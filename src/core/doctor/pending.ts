/** pending: pods that no node takes, by the scheduler's own words. Volumes that aren't bound and quotas have checks of their own. */
import { mapsAt, textAt, valueAt } from '../live/readFields.js';
import type { LiveObject } from '../live/liveObject.js';
import { isJsonObject } from '../live/json.js';
import type { Check } from './check.js';
import { causeOf, type Cause } from './diagnosis.js';
import { containersOf, eventWords, eventsOf, locate, nameOf, oneLine, placeWords, podWords, renderedOf, since, valueWords, workloadsOf } from './evidence.js';
import type { DoctorFacts } from './facts.js';

/** Where nodes may come by themselves, before that. */
const patience = 30_000;

export const pending: Check = {
  code: 'pending',
  title: 'Pod that no node takes',
  topics: ['pods', 'replicaSets', 'events'],
  *examine(facts) {
    const { live } = facts;
    if (!live) return;
    for (const { drift, pods } of workloadsOf(live)) {
      const waiting = pods.flatMap((pod) => {
        const condition = mapsAt(pod, 'status', 'conditions').find((each) => textAt(each, 'type') === 'PodScheduled' && textAt(each, 'status') === 'False');
        return condition && textAt(condition, 'reason') === 'Unschedulable'
          ? [{ pod, message: textAt(condition, 'message') ?? '', at: textAt(condition, 'lastTransitionTime') }]
          : [];
      });
      const [first] = waiting;
      if (!first) continue;
      const [event] = eventsOf(first.pod, live).filter((each) => textAt(each, 'reason') === 'FailedScheduling');
      const evidence = [oneLine(`The scheduler says of ${podWords(waiting.map(({ pod }) => pod))}: ${first.message}`), ...(event ? [eventWords(event, facts.now)] : [])];
      const isNew = (since(first.at, facts.now) ?? patience) < patience;
      const causes = causesOf(first, drift.id, { evidence, isNew }, facts);
      if (causes.length === 0) continue;
      yield {
        code: 'pending',
        severity: 'error',
        symptom: `${nameOf(drift.id)} waits for a node: ${podWords(waiting.map(({ pod }) => pod))} ${waiting.length === 1 ? 'is' : 'are'} Pending.`,
        object: drift.id,
        causes,
      };
    }
  },
};

interface Waiting {
  readonly pod: LiveObject;
  readonly message: string;
}

function causesOf(
  { pod, message }: Waiting,
  id: Parameters<typeof renderedOf>[0],
  { evidence, isNew }: { readonly evidence: readonly string[]; readonly isNew: boolean },
  facts: DoctorFacts,
): readonly Cause[] {
  const causes: Cause[] = [];
  const object = renderedOf(id, facts);
  const at = (...path: readonly string[]): Cause['place'] => locate(object, [...(id.kind === 'Pod' ? [] : ['spec', 'template']), 'spec', ...path]);
  if (/didn't match Pod's node affinity\/selector|didn't match pod's node selector|node\(s\) didn't match PersistentVolume's node affinity/i.test(message)) {
    const selector = valueAt(pod, 'spec', 'nodeSelector');
    const words = isJsonObject(selector)
      ? `nodeSelector ${Object.entries(selector)
          .map(([key, value]) => `${key}=${valueWords(value)}`)
          .join(', ')}`
      : 'node affinity';
    const place = at(isJsonObject(selector) ? 'nodeSelector' : 'affinity');
    causes.push(causeOf(`No node fits its ${words}${placeWords(place, facts)}.`, evidence, 'Label a node so, or change what the pod asks for.', { place }));
  }
  causes.push(...taintCauses(message, evidence, at('tolerations'), facts));
  const lacking = [...new Set([...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map(([, what]) => what ?? ''))];
  // An autoscaler may be making a node.
  if (lacking.length > 0 && !isNew) {
    const requests = containersOf(pod).map(
      ({ name, spec }) => `${name}: ${lacking.map((what) => `${what} ${valueWords(valueAt(spec, 'resources', 'requests', what))}`).join(', ')}`,
    );
    const place = at('containers');
    causes.push(
      causeOf(
        `No node has enough ${lacking.join(' and ')} left${placeWords(place, facts)}.`,
        [...evidence, `It requests: ${requests.join('; ')}.`],
        'Lower its requests, or give the cluster more nodes.',
        { place },
      ),
    );
  }
  if (/unschedulable/i.test(message))
    causes.push(causeOf('Nodes are cordoned (unschedulable).', evidence, 'Uncordon a node (kubectl uncordon), or wait until its maintenance is over.'));
  if (/didn't have free ports/i.test(message))
    causes.push(causeOf('The host port that it asks for is taken on every node.', evidence, 'Give up the hostPort, or have fewer pods than nodes.', { place: at('containers') }));
  if (/topology spread constraints|anti-affinity rules/i.test(message)) {
    causes.push(
      causeOf('Its rules to keep pods apart leave no node for another one.', evidence, 'Soften the rule (ScheduleAnyway, preferred), or have fewer replicas.', {
        place: at('affinity'),
      }),
    );
  }
  const isOther = /unbound immediate PersistentVolumeClaims|persistentvolumeclaim "/i.test(message);
  if (causes.length === 0 && !isOther && !isNew) causes.push(causeOf('No node takes it.', evidence, 'See the words of the scheduler.', { place: at() }));
  return causes;
}

/** What the node controller says of a node stands as a taint too: nobody tolerates that. */
const nodeStates: Readonly<Record<string, string>> = {
  'node.kubernetes.io/not-ready': 'Nodes are not ready',
  'node.kubernetes.io/unreachable': 'Nodes are not reachable',
  'node.kubernetes.io/disk-pressure': 'Nodes are short of disk space',
  'node.kubernetes.io/memory-pressure': 'Nodes are short of memory',
  'node.kubernetes.io/pid-pressure': 'Nodes have too many processes',
  'node.kubernetes.io/network-unavailable': 'The network of nodes is not set up',
};

function taintCauses(message: string, evidence: readonly string[], place: Cause['place'], facts: DoctorFacts): readonly Cause[] {
  const taints = new Set([...message.matchAll(/untolerated taint(?:\(s\))? \{?([^:}\s]+)/gi)].map(([, key]) => key ?? ''));
  return [...taints].map((key) => {
    const state = nodeStates[key];
    if (state !== undefined) return causeOf(`${state} (${key}).`, evidence, 'See the conditions of the nodes (kubectl describe nodes).');
    return causeOf(`It doesn't tolerate the taint ${key} of the nodes${placeWords(place, facts)}.`, evidence, 'Add a toleration, or take the taint away where it is not meant.', {
      place,
    });
  });
}

/** container-config: containers and volumes that wait for a ConfigMap, a Secret or a key of one that isn't there. */
import { textAt } from '../live/readFields.js';
import type { Check } from './check.js';
import { causeOf, type Cause } from './diagnosis.js';
import {
  containerPath,
  containersOf,
  eventWords,
  eventsOf,
  firstBy,
  locate,
  nameOf,
  nameOfLive,
  oneLine,
  podWords,
  renderedOf,
  waitingReason,
  workloadsOf,
  type WorkloadPods,
} from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';

const reasons = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

export const containerConfig: Check = {
  code: 'container-config',
  title: 'Container that waits for what it is configured with',
  topics: ['pods', 'replicaSets', 'events'],
  *examine(facts) {
    const { live } = facts;
    if (!live) return;
    for (const workload of workloadsOf(live)) {
      const causes = [...containerCauses(workload, facts), ...mountCauses(workload, live, facts)];
      if (causes.length === 0) continue;
      const { id } = workload.drift;
      yield {
        code: 'container-config',
        severity: 'error',
        symptom: `${nameOf(id)} can't start: something that its containers are configured with is missing.`,
        object: id,
        causes,
      };
    }
  },
};

function containerCauses({ drift: { id }, pods }: WorkloadPods, facts: DoctorFacts): readonly Cause[] {
  const waiting = pods.flatMap(containersOf).filter((container) => reasons.has(waitingReason(container)));
  return firstBy(waiting, ({ name, status }) => `${name} ${(status && textAt(status, 'state', 'waiting', 'message')) ?? ''}`).flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const message = (first.status && textAt(first.status, 'state', 'waiting', 'message')) ?? '';
    const evidence = [oneLine(`Container ${first.name} of ${podWords(same.map(({ pod }) => pod))} is in ${waitingReason(first)}: ${message}`)];
    const place = locate(renderedOf(id, facts), containerPath(id, first));
    return [
      causeOf(missingWords(message) ?? `Container ${first.name} can't be made.`, evidence, 'Let the environment declare it, bring it by what manages it, or mend the name.', {
        place,
      }),
    ];
  });
}

function mountCauses({ drift: { id }, pods }: WorkloadPods, live: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  const failing = pods.flatMap((pod) => {
    if (textAt(pod, 'status', 'phase') !== 'Pending') return [];
    const event = eventsOf(pod, live).find((each) => textAt(each, 'reason') === 'FailedMount' && missingWords(textAt(each, 'message') ?? '') !== undefined);
    return event ? [{ pod, event }] : [];
  });
  return firstBy(failing, ({ event }) => missingWords(textAt(event, 'message') ?? '') ?? '').flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const words = missingWords(textAt(first.event, 'message') ?? '') ?? '';
    const volume = /volume "([^"]+)"/.exec(textAt(first.event, 'message') ?? '')?.[1] ?? '';
    const place = locate(renderedOf(id, facts), [...(id.kind === 'Pod' ? [] : ['spec', 'template']), 'spec', 'volumes', { key: 'name', value: volume }]);
    return [
      causeOf(
        words,
        [`${nameOfLive(first.pod)} waits for its volumes.`, eventWords(first.event, facts.now)],
        'Let the environment declare it, bring it by what manages it, or mend the name.',
        { place },
      ),
    ];
  });
}

/** `Secret login doesn't exist.`; undefined for words that name nothing missing. */
function missingWords(message: string): string | undefined {
  const [, kind, name] = /(configmap|secret|persistentvolumeclaim) "([^"]+)" not found/i.exec(message) ?? [];
  if (kind !== undefined && name !== undefined) return `${kinds[kind.toLowerCase()] ?? kind} ${name} doesn't exist.`;
  const [, key, of, at] = /couldn't find key (\S+) in (ConfigMap|Secret) (\S+)/i.exec(message) ?? [];
  if (key !== undefined) return `${of ?? ''} ${at ?? ''} has no key ${key}.`;
  const [, many] = /references non-existent (config|secret) key: (\S+)/i.exec(message) ?? [];
  return many === undefined ? undefined : oneLine(message);
}

const kinds: Readonly<Record<string, string>> = { configmap: 'ConfigMap', secret: 'Secret', persistentvolumeclaim: 'PersistentVolumeClaim' };

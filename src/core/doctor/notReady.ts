/** not-ready: containers that run and don't become ready, though nobody restarts them: their readiness probe fails, or a gate holds them. */
import { conditionsAt, mapsAt, textAt } from '../live/readFields.js';
import type { LiveObject } from '../live/liveObject.js';
import type { Check } from './check.js';
import { causeOf, type Cause } from './diagnosis.js';
import { containerPath, containersOf, eventWords, eventsOf, locate, nameOf, placeWords, podWords, renderedOf, since, waitingReason, workloadsOf } from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';

/** Before that a container may be starting. */
const patience = 60_000;

export const notReady: Check = {
  code: 'not-ready',
  title: 'Pod that runs and is not ready',
  topics: ['pods', 'replicaSets', 'events'],
  *examine(facts) {
    const { live } = facts;
    if (!live) return;
    for (const { drift, pods } of workloadsOf(live)) {
      const unready = pods.filter((pod) => isUnready(pod, facts.now));
      const [first] = unready;
      const causes = first ? causesOf(first, drift.id, live, facts) : [];
      if (causes.length === 0) continue;
      yield { code: 'not-ready', severity: 'error', symptom: `${nameOf(drift.id)} runs and is not ready: ${podWords(unready)}.`, object: drift.id, causes };
    }
  },
};

function isUnready(pod: LiveObject, now: number): boolean {
  if (textAt(pod, 'status', 'phase') !== 'Running' || containersOf(pod).some((container) => waitingReason(container) !== '')) return false;
  const ready = mapsAt(pod, 'status', 'conditions').find((each) => textAt(each, 'type') === 'Ready');
  return ready !== undefined && textAt(ready, 'status') === 'False' && (since(textAt(ready, 'lastTransitionTime'), now) ?? 0) > patience;
}

function causesOf(pod: LiveObject, id: Parameters<typeof containerPath>[0], live: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  const [event] = eventsOf(pod, live).filter((each) => /readiness/i.test(textAt(each, 'message') ?? ''));
  const object = renderedOf(id, facts);
  const unready = containersOf(pod).filter(({ status, list }) => list === 'containers' && status?.['ready'] === false);
  const causes = unready.flatMap((container) => {
    if (container.spec['readinessProbe'] === undefined) return [];
    const place = locate(object, [...containerPath(id, container), 'readinessProbe']);
    const evidence = [`Container ${container.name} of pod ${pod.metadata.name} runs and is not ready.`, ...(event ? [eventWords(event, facts.now)] : [])];
    return [
      causeOf(
        `The readinessProbe of container ${container.name} doesn't succeed${placeWords(place, facts)}.`,
        evidence,
        'Compare its path and port with what the container serves, and see what the container waits for.',
        { place },
      ),
    ];
  });
  if (causes.length > 0) return causes;
  const gates = mapsAt(pod, 'spec', 'readinessGates').flatMap((gate) => textAt(gate, 'conditionType') ?? []);
  const closed = gates.filter((gate) => conditionsAt(pod).find(({ type }) => type === gate)?.status !== 'True');
  return closed.map((gate) =>
    causeOf(`The readiness gate ${gate} is not open.`, [`Pod ${pod.metadata.name} has no condition ${gate} that is True.`], 'See the controller that is to set this condition.', {
      place: locate(object, ['spec', 'template', 'spec', 'readinessGates']),
    }),
  );
}

/** quota: pods (and other objects) that aren't made, or are refused, since a ResourceQuota is used up or asks for more than they say. */
import type { LiveObject } from '../live/liveObject.js';
import { conditionsAt, mapAt, textAt } from '../live/readFields.js';
import type { ResId } from '../objects/resId.js';
import { controllerOf } from '../sync/rollout.js';
import type { Check } from './check.js';
import { causeOf, type Cause } from './diagnosis.js';
import { eventWords, eventsOf, locate, nameOf, nameOfLive, oneLine, placeWords, renderedOf, valueWords, workloadsOf, type WorkloadPods } from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';

export const quota: Check = {
  code: 'quota',
  title: 'Quota that is used up',
  topics: ['pods', 'replicaSets', 'events', 'quotas'],
  *examine(facts) {
    const { live } = facts;
    if (!live) return;
    for (const workload of workloadsOf(live)) {
      const refusal = refusalOf(workload, live, facts.now).find(({ words }) => isQuota(words));
      if (!refusal) continue;
      const { id } = workload.drift;
      yield {
        code: 'quota',
        severity: 'error',
        symptom: `${nameOf(id)} lacks pods: a quota of its namespace refuses them.`,
        object: id,
        causes: [causeIn(refusal, id, live, facts)],
      };
    }
    for (const { id, state, reason } of live.drift?.objects ?? []) {
      if (state !== 'missing' || !isQuota(reason)) continue;
      yield {
        code: 'quota',
        severity: 'error',
        symptom: `${nameOf(id)} can't be made: a quota of its namespace refuses it.`,
        object: id,
        causes: [causeIn({ words: reason, evidence: oneLine(reason) }, id, live, facts)],
      };
    }
  },
};

export interface Refusal {
  readonly words: string;
  readonly evidence: string;
}

/** Why the pods of a workload aren't made: conditions first, which go when it is over; events of what stands now. */
export function refusalOf({ live: workload, drift, pods }: WorkloadPods, live: LiveFacts, now: number): readonly Refusal[] {
  const sets = live.seen.replicaSets.filter((set) => controllerOf(set) === workload.metadata.uid);
  const conditions = [workload, ...sets].flatMap((object) =>
    conditionsAt(object).flatMap(({ type, status, message }) =>
      type === 'ReplicaFailure' && status === 'True' ? [{ words: message ?? '', evidence: oneLine(`${nameOfLive(object)} says ReplicaFailure: ${message ?? ''}`) }] : [],
    ),
  );
  if (conditions.length > 0) return conditions;
  // StatefulSets, DaemonSets and Jobs tell it by events alone: those count while pods are missing.
  if (drift.id.kind === 'Deployment' || drift.health?.status === 'Healthy' || !lacksPods(workload, pods)) return [];
  return eventsOf(workload, live).flatMap((event) =>
    textAt(event, 'reason') === 'FailedCreate' ? [{ words: textAt(event, 'message') ?? '', evidence: eventWords(event, now) }] : [],
  );
}

function lacksPods(workload: LiveObject, pods: readonly LiveObject[]): boolean {
  const wanted = Number(mapAt(workload, 'spec')?.['replicas'] ?? mapAt(workload, 'status')?.['desiredNumberScheduled'] ?? 1);
  return pods.length < wanted;
}

function isQuota(words: string): boolean {
  return /exceeded quota|failed quota/i.test(words);
}

function causeIn({ words, evidence }: Refusal, id: ResId, live: LiveFacts, facts: DoctorFacts): Cause {
  const [, name] = /(?:exceeded|failed) quota: ([^,:\s]+)/i.exec(words) ?? [];
  const object = renderedOf(id, facts);
  const [, must] = /must specify ([^\s].*?)(?: for:.*)?$/i.exec(words) ?? [];
  if (must !== undefined) {
    const place = locate(object, ['spec', 'template', 'spec', 'containers']);
    return causeOf(
      `ResourceQuota ${name ?? ''} wants every pod to say ${must}${placeWords(place, facts)}.`,
      [evidence],
      'Set these requests and limits, or have a LimitRange set defaults.',
      { place },
    );
  }
  const [, requested, used, limited] = /requested: (.*?), used: (.*?), limited: (.*)$/i.exec(words) ?? [];
  const place = locate(object, ['spec', 'replicas']);
  const numbers = requested === undefined ? '' : `: ${requested} requested, ${used ?? ''} used, ${limited ?? ''} allowed`;
  const there = live.seen.quotas.find(({ metadata }) => metadata.name === name);
  const seen = there ? [`ResourceQuota ${there.metadata.namespace ?? ''}/${there.metadata.name} has ${usageWords(there)}.`] : [];
  return causeOf(`ResourceQuota ${name ?? ''} is used up${numbers}.`, [evidence, ...seen], 'Ask for less (replicas, requests), free what others use, or have the quota raised.', {
    place,
  });
}

function usageWords(found: LiveObject): string {
  const [hard, used] = [mapAt(found, 'status', 'hard') ?? {}, mapAt(found, 'status', 'used') ?? {}];
  return Object.entries(hard)
    .map(([what, most]) => `${valueWords(used[what] ?? 0)} of ${valueWords(most)} ${what}`)
    .join(', ');
}

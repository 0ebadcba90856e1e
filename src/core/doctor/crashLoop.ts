/** crash-loop: containers that end again and again. What they ended with, and what the kubelet did to them, tells why. */
import type { JsonObject } from '../live/json.js';
import { countAt, mapAt, textAt } from '../live/readFields.js';
import { durationWords, parseTime } from '../live/time.js';
import type { Check } from './check.js';
import { causeOf, type Cause } from './diagnosis.js';
import {
  containerPath,
  eventWords,
  eventsOf,
  locate,
  nameOf,
  oneLine,
  placeWords,
  podWords,
  renderedOf,
  waitingContainers,
  type PodContainer,
  type WorkloadPods,
} from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';

const reasons = new Set(['CrashLoopBackOff']);

export const crashLoop: Check = {
  code: 'crash-loop',
  title: 'Container that crashes',
  topics: ['pods', 'replicaSets', 'events'],
  *examine(facts) {
    const { live } = facts;
    if (!live) return;
    for (const { workload, first, all } of waitingContainers(live, reasons, ({ name }) => name)) {
      yield {
        code: 'crash-loop',
        severity: 'error',
        symptom: `Container ${first.name} of ${nameOf(workload.drift.id)} crashes again and again (${podWords(all.map(({ pod }) => pod))}).`,
        object: workload.drift.id,
        causes: causesOf(workload, first, live, facts),
      };
    }
  },
};

function causesOf({ drift: { id } }: WorkloadPods, container: PodContainer, live: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  const { status = {}, spec, pod, name } = container;
  const ended = mapAt(status, 'lastState', 'terminated') ?? mapAt(status, 'state', 'terminated') ?? {};
  const object = renderedOf(id, facts);
  const path = containerPath(id, container);
  const evidence = [endWords(ended, status)];
  const message = textAt(ended, 'message');
  if (message !== undefined && message !== '') evidence.push(oneLine(`Its last words: ${message}`));
  const code = countAt(ended, 'exitCode');
  if (textAt(ended, 'reason') === 'OOMKilled') {
    const limit = textAt(spec, 'resources', 'limits', 'memory');
    const place = locate(object, [...path, 'resources', 'limits', 'memory']);
    const cause = limit === undefined ? 'It used more memory than the node has.' : `It uses more memory than its limit of ${limit}${placeWords(place, facts)}.`;
    return [causeOf(cause, evidence, 'Raise the memory limit, or make it use less.', { place })];
  }
  const killed = eventsOf(pod, live).find((event) => /^(?:Unhealthy|Killing)$/.test(textAt(event, 'reason') ?? '') && /liveness|startup/i.test(textAt(event, 'message') ?? ''));
  if (killed) {
    const probe = /startup/i.test(textAt(killed, 'message') ?? '') ? 'startupProbe' : 'livenessProbe';
    const place = locate(object, [...path, probe]);
    return [
      causeOf(
        `Its ${probe} fails, so the kubelet restarts it${placeWords(place, facts)}.`,
        [eventWords(killed, facts.now), ...evidence],
        'Compare path, port and delays of the probe with what the container serves.',
        { place },
      ),
    ];
  }
  if (code === 126 || code === 127 || /executable file not found|no such file or directory|permission denied/i.test(message ?? '') || textAt(ended, 'reason') === 'StartError') {
    const place = locate(object, [...path, 'command']);
    return [causeOf(`Its command can't be started${placeWords(place, facts)}.`, evidence, 'Mend command and args, or the image that is to have them.', { place })];
  }
  const logs = `kubectl logs -n ${pod.metadata.namespace ?? 'default'} ${pod.metadata.name} -c ${name} --previous`;
  if (code === 0) {
    const place = locate(object, [...path, 'command']);
    return [
      causeOf('It ends by itself with success, and is restarted as its pod is to run for ever.', evidence, `Let it stay in the foreground, or make it a Job. Its log: ${logs}`, {
        place,
      }),
    ];
  }
  return [causeOf(`It ends with exit code ${code}.`, evidence, `See why in its log: ${logs}`, { place: locate(object, path) })];
}

function endWords(ended: JsonObject, status: JsonObject): string {
  const [from, to] = [parseTime(textAt(ended, 'startedAt')), parseTime(textAt(ended, 'finishedAt'))];
  const ran = from === undefined || to === undefined ? '' : ` after ${durationWords(to - from)}`;
  const restarts = countAt(status, 'restartCount');
  const reason = textAt(ended, 'reason');
  return `It ended${ran} with exit code ${countAt(ended, 'exitCode')}${reason === undefined ? '' : ` (${reason})`} and was restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}.`;
}

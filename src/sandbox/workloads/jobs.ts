/** Jobs (kubernetes pkg/controller/job, v1.34): pods until enough have succeeded or too many failed. Indexed completion and pod failure policies are left out. */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { parseTime } from '../../core/live/time.js';
import { mapsAt, numberAt, objectAt, stringAt, valueAt } from '../../core/live/readFields.js';
import { findCondition, withCondition, type Condition } from './conditions.js';
import type { Controller } from './controllers.js';
import { controllerManager, isActivePod, isReadyPod, nonZero, podFromTemplate } from './podTemplates.js';
import type { World } from './world.js';

const component = 'job-controller';
const firstBackOff = 10_000;

export const jobs: Controller = {
  group: 'batch',
  kind: 'Job',
  reconcile(job, world) {
    if (job.metadata.deletionTimestamp !== undefined) return undefined;
    const ended = endOf(job);
    if (ended) return expire(job, ended, world);
    return step(job, world);
  },
};

/** The condition by which a Job has ended. */
export function endOf(job: LiveObject): JsonObject | undefined {
  return mapsAt(job, 'status', 'conditions').find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
}

/** Ended Jobs go after their time, where they have one. */
function expire(job: LiveObject, ended: JsonObject, world: World): number | undefined {
  const keep = numberAt(job, 'spec', 'ttlSecondsAfterFinished');
  if (keep === undefined) return undefined;
  const wait = (parseTime(stringAt(ended, 'lastTransitionTime')) ?? world.now) + keep * 1000 - world.now;
  if (wait > 0) return wait;
  world.remove(job);
  return undefined;
}

/** What was counted stays counted when its pod is gone. */
interface Counts {
  readonly active: readonly LiveObject[];
  readonly succeeded: number;
  readonly failed: number;
  /** When the last one failed. */
  readonly lastFailure: number;
}

function countPods(job: LiveObject, pods: readonly LiveObject[]): Counts {
  const ended = (phase: string): number => pods.filter((pod) => stringAt(pod, 'status', 'phase') === phase).length;
  const failures = pods
    .filter((pod) => stringAt(pod, 'status', 'phase') === 'Failed')
    .map((pod) => parseTime(stringAt(mapsAt(pod, 'status', 'containerStatuses')[0], 'state', 'terminated', 'finishedAt')) ?? 0);
  return {
    active: pods.filter(isActivePod),
    succeeded: Math.max(ended('Succeeded'), numberAt(job, 'status', 'succeeded') ?? 0),
    failed: Math.max(ended('Failed'), numberAt(job, 'status', 'failed') ?? 0),
    lastFailure: Math.max(0, ...failures),
  };
}

function step(job: LiveObject, world: World): number | undefined {
  const isSuspended = valueAt(job, 'spec', 'suspend') === true;
  const pods = world.owned(job, '', 'Pod');
  const counts = countPods(job, pods);
  const startTime = isSuspended ? undefined : stringAt(job, 'status', 'startTime') || world.time;
  const completions = numberAt(job, 'spec', 'completions') ?? numberAt(job, 'spec', 'parallelism') ?? 1;
  const failure = isSuspended ? undefined : failureOf(job, counts, startTime, world.now);
  if (failure || (!isSuspended && counts.succeeded >= completions)) return finish(job, { counts, startTime, failure }, world);

  let wait: number | undefined;
  if (isSuspended) {
    for (const pod of counts.active) world.remove(pod);
  } else {
    const missing = Math.min(numberAt(job, 'spec', 'parallelism') ?? 1, completions - counts.succeeded) - counts.active.length;
    const pause = counts.failed === 0 ? 0 : counts.lastFailure + firstBackOff * 2 ** (counts.failed - 1) - world.now;
    if (missing > 0 && pause > 0) wait = pause;
    else for (let number = 0; number < missing; number++) createPod(job, world);
  }
  writeStatus(job, { counts: countPods(job, world.owned(job, '', 'Pod')), startTime, conditions: suspendedConditions(job, isSuspended, world) }, world);
  const deadline = numberAt(job, 'spec', 'activeDeadlineSeconds');
  const untilDeadline = deadline === undefined || startTime === undefined ? undefined : (parseTime(startTime) ?? world.now) + deadline * 1000 - world.now;
  const waits = [wait, untilDeadline].filter((each) => each !== undefined);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}

function failureOf(job: LiveObject, { failed, active }: Counts, startTime: string | undefined, now: number): { readonly reason: string; readonly message: string } | undefined {
  const deadline = numberAt(job, 'spec', 'activeDeadlineSeconds');
  if (deadline !== undefined && now >= (parseTime(startTime) ?? now) + deadline * 1000)
    return { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  const restarts = active.reduce((sum, pod) => sum + mapsAt(pod, 'status', 'containerStatuses').reduce((total, status) => total + (numberAt(status, 'restartCount') ?? 0), 0), 0);
  return failed + restarts > (numberAt(job, 'spec', 'backoffLimit') ?? 6) ? { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' } : undefined;
}

function createPod(job: LiveObject, world: World): void {
  const generateName = `${job.metadata.name}-`;
  const { uid = '', name } = job.metadata;
  const labels = { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
  const pod = world.create(podFromTemplate(job, objectAt(job, 'spec', 'template'), { name: `${generateName}${world.suffix()}`, generateName, labels }), controllerManager);
  world.tell(job, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}`, component });
}

function suspendedConditions(job: LiveObject, isSuspended: boolean, world: World): readonly JsonObject[] {
  const before = mapsAt(job, 'status', 'conditions');
  if (isSuspended) {
    const conditions = withCondition(before, { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }, world.time, { lastProbeTime: world.time });
    if (conditions !== before) world.tell(job, { type: 'Normal', reason: 'Suspended', message: 'Job suspended', component });
    return conditions;
  }
  if (findCondition(before, 'Suspended') === undefined) return before;
  return withCondition(before, { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }, world.time, { lastProbeTime: world.time });
}

interface Finish {
  readonly counts: Counts;
  readonly startTime: string | undefined;
  readonly failure: { readonly reason: string; readonly message: string } | undefined;
}

function finish(job: LiveObject, { counts, startTime, failure }: Finish, world: World): number | undefined {
  for (const pod of counts.active) world.remove(pod);
  const success = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
  const types = failure ? (['FailureTarget', 'Failed'] as const) : (['SuccessCriteriaMet', 'Complete'] as const);
  const conditions = types.reduce<readonly JsonObject[]>(
    (list, type) => {
      const condition: Condition = { type, status: 'True', ...(failure ?? success) };
      return withCondition(list, condition, world.time, { lastProbeTime: world.time });
    },
    mapsAt(job, 'status', 'conditions'),
  );
  writeStatus(job, { counts: { ...counts, active: [] }, startTime, conditions, ...(!failure && { completionTime: world.time }) }, world);
  world.tell(job, failure ? { type: 'Warning', ...failure, component } : { type: 'Normal', reason: 'Completed', message: 'Job completed', component });
  const keep = numberAt(job, 'spec', 'ttlSecondsAfterFinished');
  return keep === undefined ? undefined : keep * 1000;
}

interface Status {
  readonly counts: Counts;
  readonly startTime: string | undefined;
  readonly conditions: readonly JsonObject[];
  readonly completionTime?: string;
}

function writeStatus(job: LiveObject, { counts, startTime, conditions, completionTime }: Status, world: World): void {
  const terminating = world.owned(job, '', 'Pod').filter((pod) => pod.metadata.deletionTimestamp !== undefined).length;
  world.writeStatus(
    job,
    {
      ...(conditions.length > 0 && { conditions }),
      ...nonZero({ active: counts.active.length, succeeded: counts.succeeded, failed: counts.failed }),
      ready: counts.active.filter(isReadyPod).length,
      terminating,
      ...(startTime !== undefined && { startTime }),
      ...(completionTime !== undefined && { completionTime }),
      uncountedTerminatedPods: {},
    },
    controllerManager,
  );
}

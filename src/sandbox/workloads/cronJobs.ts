/** CronJobs start Jobs at their times (kubernetes pkg/controller/cronjob v2, v1.34). */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { parseTime } from '../../core/live/time.js';
import { mapsAt, numberAt, objectAt, stringAt, textsOf, valueAt } from '../../core/live/readFields.js';
import { formatTime } from '../../services/syncClock.js';
import type { Controller } from './controllers.js';
import { endOf } from './jobs.js';
import { controllerManager } from './podTemplates.js';
import { parseSchedule, type Schedule } from './schedules.js';
import { ownerReferenceTo, type World } from './world.js';

const component = 'cronjob-controller';

export const cronJobs: Controller = {
  group: 'batch',
  kind: 'CronJob',
  reconcile(cronJob, world) {
    if (cronJob.metadata.deletionTimestamp !== undefined) return undefined;
    const schedule = parseSchedule(stringAt(cronJob, 'spec', 'schedule'), stringAt(cronJob, 'spec', 'timeZone') || undefined);
    if (!schedule) {
      world.tell(cronJob, { type: 'Warning', reason: 'UnparseableSchedule', message: `unparseable schedule: ${stringAt(cronJob, 'spec', 'schedule')}`, component });
      return undefined;
    }
    cleanUp(cronJob, world);
    const started = valueAt(cronJob, 'spec', 'suspend') === true ? undefined : startIfDue(cronJob, schedule, world);
    writeStatus(cronJob, started, world);
    const next = schedule.next(world.now);
    return next === undefined ? undefined : next - world.now;
  },
};

/** The time for which a Job was started; undefined where nothing was due. */
function startIfDue(cronJob: LiveObject, schedule: Schedule, world: World): number | undefined {
  const due = latestDue(cronJob, schedule, world.now);
  if (due === undefined) return undefined;
  const deadline = numberAt(cronJob, 'spec', 'startingDeadlineSeconds');
  if (deadline !== undefined && due + deadline * 1000 < world.now) return undefined;
  const active = activeJobs(cronJob, world);
  const policy = stringAt(cronJob, 'spec', 'concurrencyPolicy');
  if (policy === 'Forbid' && active.length > 0) {
    world.tell(cronJob, { type: 'Normal', reason: 'JobAlreadyActive', message: 'Not starting job because prior execution is running and concurrency policy is Forbid', component });
    return undefined;
  }
  if (policy === 'Replace') for (const job of active) world.remove(job);
  startJob(cronJob, due, world);
  return due;
}

/** The last time since the last start that has passed; times that were missed before it are skipped. */
function latestDue(cronJob: LiveObject, schedule: Schedule, now: number): number | undefined {
  const since = parseTime(stringAt(cronJob, 'status', 'lastScheduleTime')) ?? parseTime(cronJob.metadata.creationTimestamp) ?? now;
  let due: number | undefined;
  for (let next = schedule.next(since), tries = 0; next !== undefined && next <= now && tries < 1000; next = schedule.next(next), tries++) due = next;
  return due;
}

function startJob(cronJob: LiveObject, due: number, world: World): void {
  const template = objectAt(cronJob, 'spec', 'jobTemplate');
  const name = `${cronJob.metadata.name}-${Math.floor(due / 60_000)}`;
  const namespace = cronJob.metadata.namespace ?? 'default';
  if (world.get('batch', 'Job', namespace, name)) return;
  const metadata = {
    name,
    namespace,
    labels: textsOf(objectAt(template, 'metadata', 'labels')),
    annotations: { ...textsOf(objectAt(template, 'metadata', 'annotations')), 'batch.kubernetes.io/cronjob-scheduled-timestamp': formatTime(due) },
    ownerReferences: [ownerReferenceTo(cronJob)],
  };
  world.create({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: objectAt(template, 'spec') }, controllerManager);
  world.tell(cronJob, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${name}`, component });
}

function jobsOf(cronJob: LiveObject, world: World): readonly LiveObject[] {
  return [...world.owned(cronJob, 'batch', 'Job')].sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''));
}

function activeJobs(cronJob: LiveObject, world: World): readonly LiveObject[] {
  return jobsOf(cronJob, world).filter((job) => endOf(job) === undefined && job.metadata.deletionTimestamp === undefined);
}

/** Ended Jobs beyond the limits of the history go, the oldest first. */
function cleanUp(cronJob: LiveObject, world: World): void {
  for (const [type, field, usual] of [
    ['Complete', 'successfulJobsHistoryLimit', 3],
    ['Failed', 'failedJobsHistoryLimit', 1],
  ] as const) {
    const ended = jobsOf(cronJob, world).filter((job) => endOf(job)?.['type'] === type && job.metadata.deletionTimestamp === undefined);
    const limit = numberAt(cronJob, 'spec', field) ?? usual;
    for (const job of ended.slice(0, Math.max(0, ended.length - limit))) world.remove(job);
  }
}

function writeStatus(cronJob: LiveObject, started: number | undefined, world: World): void {
  const active = activeJobs(cronJob, world).map((job): JsonObject => {
    const { namespace = '', name, uid = '', resourceVersion = '' } = job.metadata;
    return { apiVersion: 'batch/v1', kind: 'Job', namespace, name, uid, resourceVersion };
  });
  const known = objectAt(cronJob, 'status');
  const before = mapsAt(known, 'active');
  const isSame = before.length === active.length && active.every((job) => before.some((each) => stringAt(each, 'uid') === job['uid']));
  const completions = jobsOf(cronJob, world).map((job) => stringAt(job, 'status', 'completionTime'));
  const lastSuccessfulTime = [stringAt(known, 'lastSuccessfulTime'), ...completions].sort().at(-1) ?? '';
  const lastScheduleTime = started === undefined ? stringAt(known, 'lastScheduleTime') : formatTime(started);
  world.writeStatus(
    cronJob,
    {
      ...(active.length > 0 && { active: isSame ? before : active }),
      ...(lastScheduleTime !== '' && { lastScheduleTime }),
      ...(lastSuccessfulTime !== '' && { lastSuccessfulTime }),
    },
    controllerManager,
  );
}

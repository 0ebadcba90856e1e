/** One container of a simulated pod, taken from the status it has to the one it has now. */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { parseTime } from '../../core/live/time.js';
import { numberAt, objectAt, stringAt, valueAt } from '../../core/live/readFields.js';
import { formatTime } from '../../services/syncClock.js';
import { behaviorOf, type Behavior } from './behavior.js';
import { missingConfiguration } from './podReferences.js';
import type { World } from './world.js';

export interface ContainerStep {
  /** An entry of `containerStatuses`. */
  readonly status: JsonObject;
  /** Milliseconds until it must be looked at again. */
  readonly wait: number | undefined;
  /** What it ended with; undefined while it runs or waits. */
  readonly exitCode: number | undefined;
  /** From when on those after it may start: it has ended well, or runs beside them. */
  readonly passedAt: number | undefined;
}

interface Surroundings {
  readonly world: World;
  /** When its image is there; undefined while others must end first. */
  readonly begin: number | undefined;
  readonly index: number;
  /** True while a volume can't be mounted. */
  readonly isHeld: boolean;
  readonly isInitial: boolean;
  /** Why it waits before it is its turn. */
  readonly pending: string;
}

/** How long `ErrImagePull` shows before `ImagePullBackOff` does, and how often is pulled again. */
const pullErrorTime = 2000;
const pullRetry = 10_000;
const configurationRetry = 5000;
/** The pause before a restart doubles from the first to the second. */
const firstBackOff = 10_000;
const longestBackOff = 300_000;

export function stepContainer(pod: LiveObject, container: JsonObject, before: JsonObject | undefined, surroundings: Surroundings): ContainerStep {
  const { world, begin, isHeld, pending } = surroundings;
  const now = world.now;
  const status = before ?? newStatus(container);
  if (valueAt(status, 'state', 'terminated') !== undefined) return stepTerminated(pod, status, surroundings);
  if (valueAt(status, 'state', 'running') !== undefined) return stepRunning(pod, container, status, surroundings);
  if (begin === undefined || isHeld) return waiting(status, pending, '', undefined);
  if (now < begin) return waiting(status, pending, '', begin - now);
  if (stringAt(status, 'state', 'waiting', 'reason') === 'CrashLoopBackOff') {
    const ended = parseTime(stringAt(status, 'lastState', 'terminated', 'finishedAt')) ?? now;
    const again = ended + backOff(status);
    if (now < again) return { status, wait: again - now, exitCode: undefined, passedAt: undefined };
  }
  return start(pod, container, status, surroundings);
}

function newStatus(container: JsonObject): JsonObject {
  return { name: stringAt(container, 'name'), image: stringAt(container, 'image'), imageID: '', lastState: {}, ready: false, restartCount: 0, started: false, state: {} };
}

function waiting(status: JsonObject, reason: string, message: string, wait: number | undefined): ContainerStep {
  const state = { waiting: { reason, ...(message !== '' && { message }) } };
  return { status: { ...status, ready: false, started: false, state }, wait, exitCode: undefined, passedAt: undefined };
}

function start(pod: LiveObject, container: JsonObject, status: JsonObject, surroundings: Surroundings): ContainerStep {
  const { world } = surroundings;
  const image = stringAt(container, 'image');
  const name = stringAt(container, 'name');
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void => world.tell(pod, { type, reason, message, component: 'kubelet' });
  const answer = world.images.lookUp(image);
  if (!answer.found) return refusePull(pod, status, image, answer.message, surroundings);
  const missing = missingConfiguration(pod, container, world);
  if (missing !== undefined) {
    tell('Warning', 'Failed', `Error: ${missing}`);
    return waiting(status, 'CreateContainerConfigError', missing, configurationRetry);
  }
  if (stringAt(status, 'imageID') === '') {
    tell('Normal', 'Pulling', `Pulling image "${image}"`);
    tell('Normal', 'Pulled', `Successfully pulled image "${image}" in 1s (1s including waiting). Image size: 31457280 bytes.`);
  }
  tell('Normal', 'Created', `Created container: ${name}`);
  tell('Normal', 'Started', `Started container ${name}`);
  const restarts = numberAt(status, 'restartCount') ?? 0;
  const wasThere = valueAt(status, 'containerID') !== undefined || valueAt(status, 'lastState', 'terminated') !== undefined;
  const running: JsonObject = {
    ...status,
    image,
    imageID: `${repositoryOf(image)}@${answer.digest}`,
    containerID: `containerd://${world.hex(64)}`,
    restartCount: wasThere ? restarts + 1 : restarts,
    state: { running: { startedAt: world.time } },
  };
  return stepRunning(pod, container, running, surroundings);
}

function refusePull(pod: LiveObject, status: JsonObject, image: string, reason: string, surroundings: Surroundings): ContainerStep {
  const { world } = surroundings;
  const tell = (message: string): void => world.tell(pod, { type: 'Warning', reason: 'Failed', message, component: 'kubelet' });
  const before = stringAt(status, 'state', 'waiting', 'reason');
  const waited = world.waitedFor(pod, `pull of ${image}`);
  if (waited < pullErrorTime) {
    if (before !== 'ErrImagePull') {
      tell(`Failed to pull image "${image}": ${reason}`);
      tell('Error: ErrImagePull');
    }
    return waiting(status, 'ErrImagePull', reason, pullErrorTime - waited);
  }
  if (before !== 'ImagePullBackOff') tell('Error: ImagePullBackOff');
  return waiting(status, 'ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${reason}`, pullRetry);
}

function stepRunning(pod: LiveObject, container: JsonObject, status: JsonObject, surroundings: Surroundings): ContainerStep {
  const { world, isInitial } = surroundings;
  const behavior = behaviorIn(pod, container, isInitial);
  const startedAt = parseTime(stringAt(status, 'state', 'running', 'startedAt')) ?? world.now;
  const endsAt = behavior.endsAfter === undefined ? undefined : startedAt + behavior.endsAfter;
  if (endsAt !== undefined && world.now >= endsAt) return stepTerminated(pod, terminate(status, behavior.exitCode, startedAt, endsAt), surroundings);
  const readyAt = behavior.readyAfter === undefined ? undefined : startedAt + behavior.readyAfter;
  const isReady = readyAt !== undefined && world.now >= readyAt;
  const waits = [isReady ? undefined : readyAt, endsAt].filter((at) => at !== undefined).map((at) => at - world.now);
  return {
    status: { ...status, ready: isReady, started: isReady || valueAt(container, 'startupProbe') === undefined },
    wait: waits.length > 0 ? Math.min(...waits) : undefined,
    exitCode: undefined,
    passedAt: isSidecar(container) ? startedAt : undefined,
  };
}

function isSidecar(container: JsonObject): boolean {
  return stringAt(container, 'restartPolicy') === 'Always';
}

/** An init container ends by itself whatever the pod is for; a sidecar goes on. What annotations say is about the main containers. */
function behaviorIn(pod: LiveObject, container: JsonObject, isInitial: boolean): Behavior {
  if (!isInitial) return behaviorOf(pod, container);
  return { startAfter: 0, readyAfter: 0, endsAfter: isSidecar(container) ? undefined : 1000, exitCode: 0 };
}

function terminate(status: JsonObject, exitCode: number, startedAt: number, endedAt: number): JsonObject {
  const { containerID } = status;
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const terminated = { containerID, exitCode, finishedAt: formatTime(endedAt), reason, startedAt: formatTime(startedAt) };
  return { ...status, ready: false, started: false, state: { terminated } };
}

/** What has ended stays so, or waits to be started again. */
function stepTerminated(pod: LiveObject, status: JsonObject, { world, isInitial }: Surroundings): ContainerStep {
  const terminated = objectAt(status, 'state', 'terminated');
  const exitCode = numberAt(terminated, 'exitCode') ?? 0;
  const finishedAt = parseTime(stringAt(terminated, 'finishedAt')) ?? world.now;
  const policy = stringAt(pod, 'spec', 'restartPolicy') || 'Always';
  const restarts = (policy === 'Always' && !isInitial) || (policy !== 'Never' && exitCode !== 0);
  if (!restarts) return { status: { ...status, ready: isInitial && exitCode === 0 }, wait: undefined, exitCode, passedAt: exitCode === 0 ? finishedAt : undefined };
  const name = stringAt(status, 'name');
  const where = `${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid ?? ''})`;
  world.tell(pod, { type: 'Warning', reason: 'BackOff', message: `Back-off restarting failed container ${name} in pod ${where}`, component: 'kubelet' });
  const { containerID: _gone, ...rest } = status;
  const message = `back-off ${formatSeconds(backOff(status))} restarting failed container=${name} pod=${where}`;
  return { ...waiting({ ...rest, lastState: { terminated } }, 'CrashLoopBackOff', message, Math.max(0, finishedAt + backOff(status) - world.now)) };
}

function backOff(status: JsonObject): number {
  return Math.min(longestBackOff, firstBackOff * 2 ** (numberAt(status, 'restartCount') ?? 0));
}

/** `10s`, `1m20s`, `5m0s`: as Go prints durations. */
function formatSeconds(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** `ghcr.io/a/b` of `ghcr.io/a/b:1@sha256:...`. */
function repositoryOf(image: string): string {
  const [named = ''] = image.split('@');
  const colon = named.lastIndexOf(':');
  return colon > named.lastIndexOf('/') ? named.slice(0, colon) : named;
}

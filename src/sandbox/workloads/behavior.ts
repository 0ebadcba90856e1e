/**
 * How simulated containers behave. Without anything said they start after a moment, become ready as their probes allow, and
 * those of jobs succeed. Annotations of the pod (of a workload: of its template) say otherwise:
 *
 * - `sandbox.gitops-workbench/start-after: 20s`: pulling the image takes that long
 * - `sandbox.gitops-workbench/ready-after: 1m`: ready that long after the start; `never` for not at all
 * - `sandbox.gitops-workbench/crash-after: 3s`: exits that long after each start
 * - `sandbox.gitops-workbench/run-for: 10s`: how long a container that ends by itself runs
 * - `sandbox.gitops-workbench/exit-code: "1"`: what it ends with
 */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { numberAt, objectAt, stringAt, valueAt } from '../../core/live/readFields.js';

export const behaviorPrefix = 'sandbox.gitops-workbench/';

export interface Behavior {
  /** Milliseconds from scheduling to the start. */
  readonly startAfter: number;
  /** Milliseconds from the start until ready; undefined for never. */
  readonly readyAfter: number | undefined;
  /** Milliseconds after which a container exits by itself; undefined for one that goes on. */
  readonly endsAfter: number | undefined;
  readonly exitCode: number;
}

/** How one container of a pod behaves. */
export function behaviorOf(pod: LiveObject, container: JsonObject): Behavior {
  const annotations = pod.metadata.annotations ?? {};
  const said = (name: string): string | undefined => annotations[`${behaviorPrefix}${name}`];
  const crashAfter = parseDuration(said('crash-after'));
  const endsByItself = stringAt(pod, 'spec', 'restartPolicy') === 'Always' || stringAt(pod, 'spec', 'restartPolicy') === '' ? undefined : (parseDuration(said('run-for')) ?? 3000);
  const exitCode = Number(said('exit-code') ?? (crashAfter === undefined ? 0 : 1));
  return {
    startAfter: parseDuration(said('start-after')) ?? 1000,
    readyAfter: said('ready-after') === 'never' ? undefined : (parseDuration(said('ready-after')) ?? probeDelay(container)),
    endsAfter: crashAfter ?? endsByItself,
    exitCode: Number.isInteger(exitCode) ? exitCode : 1,
  };
}

/** A container with a probe is asked after its delay, and answers at once. */
function probeDelay(container: JsonObject): number {
  const probes = ['startupProbe', 'readinessProbe'].filter((name) => valueAt(container, name) !== undefined);
  return probes.reduce((sum, name) => sum + (numberAt(objectAt(container, name), 'initialDelaySeconds') ?? 0) * 1000 + 1000, 0);
}

const unitMilliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `1m30s` as Go writes durations, or a plain number of seconds; undefined for anything else. */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMilliseconds[unit ?? ''] ?? 0), 0);
}

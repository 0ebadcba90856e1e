/** The rungs of what runs: rolled out, by the rules of `kubectl rollout status` and the images of the pods; healthy, by Argo CD's. */
import type { ObjectDrift } from '../drift/drift.js';
import { manifestOf } from '../live/manifestJson.js';
import { mapAt } from '../live/readFields.js';
import type { Fact, LadderInput, LadderLive, Rung, RungState } from './ladder.js';
import { imagesOf, nameOf, podsOf, rolloutOf, stuckContainers, type ContainerImages } from './rollout.js';
import { sentence } from './words.js';

interface Step {
  readonly state: RungState;
  readonly evidence: string;
  readonly facts: readonly Fact[];
}

const order: readonly RungState[] = ['done', 'unknown', 'pending', 'failed'];

export function rolledOutRung({ live, notAsked }: LadderInput): Rung {
  const head = { rung: 'rolled-out', title: 'Rolled out' } as const;
  if (!live) return { ...head, state: 'unknown', evidence: notAsked, facts: [], place: undefined };
  const steps = live.drift.objects.flatMap((object) => (isWorkload(object) ? [{ object, step: rolledOut(object, live) }] : []));
  const facts = [...steps.flatMap(({ step }) => step.facts), ...(live.pods.unseen === '' ? [] : [{ name: 'pods', value: live.pods.unseen }])];
  const [worst] = steps.toSorted((a, b) => order.indexOf(b.step.state) - order.indexOf(a.step.state));
  if (!worst) return { ...head, state: 'done', evidence: 'It has nothing that rolls out.', facts, place: undefined };
  const { step, object } = worst;
  const evidence = step.state === 'done' && steps.length > 1 ? `All ${steps.length} workloads run what is rendered.` : step.evidence;
  return { ...head, state: step.state, evidence, facts, place: step.state === 'done' ? undefined : object.desired?.root };
}

function isWorkload({ id, state }: ObjectDrift): boolean {
  return state !== 'extra' && id.group === 'apps' && (id.kind === 'Deployment' || id.kind === 'StatefulSet' || id.kind === 'DaemonSet');
}

function rolledOut({ id, live, desired, reason }: ObjectDrift, { pods: seen }: LadderLive): Step {
  const name = `${id.kind} ${id.name}`;
  if (!live) return { state: reason === '' ? 'pending' : 'unknown', evidence: sentence(reason === '' ? `${name} is not there yet` : `${name}: ${reason}`), facts: [] };
  const rollout = rolloutOf(live) ?? { state: 'done', message: '' };
  const pods = podsOf(live, seen);
  const template = desired && mapAt(manifestOf(desired), 'spec', 'template');
  const images = template ? imagesOf(template, pods) : [];
  const facts = [{ name, value: `generation ${live.metadata.generation ?? 0}, ${rollout.message}` }, ...images.flatMap((image) => describeImage(image, name))];
  const [stuck] = stuckContainers(pods);
  if (rollout.state === 'failed')
    return { state: 'failed', evidence: sentence(`${name}: ${rollout.message}${stuck ? `, pod ${stuck.pod.metadata.name} is in ${stuck.reason}` : ''}`), facts };
  if (stuck && rollout.state !== 'done') {
    return { state: 'failed', evidence: sentence(`${name}: ${rollout.message}; pod ${stuck.pod.metadata.name} is in ${stuck.reason}`), facts };
  }
  if (rollout.state === 'pending') return { state: 'pending', evidence: sentence(`${name}: ${rollout.message}`), facts };
  const other = images.find(({ wanted, running }) => wanted !== undefined && [...running.keys()].some((image) => image !== wanted));
  if (other) return { state: 'pending', evidence: sentence(`${name}: ${describeOther(other)}`), facts };
  return { state: 'done', evidence: sentence(`${nameOf(live)}: ${rollout.message}${describeRunning(images)}`), facts };
}

function describeImage({ container, wanted, running, digests }: ContainerImages, name: string): readonly Fact[] {
  if (running.size === 0) return [];
  const counts = [...running].map(([image, pods]) => `${pods.length} with ${image}`).join(', ');
  const runtime = digests.size === 0 ? '' : ` (${[...digests].map((digest) => digest.slice(0, 19)).join(', ')})`;
  return [{ name: `${name}, container ${container}`, value: `${counts}${runtime}; rendered ${wanted ?? 'none'}` }];
}

function describeOther({ container, wanted, running }: ContainerImages): string {
  const [image, pods] = [...running].find(([each]) => each !== wanted) ?? ['', []];
  return `container ${container} of ${pods.length} ${pods.length === 1 ? 'pod' : 'pods'} runs ${image}, ${wanted ?? ''} is rendered`;
}

function describeRunning(images: readonly ContainerImages[]): string {
  const running = images.flatMap(({ wanted, running: found }) => (wanted !== undefined && found.size > 0 ? [wanted] : []));
  return running.length === 0 ? '' : `, running ${[...new Set(running)].join(', ')}`;
}

export function healthyRung({ live, notAsked }: LadderInput): Rung {
  const head = { rung: 'healthy', title: 'Healthy' } as const;
  if (!live) return { ...head, state: 'unknown', evidence: notAsked, facts: [], place: undefined };
  const { objects, health } = live.drift;
  const bad = objects.filter(({ health: own }) => own !== undefined && own.status !== 'Healthy');
  const facts = bad.map(({ id, health: own }) => ({ name: `${id.kind} ${id.name}`, value: `${own?.status ?? ''}${own?.message ? `: ${own.message}` : ''}` }));
  const { status, message } = health;
  if (status === 'Healthy') return { ...head, state: 'done', evidence: 'All objects are healthy.', facts, place: undefined };
  const state = status === 'Degraded' ? 'failed' : status === 'Unknown' ? 'unknown' : 'pending';
  return { ...head, state, evidence: sentence(`${status}${message === '' ? '' : `: ${message}`}`), facts, place: bad[0]?.desired?.root };
}

/** DaemonSets: one pod per node (kubernetes pkg/controller/daemon, v1.34). maxSurge, taints and affinities are left out. */
import type { LiveObject } from '../../core/live/liveObject.js';
import { numberAt, objectAt, stringAt, textsOf, valueAt } from '../../core/live/readFields.js';
import type { Controller } from './controllers.js';
import { scaledValue } from './deploymentFacts.js';
import { takesPods } from './nodes.js';
import { controllerManager, countPods, isActivePod, isReadyPod, nonZero, podFromTemplate } from './podTemplates.js';
import { revisionHashLabel, syncRevisions } from './revisions.js';
import { matchesLabels } from './selectors.js';
import type { World } from './world.js';

const component = 'daemonset-controller';

export const daemonSets: Controller = {
  group: 'apps',
  kind: 'DaemonSet',
  *related(changed, world) {
    if (changed.kind === 'Node') for (const { metadata } of world.store.list('apps', 'DaemonSet')) yield { namespace: metadata.namespace ?? '', name: metadata.name };
  },
  reconcile(set, world) {
    const { current } = syncRevisions(set, world);
    const hash = current.metadata.labels?.[revisionHashLabel] ?? '';
    const nodes = world.store
      .list('', 'Node')
      .filter((node) => takesPods(node) && matchesLabels(textsOf(objectAt(set, 'spec', 'template', 'spec', 'nodeSelector')), node.metadata.labels))
      .map(({ metadata }) => metadata.name);
    if (set.metadata.deletionTimestamp === undefined) step(set, hash, nodes, world);
    return writeStatus(set, hash, nodes, world);
  },
};

function step(set: LiveObject, hash: string, nodes: readonly string[], world: World): void {
  const pods = world.owned(set, '', 'Pod');
  const onNode = (node: string): readonly LiveObject[] => pods.filter((pod) => targetNode(pod) === node);
  for (const node of nodes) if (onNode(node).length === 0) create(set, hash, node, world);
  for (const pod of pods) if (!nodes.includes(targetNode(pod)) && isActivePod(pod)) remove(set, pod, world);
  if (stringAt(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return;
  const old = pods.filter((pod) => isActivePod(pod) && pod.metadata.labels?.[revisionHashLabel] !== hash);
  const most = Math.max(1, scaledValue(valueAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable'), nodes.length, 'up', 1));
  const unavailable = nodes.length - pods.filter((pod) => isActivePod(pod) && isReadyPod(pod)).length;
  const unready = old.filter((pod) => !isReadyPod(pod));
  const ready = old.filter(isReadyPod).slice(0, Math.max(0, most - unavailable));
  for (const pod of [...unready, ...ready]) remove(set, pod, world);
}

/** Its pods say by an affinity which node they are for, and are bound to it by the scheduler. */
function targetNode(pod: LiveObject): string {
  return stringAt(pod, 'spec', 'nodeName');
}

function create(set: LiveObject, hash: string, node: string, world: World): void {
  const generateName = `${set.metadata.name}-`;
  const labels = { [revisionHashLabel]: hash, 'pod-template-generation': String(set.metadata.generation ?? 1) };
  const pod = world.create(
    podFromTemplate(set, objectAt(set, 'spec', 'template'), { name: `${generateName}${world.suffix()}`, generateName, labels, spec: { nodeName: node } }),
    controllerManager,
  );
  world.tell(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}`, component });
}

function remove(set: LiveObject, pod: LiveObject, world: World): void {
  world.remove(pod);
  world.tell(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}`, component });
}

function writeStatus(set: LiveObject, hash: string, nodes: readonly string[], world: World): number | undefined {
  const pods = world.owned(set, '', 'Pod').filter(isActivePod);
  const { ready, available, next } = countPods(pods, numberAt(set, 'spec', 'minReadySeconds') ?? 0, world.now);
  world.writeStatus(
    set,
    {
      currentNumberScheduled: pods.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: nodes.length,
      numberReady: ready,
      ...nonZero({
        observedGeneration: set.metadata.generation ?? 1,
        updatedNumberScheduled: pods.filter((pod) => pod.metadata.labels?.[revisionHashLabel] === hash).length,
        numberAvailable: available,
        numberUnavailable: nodes.length - available,
      }),
    },
    controllerManager,
  );
  return next;
}

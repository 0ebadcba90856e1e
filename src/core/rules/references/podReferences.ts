/** What pods refer to by name: ConfigMaps, Secrets, claims and service accounts, each with where it is named. */
import type { MapNode, ScalarNode } from '../../yaml/nodes.js';
import { scalarValue } from '../../yaml/nodes.js';
import { mapAt, mapsAt, textAt, type EnvironmentObjects, type Workload } from './environmentObjects.js';

export interface PodReference {
  readonly workload: Workload;
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount';
  readonly name: ScalarNode;
  /** The keys that are asked for; empty where all are taken. */
  readonly keys: readonly ScalarNode[];
  /** Who asks, for a sentence: `container web of Deployment web`. */
  readonly asker: string;
}

/** All references of an environment's pods, without those that are optional. */
export function podReferencesOf({ workloads }: EnvironmentObjects): readonly PodReference[] {
  const found: PodReference[] = [];
  for (const workload of workloads) {
    const { object, pod, containers } = workload;
    const owner = `${object.id.kind} ${object.id.name}`;
    const add = (kind: PodReference['kind'], map: MapNode | undefined, field: string, asker: string, keys: readonly ScalarNode[] = []): void => {
      const name = textAt(map, field);
      if (map && name && scalarValue(map.get('optional')) !== 'true') found.push({ workload, kind, name, keys, asker });
    };
    for (const { node, name } of containers) {
      const asker = `container ${name ?? '?'} of ${owner}`;
      for (const source of mapsAt(node, 'envFrom')) {
        add('ConfigMap', mapAt(source, 'configMapRef'), 'name', asker);
        add('Secret', mapAt(source, 'secretRef'), 'name', asker);
      }
      for (const variable of mapsAt(node, 'env')) {
        for (const [kind, field] of environmentSources) {
          const from = mapAt(variable, 'valueFrom', field);
          const key = textAt(from, 'key');
          add(kind, from, 'name', asker, key ? [key] : []);
        }
      }
    }
    for (const volume of mapsAt(pod.spec, 'volumes')) addVolume(volume, owner, add);
    for (const secret of mapsAt(pod.spec, 'imagePullSecrets')) add('Secret', secret, 'name', owner);
    if (workload.isPlain) add('ServiceAccount', pod.spec, pod.spec.get('serviceAccountName') ? 'serviceAccountName' : 'serviceAccount', owner);
  }
  return found;
}

const environmentSources = [
  ['ConfigMap', 'configMapKeyRef'],
  ['Secret', 'secretKeyRef'],
] as const;

type Add = (kind: PodReference['kind'], map: MapNode | undefined, field: string, asker: string, keys?: readonly ScalarNode[]) => void;

function addVolume(volume: MapNode, owner: string, add: Add): void {
  const asker = `volume ${textAt(volume, 'name')?.value ?? '?'} of ${owner}`;
  const ofItems = (source: MapNode | undefined): readonly ScalarNode[] => mapsAt(source, 'items').flatMap((item) => textAt(item, 'key') ?? []);
  const [configMap, secret] = [mapAt(volume, 'configMap'), mapAt(volume, 'secret')];
  add('ConfigMap', configMap, 'name', asker, ofItems(configMap));
  add('Secret', secret, 'secretName', asker, ofItems(secret));
  add('PersistentVolumeClaim', mapAt(volume, 'persistentVolumeClaim'), 'claimName', asker);
  for (const source of mapsAt(volume, 'projected', 'sources')) {
    const [projectedMap, projectedSecret] = [mapAt(source, 'configMap'), mapAt(source, 'secret')];
    add('ConfigMap', projectedMap, 'name', asker, ofItems(projectedMap));
    add('Secret', projectedSecret, 'name', asker, ofItems(projectedSecret));
  }
}

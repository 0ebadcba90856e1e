/** ConfigMaps, Secrets and claims that a pod can't start without, in the words of a kubelet that doesn't find them. */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapsAt, objectAt, stringAt, valueAt } from '../../core/live/readFields.js';
import type { World } from './world.js';

/** The names of the claims that its volumes are for. */
export function claimsOf(pod: LiveObject): readonly string[] {
  return mapsAt(pod, 'spec', 'volumes').flatMap((volume) => stringAt(volume, 'persistentVolumeClaim', 'claimName') || []);
}

/** Why a container's environment can't be made; undefined where it can. */
export function missingConfiguration(pod: LiveObject, container: JsonObject, world: World): string | undefined {
  const { namespace = '' } = pod.metadata;
  const sources = [
    ...mapsAt(container, 'envFrom').map((source) => ({ source, prefix: '' })),
    ...mapsAt(container, 'env').map((variable) => ({ source: objectAt(variable, 'valueFrom'), prefix: 'Key' })),
  ];
  for (const { source, prefix } of sources) {
    for (const [kind, field] of [
      ['ConfigMap', prefix === '' ? 'configMapRef' : 'configMapKeyRef'],
      ['Secret', prefix === '' ? 'secretRef' : 'secretKeyRef'],
    ] as const) {
      const reference = objectAt(source, field);
      const name = stringAt(reference, 'name');
      if (name === '' || reference['optional'] === true) continue;
      const object = world.get('', kind, namespace, name);
      if (!object) return `${kind.toLowerCase()} "${name}" not found`;
      const key = stringAt(reference, 'key');
      if (key !== '' && valueAt(object, 'data', key) === undefined && valueAt(object, 'binaryData', key) === undefined)
        return `couldn't find key ${key} in ${kind} ${namespace}/${name}`;
    }
  }
  return undefined;
}

/** Why a volume can't be mounted; undefined where all can. */
export function missingMounts(pod: LiveObject, world: World): string | undefined {
  const { namespace = '' } = pod.metadata;
  for (const volume of mapsAt(pod, 'spec', 'volumes')) {
    const parts = [volume, ...mapsAt(volume, 'projected', 'sources')];
    for (const part of parts) {
      for (const [kind, field, nameField] of [
        ['ConfigMap', 'configMap', 'name'],
        ['Secret', 'secret', part === volume ? 'secretName' : 'name'],
      ] as const) {
        const name = stringAt(part, field, nameField);
        if (name === '' || valueAt(part, field, 'optional') === true) continue;
        if (!world.get('', kind, namespace, name)) return `MountVolume.SetUp failed for volume "${stringAt(volume, 'name')}" : ${kind.toLowerCase()} "${name}" not found`;
      }
    }
    const claim = stringAt(volume, 'persistentVolumeClaim', 'claimName');
    if (claim !== '' && stringAt(world.get('', 'PersistentVolumeClaim', namespace, claim), 'status', 'phase') !== 'Bound') {
      return `MountVolume.SetUp failed for volume "${stringAt(volume, 'name')}" : persistentvolumeclaim "${claim}" not bound`;
    }
  }
  return undefined;
}

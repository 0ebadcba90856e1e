/** External Secrets, simulated: each ExternalSecret gets a Secret with values that open nothing. */
import { idOfLive, type LiveObject } from '../../core/live/liveObject.js';
import { base64Of } from '../../core/live/manifestJson.js';
import { mapsAt, objectAt, stringAt } from '../../core/live/readFields.js';
import { mergePatchBetween } from '../../core/apply/mergePatch.js';
import { formatTime } from '../../services/syncClock.js';
import { withCondition } from '../workloads/conditions.js';
import type { Controller } from '../workloads/controllers.js';
import { ownerReferenceTo } from '../workloads/world.js';

const manager = 'externalsecrets.external-secrets.io/external-secrets';

export const externalSecrets: Controller = {
  group: 'external-secrets.io',
  kind: 'ExternalSecret',
  reconcile(external, world) {
    if (external.metadata.deletionTimestamp !== undefined) return undefined;
    const { namespace = 'default' } = external.metadata;
    const secret = secretOf(external);
    const { name } = secret.metadata;
    if (!world.get('', 'Secret', namespace, name)) world.create({ ...secret, metadata: { ...secret.metadata, ownerReferences: [ownerReferenceTo(external)] } }, manager);
    const before = objectAt(external, 'status');
    const conditions = withCondition(mapsAt(before, 'conditions'), { type: 'Ready', status: 'True', reason: 'SecretSynced', message: 'secret synced' }, formatTime(world.now));
    const status = { ...before, conditions, binding: { name }, refreshTime: stringAt(before, 'refreshTime') || world.time };
    const patch = mergePatchBetween(before, status);
    if (patch) world.store.patch(idOfLive(external), { status: patch }, { manager, subresource: 'status' });
    return undefined;
  },
};

/** The Secret that an ExternalSecret asks for, as far as it names keys. */
export function secretOf(external: LiveObject): LiveObject {
  const keys = mapsAt(external, 'spec', 'data').map((entry) => stringAt(entry, 'secretKey'));
  const data = Object.fromEntries(keys.map((key) => [key, base64Of('a value of the sandbox')]));
  const name = stringAt(external, 'spec', 'target', 'name') || external.metadata.name;
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: external.metadata.namespace ?? 'default' }, type: 'Opaque', data };
}

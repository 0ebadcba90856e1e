/** unbound-volume: claims that get no volume: no such storage class, no default one, or a provisioner that fails. */
import { liveKey, type LiveObject } from '../live/liveObject.js';
import { mapsAt, textAt, valueAt } from '../live/readFields.js';
import type { ResId } from '../objects/resId.js';
import type { Check } from './check.js';
import { causeOf, type Cause } from './diagnosis.js';
import { eventWords, eventsOf, locate, nameOf, placeWords, podWords, renderedOf, workloadsOf } from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';

export const unboundVolume: Check = {
  code: 'unbound-volume',
  title: 'Claim without a volume',
  topics: ['pods', 'replicaSets', 'events', 'claims', 'storageClasses'],
  *examine(facts) {
    const { live } = facts;
    if (!live || live.unseen.has('claims')) return;
    for (const { claim, users, owner } of claimsOf(live)) {
      const causes = claim.object ? causesOf(claim.object, owner, live, facts) : missingCauses(claim.name, users, owner, facts);
      if (causes.length === 0) continue;
      const waiting = users.length === 0 ? '' : `, and ${podWords(users)} ${users.length === 1 ? 'waits' : 'wait'} for it`;
      const id: ResId = { group: '', version: 'v1', kind: 'PersistentVolumeClaim', namespace: claim.namespace, name: claim.name };
      const state = claim.object ? 'has no volume' : "doesn't exist";
      yield { code: 'unbound-volume', severity: 'error', symptom: `${nameOf(id)} ${state}${waiting}.`, object: id, causes };
    }
  },
};

interface Used {
  readonly claim: { readonly namespace: string; readonly name: string; readonly object: LiveObject | undefined };
  readonly users: readonly LiveObject[];
  /** What declares it: the claim itself, or the workload whose pods name it. */
  readonly owner: ResId;
}

/** Claims that pods of the environment wait for, and those that it declares itself. */
function claimsOf(live: LiveFacts): readonly Used[] {
  const found = new Map<string, Used>();
  for (const { drift, pods } of workloadsOf(live)) {
    for (const pod of pods) {
      if (textAt(pod, 'status', 'phase') !== 'Pending') continue;
      for (const volume of mapsAt(pod, 'spec', 'volumes')) {
        const name = textAt(volume, 'persistentVolumeClaim', 'claimName');
        if (name === undefined) continue;
        const namespace = pod.metadata.namespace ?? '';
        const key = `${namespace}/${name}`;
        const object = live.seen.claims.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
        found.set(key, { claim: { namespace, name, object }, users: [...(found.get(key)?.users ?? []), pod], owner: drift.id });
      }
    }
  }
  for (const { id, live: claim } of live.drift?.objects ?? []) {
    const key = `${claim?.metadata.namespace ?? ''}/${id.name}`;
    if (id.group !== '' || id.kind !== 'PersistentVolumeClaim' || !claim) continue;
    found.set(key, { claim: { namespace: claim.metadata.namespace ?? '', name: id.name, object: claim }, users: found.get(key)?.users ?? [], owner: id });
  }
  return [...found.values()].toSorted((a, b) => (liveKey(a.owner) < liveKey(b.owner) ? -1 : 1));
}

function missingCauses(name: string, users: readonly LiveObject[], owner: ResId, facts: DoctorFacts): readonly Cause[] {
  const place = locate(renderedOf(owner, facts), ['spec', 'template', 'spec', 'volumes']);
  return [
    causeOf(
      `There is no claim of that name${placeWords(place, facts)}.`,
      [`The volumes of ${podWords(users)} name PersistentVolumeClaim ${name}, which isn't in their namespace.`],
      'Declare the claim, or mend its name.',
      { place },
    ),
  ];
}

function causesOf(claim: LiveObject, owner: ResId, live: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  if (textAt(claim, 'status', 'phase') !== 'Pending') return [];
  const wanted = textAt(claim, 'spec', 'storageClassName');
  const path = owner.kind === 'StatefulSet' ? ['spec', 'volumeClaimTemplates', 0, 'spec', 'storageClassName'] : ['spec', 'storageClassName'];
  const object = renderedOf(owner, facts);
  const place = owner.kind === 'StatefulSet' || owner.kind === 'PersistentVolumeClaim' ? locate(object, path) : undefined;
  const state = `PersistentVolumeClaim ${claim.metadata.name} is Pending.`;
  const told = eventsOf(claim, live);
  const failed = told.find((event) => textAt(event, 'reason') === 'ProvisioningFailed');
  const words = [state, ...(failed ? [eventWords(failed, facts.now)] : [])];
  const canSee = !live.unseen.has('storageClasses');
  const classes = live.seen.storageClasses;
  const names = classes.map(({ metadata }) => metadata.name).join(', ') || 'none';
  const chosen = classes.find(({ metadata }) => metadata.name === wanted);
  if (canSee && wanted !== undefined && wanted !== '' && !chosen && !hasVolumeFor(claim)) {
    return [
      causeOf(
        `There is no StorageClass ${wanted}${placeWords(place, facts)}.`,
        [...words, `The cluster has these classes: ${names}.`],
        'Name a class that is there, or have it made.',
        { place },
      ),
    ];
  }
  if (canSee && wanted === undefined && !classes.some(isDefault)) {
    return [
      causeOf('It names no StorageClass, and the cluster has no default one.', [...words, `The cluster has these classes: ${names}.`], 'Name a class, or make one the default.', {
        place,
      }),
    ];
  }
  if (failed) return [causeOf('Its volume can not be made.', words, 'See what the provisioner says.', { place })];
  // A claim of a class that waits for its first pod is as it should be.
  return [];
}

/** Volumes that somebody made by hand may have a class that is no object. */
function hasVolumeFor(claim: LiveObject): boolean {
  return textAt(claim, 'spec', 'volumeName') !== undefined || valueAt(claim, 'spec', 'selector') !== undefined;
}

function isDefault({ metadata }: LiveObject): boolean {
  return metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
}

/** ControllerRevisions: the templates that a StatefulSet or DaemonSet had (kubernetes pkg/controller/history, v1.34). */
import { jsonEquals, type JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { numberAt, objectAt, textsOf } from '../../core/live/readFields.js';
import { controllerManager, templateHash } from './podTemplates.js';
import { ownerReferenceTo, type World } from './world.js';

export const revisionHashLabel = 'controller-revision-hash';

/** The revision of the template as it is now, which is made or brought to the front where needed; and all of them, oldest first. */
export function syncRevisions(owner: LiveObject, world: World): { readonly current: LiveObject; readonly all: readonly LiveObject[] } {
  const template = objectAt(owner, 'spec', 'template');
  const data = { spec: { template: { ...template, $patch: 'replace' } } };
  const known = [...world.owned(owner, 'apps', 'ControllerRevision')].sort((a, b) => revisionNumber(a) - revisionNumber(b));
  const latest = revisionNumber(known.at(-1));
  const same = known.find((revision) => jsonEquals(objectAt(revision, 'data'), data));
  if (same && revisionNumber(same) === latest) return { current: same, all: known };
  if (same) {
    const moved = world.patch(same, { revision: latest + 1 }, controllerManager);
    return { current: moved, all: [...known.filter((revision) => revision !== same), moved] };
  }
  const made = world.create(revisionOf(owner, template, data, latest + 1), controllerManager);
  return { current: made, all: [...known, made] };
}

function revisionOf(owner: LiveObject, template: JsonObject, data: JsonObject, revision: number): LiveObject {
  const hash = templateHash(template);
  const labels = { ...textsOf(objectAt(template, 'metadata', 'labels')), [revisionHashLabel]: owner.kind === 'DaemonSet' ? hash : `${owner.metadata.name}-${hash}` };
  const metadata = { name: `${owner.metadata.name}-${hash}`, namespace: owner.metadata.namespace ?? 'default', labels, ownerReferences: [ownerReferenceTo(owner)] };
  return { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata, data, revision };
}

function revisionNumber(revision: LiveObject | undefined): number {
  return numberAt(revision, 'revision') ?? 0;
}

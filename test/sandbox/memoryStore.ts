/** A store of objects that takes what it gets: for tests of what stands on the store, without the rules of an API server. */
import { isJsonObject, type JsonValue } from '../../src/core/live/json.js';
import { idOfLive, type LiveObject } from '../../src/core/live/liveObject.js';
import { ApiError } from '../../src/sandbox/api/apiError.js';
import { Storage } from '../../src/sandbox/api/storage.js';
import type { SandboxStore } from '../../src/sandbox/api/store.js';
import type { Clock } from '../../src/sandbox/clock.js';
import { formatTime } from '../../src/services/syncClock.js';

export interface MemoryStore extends SandboxStore {
  /** Creates, or replaces the spec, as a user would apply it. */
  put(object: LiveObject): LiveObject;
}

export function makeMemoryStore(clock: Clock): MemoryStore {
  const storage = new Storage({ version: 1, objects: [] }, {});
  let lastUid = 0;
  const get = ({ group, kind, namespace, name }: { group: string; kind: string; namespace: string; name: string }): LiveObject | undefined =>
    storage.get(group, kind, namespace, name);
  const store: MemoryStore = {
    get kinds(): never {
      throw new Error('the memory store has no kinds');
    },
    get,
    list: (group, kind, namespace) => storage.list(group, kind, namespace),
    create(object) {
      const id = idOfLive(object);
      if (get(id)) throw new ApiError(409, 'AlreadyExists', `${id.kind} "${id.name}" already exists`);
      const metadata = { ...object.metadata, uid: `uid-${++lastUid}`, generation: 1, creationTimestamp: formatTime(clock.now()) };
      return storage.put({ ...object, metadata });
    },
    put(object) {
      const before = get(idOfLive(object));
      if (!before) return store.create(object, 'test');
      return storage.put({ ...before, ...object, metadata: { ...before.metadata, ...object.metadata, generation: (before.metadata.generation ?? 1) + 1 } });
    },
    patch(id, patch, { subresource }) {
      const before = get(id);
      if (!before) throw new ApiError(404, 'NotFound', `${id.kind} "${id.name}" not found`);
      const after = mergeInto(before, patch) as LiveObject;
      const isSpec = subresource !== 'status' && JSON.stringify(after['spec']) !== JSON.stringify(before['spec']);
      return storage.put(isSpec ? { ...after, metadata: { ...after.metadata, generation: (before.metadata.generation ?? 1) + 1 } } : after);
    },
    delete(id) {
      const object = get(id);
      if (!object) return;
      storage.remove(object);
      for (const kind of storage.kinds) {
        const [group = '', name = ''] = kind.split('/');
        for (const child of storage.list(group, name)) {
          if (child.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid)) store.delete(idOfLive(child));
        }
      }
    },
    subscribe: (onEvent) => storage.subscribe(onEvent),
  };
  return store;
}

function mergeInto(before: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, JsonValue | undefined> = isJsonObject(before) ? { ...before } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else if (value !== undefined) merged[name] = mergeInto(merged[name], value);
  }
  return merged;
}

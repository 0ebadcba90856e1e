/** Comparing objects with what a server made of the same, its own additions aside. */
import assert from 'node:assert/strict';
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../../../src/core/live/json.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';

/** Equal but for what the server sets by itself. */
export function assertSameObject(ours: LiveObject, theirs: LiveObject): void {
  const [mine, expected] = [withoutNoise(ours), withoutNoise(theirs)];
  if (isCustomObject(theirs)) assert.deepEqual(theirs.kind === 'Widget' ? withDefaults(mine) : mine, expected);
  else assert.deepEqual(comparable(mine, expected), comparable(expected, expected));
}

function withoutNoise(object: LiveObject): JsonValue {
  const { managedFields: _managedFields, resourceVersion: _version, generation: _generation, namespace: _namespace, ...metadata } = object.metadata;
  // Go has no null among texts, and empty parts of metadata aren't kept
  const parts = Object.entries(metadata).filter(([, value]) => !isEmpty(value));
  return { ...object, metadata: Object.fromEntries(parts.map(([name, value]) => [name, isJsonObject(value) ? textsOf(value) : value])) };
}

function textsOf(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, value ?? '']));
}

/** True for what decoding drops from metadata. */
export function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (isList(value) && value.length === 0) || (isJsonObject(value) && Object.keys(value).length === 0);
}

/** The default of the recorded custom kind. */
function withDefaults(value: JsonValue, name = ''): JsonValue {
  if (isList(value)) return value.map((item) => withDefaults(item, name));
  if (!isJsonObject(value)) return value;
  // where the schema knows a field a null that apply leaves is dropped, or refused
  const present = Object.entries(value).flatMap(([key, each]) => (each === undefined || (each === null && key === 'anything') ? [] : [[key, withDefaults(each, key)] as const]));
  const fields = Object.fromEntries(present);
  return name === 'inner' ? { protocol: 'TCP', ...fields } : fields;
}

/** What the server adds to objects of its own kinds where nothing is said. */
const defaults: Readonly<Record<string, JsonValue>> = {
  status: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
  resources: {},
  protocol: 'TCP',
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
  progressDeadlineSeconds: 600,
  revisionHistoryLimit: 10,
  replicas: 1,
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
  rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
  scheme: 'HTTP',
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  sessionAffinity: 'None',
  type: 'RollingUpdate',
  maxSurge: '25%',
  maxUnavailable: '25%',
  path: '/',
};

/** A value without what is empty and without defaults; what is deprecated and copied is left out. */
function comparable(value: JsonValue, expected: JsonValue | undefined): JsonValue {
  // Go has no null among texts
  if (isList(value)) return value.map((item, index) => comparable(item ?? '', isList(expected) ? expected[index] : undefined));
  if (!isJsonObject(value)) return value;
  const fields: Record<string, JsonValue> = {};
  for (const [key, each] of Object.entries(value)) {
    if (each === undefined || each === null || (key === 'targetPort' && each === value.port)) continue;
    const next = comparable(each, isJsonObject(expected) ? expected[key] : undefined);
    if (!isEmpty(next) && next !== 0 && next !== false && !jsonEquals(next, defaults[key])) fields[key] = next;
  }
  return fields;
}

/** True for objects of the kinds that the recording defines. */
export function isCustomObject({ apiVersion }: LiveObject): boolean {
  return apiVersion.startsWith('apply.example/');
}

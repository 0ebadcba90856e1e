/**
 * What a sync would leave, computed here where no server may be asked: the merge of the apply engine, and then what such
 * a merge can't know evened out: quantities, values that a server fills in within lists that it takes as a whole, and
 * fields that the cluster sets (kapp's rebase rules, pkg/kapp/config/default.go, name most of them).
 */
import { isAtomicMap } from '../apply/typedValue.js';
import { predictApply } from '../apply/predictApply.js';
import { isJsonObject, isList, jsonEquals, parseJson, type JsonObject, type JsonValue } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';
import { anything, type FieldType } from '../objects/objectType.js';
import { editAt } from './desired.js';

export type PredictionHere = { readonly ok: true; readonly object: LiveObject } | { readonly ok: false; readonly reason: string };

/** @param type of the kind; undefined where its schema isn't known */
export function predictHere(manifest: JsonObject, live: LiveObject, manager: string, type: FieldType | undefined): PredictionHere {
  const prediction = predictApply({ desired: withoutNothings(withWholeBytes(withClusterFields(manifest, live))), live, manager, type: type ?? anything });
  if (prediction.kind === 'invalid') return { ok: false, reason: prediction.message };
  const settled = settle(withChoices(prediction.object), live, type ?? anything);
  return { ok: true, object: isJsonObject(settled) ? { ...prediction.object, ...settled } : prediction.object };
}

/**
 * With the choices that a server makes where alternatives are left open: a client-side apply names the keys that are to
 * stay, and what goes is filled in again (kubernetes pkg/apis/{apps,core}/v1/defaults.go, v1.34).
 */
function withChoices(predicted: LiveObject): JsonObject {
  const strategy = (value: JsonValue): JsonValue => {
    if (!isJsonObject(value) || (value['type'] ?? 'RollingUpdate') !== 'RollingUpdate') return value;
    return { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' }, ...value };
  };
  const volume = (value: JsonValue): JsonValue => (isJsonObject(value) && Object.keys(value).join() === 'name' ? { ...value, emptyDir: {} } : value);
  if (/^(Cluster)?RoleBinding$/.test(predicted.kind) && predicted.apiVersion === 'rbac.authorization.k8s.io/v1') return withRoleGroups(predicted);
  const chosen = predicted.kind === 'Deployment' ? editAt(predicted, ['spec', 'strategy'], strategy) : predicted;
  return volumeWays.reduce((object, way) => editAt(object, way, (volumes) => (isList(volumes) ? volumes.map(volume) : volumes)), chosen);
}

/** Empty groups of roles and of people are those of RBAC (kubernetes pkg/apis/rbac/v1/defaults.go, v1.34). */
function withRoleGroups(binding: JsonObject): JsonObject {
  const group = 'rbac.authorization.k8s.io';
  const named = (value: JsonValue): JsonValue =>
    isJsonObject(value) && (value['apiGroup'] ?? '') === '' && value['kind'] !== 'ServiceAccount' ? { ...value, apiGroup: group } : value;
  return editAt(editAt(binding, ['roleRef'], named), ['subjects'], (subjects) => (isList(subjects) ? subjects.map(named) : subjects));
}

const volumeWays = [
  ['spec', 'volumes'],
  ['spec', 'template', 'spec', 'volumes'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'volumes'],
] as const;

function valueOf(root: JsonObject, way: readonly string[]): JsonValue | undefined {
  return way.reduce<JsonValue | undefined>((value, key) => (isJsonObject(value) ? value[key] : undefined), root);
}

/** Base64 in one line, as a server writes it: kustomize breaks long values. */
function withWholeBytes(manifest: JsonObject): JsonObject {
  const { apiVersion, kind } = manifest;
  const field = apiVersion !== 'v1' ? undefined : kind === 'Secret' ? 'data' : kind === 'ConfigMap' ? 'binaryData' : undefined;
  if (field === undefined) return manifest;
  const joined = (value: JsonValue | undefined): JsonValue | undefined => (typeof value === 'string' ? value.replaceAll(/[\r\n]/g, '') : value);
  return editAt(manifest, [field], (values) => (isJsonObject(values) ? Object.fromEntries(Object.entries(values).map(([key, value]) => [key, joined(value)])) : values));
}

/** Empty maps, lists and nulls of a manifest that a server would leave out. */
function withoutNothings(manifest: JsonObject): JsonObject {
  const entries = Object.entries(manifest).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, isJsonObject(value) ? withoutNothings(value) : value]));
}

/** The predicted value with the live one in the place of what means the same. */
function settle(predicted: JsonValue, live: JsonValue | undefined, type: FieldType): JsonValue {
  if (predicted === live || live === undefined) return predicted;
  if (live === null) return isNothing(predicted) ? live : predicted;
  if (isJsonObject(predicted)) {
    if (!isJsonObject(live)) return predicted;
    // What is taken as a whole has its defaults as well: the field of a `fieldRef`, the divisor of a `resourceFieldRef`.
    const filled = isAtomicMap(type) && type.kind !== 'any' ? withDefaults(predicted, live) : withSchemaDefaults(predicted, live, type);
    return Object.fromEntries(
      Object.entries(filled).flatMap(([key, value]) => {
        if (value === undefined || (live[key] === undefined && isNothing(value))) return [];
        return [[key, settle(value, live[key], fieldType(type, key))]];
      }),
    );
  }
  if (isList(predicted)) return isList(live) ? settleList(predicted, live, type) : predicted;
  return isSameScalar(predicted, live, type) ? live : predicted;
}

/** With the fields that only the live side has, where their values are those that the schema fills in. */
function withSchemaDefaults(predicted: JsonObject, live: JsonObject, type: FieldType): JsonObject {
  if (type.kind !== 'object') return predicted;
  const kept = Object.entries(live).filter(([key, value]) => {
    const text = predicted[key] === undefined ? type.field(key)?.defaultValue : undefined;
    return text !== undefined && value !== undefined && jsonEquals(parseJson(text), value);
  });
  return kept.length === 0 ? predicted : { ...predicted, ...Object.fromEntries(kept) };
}

function settleList(predicted: readonly JsonValue[], live: readonly JsonValue[], type: FieldType): JsonValue {
  const items = type.kind === 'list' ? type.items : anything;
  if (predicted.length !== live.length) return predicted;
  const isMerged = type.kind === 'list' && type.listType === 'map';
  return predicted.map((item, index) => {
    const other = live[index];
    // In a list that is taken as a whole, fields that only the live item has are held for the server's defaults.
    const filled = !isMerged && isJsonObject(item) && isJsonObject(other) ? withDefaults(item, other) : item;
    return settle(filled, other, items);
  });
}

function withDefaults(item: JsonObject, live: JsonObject): JsonObject {
  const filled: Record<string, JsonValue | undefined> = { ...item };
  for (const [key, value] of Object.entries(live)) {
    const own = filled[key];
    if (own === undefined) filled[key] = value;
    else if (isJsonObject(own) && isJsonObject(value)) filled[key] = withDefaults(own, value);
  }
  return filled;
}

function fieldType(type: FieldType, key: string): FieldType {
  if (type.kind === 'map') return type.values;
  return type.kind === 'object' ? (type.field(key)?.type ?? anything) : anything;
}

function isNothing(value: JsonValue): boolean {
  return value === null || value === '' || (isList(value) && value.length === 0) || (isJsonObject(value) && Object.keys(value).length === 0);
}

function isSameScalar(a: JsonValue, b: JsonValue, type: FieldType): boolean {
  if (jsonEquals(a, b)) return true;
  if (type.kind === 'quantity' || (type.kind === 'any' && looksLikeQuantity(a) && looksLikeQuantity(b))) {
    const [left, right] = [quantityOf(a), quantityOf(b)];
    return left !== undefined && left === right;
  }
  if (type.kind === 'string' || type.kind === 'intOrString') return typeof a === 'string' && typeof b === 'string' && a.trim() !== '' && a === b;
  return false;
}

function looksLikeQuantity(value: JsonValue): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?([numkKMGTPE]i?)?$/.test(value) && /\d/.test(value) && !/^0\d/.test(value));
}

const scales: Readonly<Record<string, readonly [base: bigint, exponent: number]>> = {
  n: [10n, -9],
  u: [10n, -6],
  m: [10n, -3],
  '': [10n, 0],
  k: [10n, 3],
  M: [10n, 6],
  G: [10n, 9],
  T: [10n, 12],
  P: [10n, 15],
  E: [10n, 18],
  Ki: [1024n, 1],
  Mi: [1024n, 2],
  Gi: [1024n, 3],
  Ti: [1024n, 4],
  Pi: [1024n, 5],
  Ei: [1024n, 6],
};

/** A quantity in billionths, exactly; undefined for what is none (apimachinery pkg/api/resource/quantity.go). */
export function quantityOf(value: JsonValue): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/.exec(
    typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '',
  );
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = '', power] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const [base, exponent] = power === undefined ? (scales[suffix] ?? [10n, 0]) : [10n, Number(power)];
  // In billionths, and with room for the digits behind the point; what is smaller is rounded up.
  const shift = 10n ** BigInt(fraction.length);
  const scaled = exponent >= 0 ? digits * 1_000_000_000n * base ** BigInt(exponent) : (digits * 1_000_000_000n) / base ** BigInt(-exponent);
  const amount = (scaled + shift - 1n) / shift;
  return sign === '-' ? -amount : amount;
}

/** Fields that the cluster sets, by kind: taken from what is live where a manifest says nothing or something empty. */
const clusterFields: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '/Service': [
    ['spec', 'clusterIP'],
    ['spec', 'clusterIPs'],
    ['spec', 'healthCheckNodePort'],
    ['spec', 'ipFamilies'],
    ['spec', 'ipFamilyPolicy'],
  ],
  '/Namespace': [['spec', 'finalizers']],
  '/PersistentVolumeClaim': [
    ['spec', 'volumeName'],
    ['spec', 'storageClassName'],
    ['spec', 'volumeMode'],
  ],
  '/Pod': [
    ['spec', 'nodeName'],
    ['spec', 'serviceAccountName'],
    ['spec', 'serviceAccount'],
  ],
  '/ServiceAccount': [['secrets'], ['imagePullSecrets']],
  'apiregistration.k8s.io/APIService': [['spec', 'caBundle']],
  'apiextensions.k8s.io/CustomResourceDefinition': [['spec', 'conversion', 'webhook', 'clientConfig', 'caBundle']],
};

function withClusterFields(manifest: JsonObject, live: LiveObject): JsonObject {
  const { apiVersion, kind } = live;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return (clusterFields[`${group}/${kind}`] ?? []).reduce((object, way) => {
    const there = valueOf(live, way);
    return there === undefined ? object : editAt(object, way, (value) => (isNothing(value) ? there : value));
  }, manifest);
}

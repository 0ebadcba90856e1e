/**
 * ResourceQuotas: what objects use of them, and what they refuse (kubernetes v1.34, pkg/quota/v1/evaluator/core; apiserver
 * v0.34, pkg/admission/plugin/resourcequota/controller.go). Quotas with scopes, and those of devices and of the storage of
 * a class, are left out: they refuse nothing. As with a real server a quota holds from when its status says so.
 */
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapsAt, objectAt, stringAt } from '../../core/live/readFields.js';
import type { SandboxKind, SandboxKinds } from '../kinds/kinds.js';
import { amountAt, podAmount } from '../kinds/podAmounts.js';
import { formatQuantity } from '../kinds/quantity.js';
import { forbidden } from './apiError.js';

type List = (group: string, kind: string) => readonly LiveObject[];

/** Kinds whose plain number a quota may name. */
const counted = new Set(['pods', 'services', 'secrets', 'configmaps', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas']);
/** What a quota may name of pods. */
const ofPods: ReadonlyMap<string, readonly [part: string, name: string]> = new Map([
  ['cpu', ['requests', 'cpu']],
  ['requests.cpu', ['requests', 'cpu']],
  ['limits.cpu', ['limits', 'cpu']],
  ['memory', ['requests', 'memory']],
  ['requests.memory', ['requests', 'memory']],
  ['limits.memory', ['limits', 'memory']],
  ['requests.ephemeral-storage', ['requests', 'ephemeral-storage']],
  ['limits.ephemeral-storage', ['limits', 'ephemeral-storage']],
]);

/** What one object uses, in thousandths; undefined for something that has nothing to do with it. */
function usageOf(name: string, { group, kind, plural }: Pick<SandboxKind, 'group' | 'kind' | 'plural'>, object: LiveObject): bigint | undefined {
  const resource = group === '' ? plural : `${plural}.${group}`;
  if (name === `count/${resource}`) return 1000n;
  if (group !== '') return undefined;
  if (kind === 'Pod' && ['Succeeded', 'Failed'].includes(stringAt(object, 'status', 'phase'))) return ofPods.has(name) || name === 'pods' ? 0n : undefined;
  if (name === plural && counted.has(name)) return 1000n;
  const amount = ofPods.get(name);
  if (kind === 'Pod' && amount) return podAmount(object, ...amount);
  if (kind === 'PersistentVolumeClaim' && name === 'requests.storage') return amountAt(objectAt(object, 'spec', 'resources', 'requests'), 'storage');
  if (kind === 'Service' && name === 'services.loadbalancers') return stringAt(object, 'spec', 'type') === 'LoadBalancer' ? 1000n : 0n;
  return undefined;
}

/** What a namespace uses, in thousandths; undefined for what isn't counted here. @param list the objects of the namespace */
export function usageIn(name: string, list: List, kinds: Pick<SandboxKinds, 'all'>): bigint | undefined {
  const users = kinds.all.filter(({ group, plural, isNamespaced }) => isNamespaced && isUser(name, group, plural));
  const [kind] = users;
  return kind && list(kind.group, kind.kind).reduce((sum, object) => sum + (usageOf(name, kind, object) ?? 0n), 0n);
}

/** True for the kind whose objects use the resource. */
function isUser(name: string, group: string, plural: string): boolean {
  if (name.startsWith('count/')) return name === `count/${group === '' ? plural : `${plural}.${group}`}`;
  if (group !== '') return false;
  if (ofPods.has(name)) return plural === 'pods';
  if (name === 'requests.storage') return plural === 'persistentvolumeclaims';
  return name === 'services.loadbalancers' ? plural === 'services' : counted.has(name) && plural === name;
}

/** Throws the refusal of a new object that a quota of its namespace has no room for. */
export function checkQuotas(object: LiveObject, kind: SandboxKind, list: List, kinds: Pick<SandboxKinds, 'all'>): void {
  for (const quota of list('', 'ResourceQuota')) {
    if (mapsAt(quota, 'spec', 'scopes').length > 0 || Object.keys(objectAt(quota, 'spec', 'scopeSelector')).length > 0) continue;
    const refusal = refusalOf(quota, object, { kind, list, kinds });
    if (refusal !== undefined) throw forbidden({ group: kind.group, plural: kind.plural, name: object.metadata.name }, refusal);
  }
}

interface Checked {
  readonly kind: SandboxKind;
  readonly list: List;
  readonly kinds: Pick<SandboxKinds, 'all'>;
}

function refusalOf(quota: LiveObject, object: LiveObject, { kind, list, kinds }: Checked): string | undefined {
  const { name: quotaName } = quota.metadata;
  const hard = objectAt(quota, 'status', 'hard');
  const limited = Object.keys(hard).sort();
  const unsaid = kind.group === '' && kind.kind === 'Pod' ? unsaidOf(object, limited) : [];
  if (unsaid.length > 0) return `failed quota: ${quotaName}: must specify ${unsaid.join('; ')}`;
  const exceeded = limited.flatMap((name) => {
    const requested = usageOf(name, kind, object);
    const used = requested === undefined || requested === 0n ? undefined : usageIn(name, list, kinds);
    if (requested === undefined || used === undefined || used + requested <= amountAt(hard, name)) return [];
    return [{ name, requested: formatAmount(requested, name), used: formatAmount(used, name), most: formatAmount(amountAt(hard, name), name) }];
  });
  if (exceeded.length === 0) return undefined;
  const words = (field: 'requested' | 'used' | 'most'): string => exceeded.map((each) => `${each.name}=${each[field]}`).join(',');
  return `exceeded quota: ${quotaName}, requested: ${words('requested')}, used: ${words('used')}, limited: ${words('most')}`;
}

/** What a quota limits must be said by every container. */
function unsaidOf(pod: LiveObject, limited: readonly string[]): readonly string[] {
  const containers = [...mapsAt(pod, 'spec', 'containers'), ...mapsAt(pod, 'spec', 'initContainers')];
  return limited.flatMap((name) => {
    const [part, resource] = ofPods.get(name) ?? [];
    if (part === undefined || resource === undefined) return [];
    const silent = containers.filter((container) => objectAt(container, 'resources', part)[resource] === undefined).map((container) => stringAt(container, 'name'));
    return silent.length === 0 ? [] : [`${name} for: ${silent.sort().join(',')}`];
  });
}

/** As quotas print amounts: bytes in powers of two. */
export function formatAmount(amount: bigint, name: string): string {
  const text = /memory|storage/.test(name) && amount % 1000n === 0n ? bytesText(amount / 1000n) : `${amount}m`;
  return formatQuantity(text) ?? text;
}

function bytesText(bytes: bigint): string {
  return bytes % 1024n === 0n ? `${bytes / 1024n}Ki` : String(bytes);
}

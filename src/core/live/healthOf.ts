/**
 * The health of an object. `argoHealthOf` says exactly what Argo CD would say without an administrator's own scripts
 * (gitops-engine pkg/health/health.go GetResourceHealth); `healthOf` says more, where Argo CD has no opinion.
 */
import { parseApiVersion } from '../objects/resId.js';
import type { Health } from './health.js';
import { addOnRules } from './health/addOnKinds.js';
import { builtInRules } from './health/builtIns.js';
import { crossplaneRule, crossplaneRules } from './health/crossplaneKinds.js';
import { customRules } from './health/customKinds.js';
import { applicationHealth, deliveryRules } from './health/deliveryKinds.js';
import { furtherRules } from './health/furtherKinds.js';
import { gatewayRules } from './health/gatewayKinds.js';
import type { HealthRule, HealthRules } from './health/healthRule.js';
import { hasListAt } from './readFields.js';
import { workloadRules } from './health/workloads.js';
import { healthOfKStatus, kstatusOf } from './kstatus.js';
import type { LiveObject } from './liveObject.js';

const rules: HealthRules = { ...workloadRules, ...builtInRules, ...deliveryRules, ...customRules, ...addOnRules, ...furtherRules, ...crossplaneRules, ...gatewayRules };

/**
 * Argo CD's word on an object; undefined for kinds that it has no rule for: it has no opinion then, which isn't Healthy.
 */
export function argoHealthOf(object: LiveObject): Health | undefined {
  const { deletionTimestamp, finalizers } = object.metadata;
  if (deletionTimestamp !== undefined && !(finalizers ?? []).includes('argocd.argoproj.io/hook-finalizer')) return { status: 'Progressing', message: 'Pending deletion' };
  return ruleFor(object)?.(object);
}

/** True where Argo CD has a rule for the kind, so that a missing object of it counts. */
export function hasArgoHealth(group: string, kind: string): boolean {
  return ruleOf(group, kind) !== undefined;
}

/**
 * Argo CD's word, and where it has none: an Application's own status, and the conditions of a custom resource by kstatus.
 * Undefined where nothing in the object tells.
 * @param now milliseconds since 1970
 */
export function healthOf(object: LiveObject, now?: number): Health | undefined {
  const health = argoHealthOf(object);
  if (health !== undefined) return health;
  const { group } = parseApiVersion(object.apiVersion);
  if (group === 'argoproj.io' && object.kind === 'Application') return applicationHealth(object);
  // Groups without a dot are Kubernetes' own: there Argo CD's silence is meant.
  return isCustom(group) && hasListAt(object, 'status', 'conditions') ? healthOfKStatus(kstatusOf(object, now)) : undefined;
}

function ruleFor({ apiVersion, kind }: LiveObject): HealthRule | undefined {
  return ruleOf(parseApiVersion(apiVersion).group, kind);
}

function ruleOf(group: string, kind: string): HealthRule | undefined {
  return rules[`${group}/${kind}`] ?? crossplaneRule(group);
}

function isCustom(group: string): boolean {
  return group.includes('.') && !builtInGroups.test(group);
}

const builtInGroups =
  /^(admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io$/;

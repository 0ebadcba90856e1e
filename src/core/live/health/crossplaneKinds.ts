/** Health of Crossplane's kinds, as Argo CD v3.2.11 judges them (resource_customizations/_.{crossplane,upbound}.io/_/health.lua). */
import type { Health } from '../health.js';
import type { LiveObject } from '../liveObject.js';
import { byConditions, type Clause } from './conditionRules.js';
import { degraded, forKinds, healthy, progressing, suspended, type HealthRule, type HealthRules } from './healthRule.js';
import { conditionsAt, hasListAt, mapAt, valueAt } from '../readFields.js';

const failures: readonly Clause[] = [
  { type: 'LastAsyncOperation', status: 'False', health: 'Degraded' },
  { type: 'Synced', status: 'False', health: 'Degraded' },
];
const signs = ['Ready', 'Healthy', 'Offered', 'Established', 'ValidPipeline', 'RevisionHealthy'];

const crossplane = managedRule(
  signs,
  new Set(['Composition', 'CompositionRevision', 'DeploymentRuntimeConfig', 'ClusterProviderConfig', 'ProviderConfig', 'ProviderConfigUsage', 'ControllerConfig']),
);
const upbound = managedRule(['Ready'], new Set(['ClusterProviderConfig', 'ProviderConfig', 'ProviderConfigUsage']));

/** Kinds of the AWS provider that have a rule of their own. */
export const crossplaneRules: HealthRules = {
  'cloudfront.aws.crossplane.io/Distribution': readyAndSynced,
  ...forKinds('iam.aws.crossplane.io', ['Policy', 'Role', 'RolePolicyAttachment'], () => readyAndSynced),
  ...forKinds('rds.aws.crossplane.io', ['DBCluster', 'DBInstance'], () => readyAndSynced),
  'route53.aws.crossplane.io/ResourceRecordSet': readyAndSynced,
  's3.aws.crossplane.io/Bucket': readyAndSynced,
  'stacks.crossplane.io/ClusterStackInstall': stackHealth,
};

/** The last condition of each type counts. */
function readyAndSynced(object: LiveObject): Health {
  if (!hasListAt(object, 'status', 'conditions')) return progressing('no status yet');
  const conditions = conditionsAt(object);
  const ready = conditions.findLast(({ type }) => type === 'Ready');
  const synced = conditions.findLast(({ type }) => type === 'Synced');
  const isPaused = conditions.some(({ type, reason }) => type === 'Synced' && reason === 'ReconcilePaused');
  if (ready?.status === 'True' && synced?.status === 'True') return healthy(ready.reason);
  if (synced?.status !== 'True' && isPaused) return suspended('ReconcilePaused');
  if (ready?.status !== 'True' && synced?.status === 'True' && !isPaused) return progressing(ready?.reason);
  return degraded(conditions.findLast(({ type, reason }) => type === 'Synced' && reason === 'ReconcileError')?.message);
}

function stackHealth(object: LiveObject): Health {
  const ready = conditionsAt(object, 'status', 'conditionedStatus', 'conditions').filter(({ type }) => type === 'Ready');
  const isReady = ready.find(({ status }) => status === 'True');
  return isReady === undefined ? progressing(ready.at(-1)?.reason) : healthy(isReady.reason);
}

/** The rule for all kinds of a group; undefined where the group isn't Crossplane's. */
export function crossplaneRule(group: string): HealthRule | undefined {
  if (group.endsWith('.crossplane.io')) return crossplane;
  return group.endsWith('.upbound.io') ? upbound : undefined;
}

function managedRule(good: readonly string[], withoutStatus: ReadonlySet<string>): HealthRule {
  const rule = byConditions([...failures, ...good.map((type): Clause => ({ type, status: 'True', health: 'Healthy' }))], progressing('not ready yet'));
  return (object) => unconditioned(object, withoutStatus) ?? rule(object);
}

/** What is said of an object that has no conditions. */
function unconditioned(object: LiveObject, withoutStatus: ReadonlySet<string>): Health | undefined {
  const status = mapAt(object, 'status');
  if (status === undefined || (Object.keys(status).length === 0 && withoutStatus.has(object.kind))) return healthy();
  if (hasListAt(object, 'status', 'conditions')) return undefined;
  const isConfig = object.kind === 'ProviderConfig' || object.kind === 'ClusterProviderConfig';
  return isConfig && valueAt(object, 'status', 'users') !== undefined ? healthy('in use') : progressing('no status yet');
}

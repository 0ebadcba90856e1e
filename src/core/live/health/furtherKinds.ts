/** Health of more add-ons' kinds, as Argo CD v3.2.11 judges them (resource_customizations/<group>/<kind>/health.lua). */
import type { Health } from '../health.js';
import type { LiveObject } from '../liveObject.js';
import { conditionsAt, isTrueAt, mapsAt, numberAt, textAt, valueAt } from '../readFields.js';
import { byClauses, byPhase } from './conditionRules.js';
import { degraded, forKinds, healthOfStatus, healthy, progressing, suspended, unknown, type HealthRules } from './healthRule.js';

export const furtherRules: HealthRules = {
  ...forKinds('k8s.mariadb.com', ['Database', 'Grant', 'User'], () => mariaPartHealth),
  'k8s.mariadb.com/SqlJob': sqlJobHealth,
  'k8s.mariadb.com/Backup': backupHealth,
  'db.atlasgo.io/AtlasMigration': (object) => atlasHealth(object, (condition) => condition.reason === 'Reconciling'),
  'db.atlasgo.io/AtlasSchema': (object) => atlasHealth(object, ({ message }) => message === 'Reconciling' || message === 'GettingDevDB'),
  ...forKinds('grafana.integreatly.org', ['GrafanaDashboard', 'GrafanaFolder'], () => grafanaPartHealth),
  'platform.confluent.io/Connector': connectorHealth,
  'trident.netapp.io/TridentBackendConfig': backendHealth,
  'ocs.openshift.io/StorageCluster': byClauses(
    [
      { type: 'Degraded', status: 'True', health: 'Degraded' },
      { type: 'Progressing', status: 'True', health: 'Progressing' },
      { type: 'Available', status: 'True', health: 'Healthy' },
    ],
    unknown('no status yet'),
  ),
  'serving.kserve.io/InferenceService': inferenceHealth,
  'tower.ansible.com/AnsibleJob': byPhase(
    ['status', 'ansibleJobResult', 'status'],
    { successful: 'Healthy', failed: 'Degraded', error: 'Degraded', canceled: 'Degraded' },
    { otherwise: 'Progressing' },
  ),
  'numaflow.numaproj.io/Pipeline': pipelineHealth,
  ...forKinds('work.karmada.io', ['ResourceBinding', 'ClusterResourceBinding'], () => bindingHealth),
  ...forKinds('promoter.argoproj.io', ['CommitStatus', 'PullRequest'], (kind) => (object) => promoterHealth(object, kind === 'PullRequest' ? ['Reconciled', 'Ready'] : ['Ready'])),
  'apps.kruise.io/BroadcastJob': broadcastHealth,
};

/** By its first Ready condition; what is said is the last one looked at. */
function mariaPartHealth(object: LiveObject): Health {
  const conditions = conditionsAt(object);
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready === undefined) return progressing(conditions.at(-1)?.message ?? 'no status yet');
  return ready.status === 'True' ? healthy(ready.message) : degraded(ready.message);
}

function sqlJobHealth(object: LiveObject): Health {
  const done = conditionsAt(object).find(({ status, reason }) => status === 'True' && (reason === 'JobComplete' || reason === 'JobFailed'));
  if (done === undefined) return progressing('not done yet');
  return done.reason === 'JobComplete' ? healthy(done.message) : degraded(done.message);
}

function backupHealth(object: LiveObject): Health {
  if (valueAt(object, 'status', 'conditions') === undefined) return progressing('no status yet');
  const bad = conditionsAt(object).find(({ status }) => status === 'False');
  if (bad === undefined) return healthy();
  return bad.reason === 'CronJobScheduled' && bad.message === 'Failed' ? degraded(bad.message) : progressing(bad.message);
}

function atlasHealth(object: LiveObject, isWorking: (condition: ReturnType<typeof conditionsAt>[number]) => boolean): Health {
  const ready = conditionsAt(object).find(({ type }) => type === 'Ready');
  if (ready === undefined) return progressing('no status yet');
  return healthOfStatus(ready.status === 'True' ? 'Healthy' : isWorking(ready) ? 'Progressing' : 'Degraded', ready.reason);
}

function grafanaPartHealth(object: LiveObject): Health {
  const conditions = conditionsAt(object);
  const bad = conditions.find(({ status }) => status === 'False');
  if (bad !== undefined) return degraded(bad.message ?? bad.reason);
  return conditions.some(({ status }) => status === 'True') ? healthy() : progressing('no status yet');
}

function connectorHealth(object: LiveObject): Health {
  const state = textAt(object, 'status', 'state');
  const failed = numberAt(object, 'status', 'failedTasksCount');
  if (state === undefined) return progressing('no status yet');
  if (state === 'CREATED' && textAt(object, 'status', 'connectorState') === 'RUNNING' && failed === undefined) return healthy();
  if (state === 'ERROR') return degraded(conditionsAt(object)[0]?.message);
  return failed !== undefined && failed > 0 ? degraded(`${String(failed)} tasks failed`) : progressing(state);
}

function backendHealth(object: LiveObject): Health {
  const message = textAt(object, 'status', 'message');
  const last = textAt(object, 'status', 'lastOperationStatus');
  if (textAt(object, 'status', 'phase') === 'Bound' && last === 'Success') return healthy(message);
  return last === 'Failed' ? degraded(message) : progressing('not bound yet');
}

function inferenceHealth(object: LiveObject): Health {
  const conditions = conditionsAt(object);
  if (valueAt(object, 'status', 'conditions') === undefined) return progressing('no status yet');
  if (conditions.some(({ type, status }) => type === 'Stopped' && status === 'True')) return suspended('stopped');
  const transition = textAt(object, 'status', 'modelStatus', 'transitionStatus');
  const isFailing = transition !== undefined && transition !== 'UpToDate' && transition !== 'InProgress';
  const open = conditions.filter(({ type, status }) => status === 'Unknown' || (status === 'False' && type !== 'Stopped'));
  const message = open.map((condition) => condition.message ?? condition.reason ?? condition.type).join(', ');
  if (isFailing) return degraded(message === '' ? transition : message);
  return open.length === 0 && transition !== 'InProgress' ? healthy() : progressing(message === '' ? transition : message);
}

function pipelineHealth(object: LiveObject): Health {
  const phase = textAt(object, 'status', 'phase');
  if (valueAt(object, 'status') === undefined || object.metadata.generation !== numberAt(object, 'status', 'observedGeneration'))
    return progressing('its latest spec was not seen yet');
  if (phase === 'Failed') return degraded(textAt(object, 'status', 'message'));
  const bad = conditionsAt(object).find(({ status }) => status === 'False');
  if (bad !== undefined) return degraded(bad.message);
  return phase === 'Running' || phase === 'Paused' || phase === 'Pausing' ? healthy(phase) : progressing(phase);
}

function bindingHealth(object: LiveObject): Health {
  const clusters = mapsAt(object, 'spec', 'clusters');
  const statuses = mapsAt(object, 'status', 'aggregatedStatus');
  if (clusters.length === 0 || clusters.length !== statuses.length) return progressing('not known of all clusters yet');
  const bad = statuses.find((status) => textAt(status, 'health') === 'Unhealthy' || (textAt(status, 'health') === 'Unknown' && !isTrueAt(status, 'applied')));
  return bad === undefined ? healthy() : degraded(`unhealthy in ${textAt(bad, 'clusterName') ?? 'a cluster'}`);
}

/** Every condition of these types must have seen the latest spec, and none may be False. */
function promoterHealth(object: LiveObject, types: readonly string[]): Health {
  const conditions = conditionsAt(object).filter(({ type }) => types.includes(type));
  const { generation } = object.metadata;
  for (const { status, message, observedGeneration } of conditions) {
    if (observedGeneration !== undefined && generation !== undefined && observedGeneration !== generation) return progressing('its latest spec was not seen yet');
    if (status === 'False') return degraded(message);
  }
  return conditions.length === 0 ? progressing('no status yet') : healthy(textAt(object, 'status', 'state') ?? textAt(object, 'status', 'phase'));
}

function broadcastHealth(object: LiveObject): Health {
  const phase = textAt(object, 'status', 'phase');
  if (phase === 'completed' && valueAt(object, 'status', 'desired') === valueAt(object, 'status', 'succeeded')) return healthy(phase);
  if (phase === 'failed' && valueAt(object, 'status', 'failed') !== 0) return degraded(phase);
  return phase === 'paused' && isTrueAt(object, 'spec', 'paused') ? suspended(phase) : progressing(phase);
}

/**
 * Health of kinds that clusters' add-ons bring, as Argo CD v3.2.11 judges them by a script
 * (resource_customizations/<group>/<kind>/health.lua).
 */
import type { Health } from '../health.js';
import type { LiveObject } from '../liveObject.js';
import { byClauses, byConditions, byPhase, readyFalse, readyTrue, type Clause } from './conditionRules.js';
import { degraded, forKinds, healthOfStatus, healthy, progressing, suspended, unknown, type HealthRules } from './healthRule.js';
import { conditionsAt, isTrueAt, mapAt, mapsAt, textAt, valueAt } from '../readFields.js';

const ready = byConditions([readyFalse, readyTrue]);
const notReady: Clause = { type: 'NotReady', status: 'True', health: 'Degraded' };

export const customRules: HealthRules = {
  'bitnami.com/SealedSecret': byConditions([
    { type: 'Synced', status: 'False', health: 'Degraded' },
    { type: 'Synced', status: 'True', health: 'Healthy' },
  ]),
  'cert-manager.io/Certificate': certificateHealth,
  ...forKinds('cert-manager.io', ['Issuer', 'ClusterIssuer'], () => ready),
  ...forKinds('certmanager.k8s.io', ['Certificate', 'Issuer'], () => ready),
  ...forKinds('external-secrets.io', ['ExternalSecret', 'SecretStore', 'ClusterSecretStore', 'PushSecret'], () => ready),
  'external-secrets.io/ClusterExternalSecret': lastConditionHealth,
  'kubernetes-client.io/ExternalSecret': externalSecretHealth,
  'onepassword.com/OnePasswordItem': ready,
  'karpenter.sh/NodePool': ready,
  'karpenter.k8s.aws/EC2NodeClass': ready,
  'keda.sh/ScaledObject': scaledObjectHealth,
  'serving.knative.dev/Service': knativeHealth,
  'flagger.app/Canary': canaryHealth,
  'monitoring.coreos.com/Prometheus': prometheusHealth,
  'kyverno.io/Policy': kyvernoHealth,
  ...forKinds('snapshot.storage.k8s.io', ['VolumeSnapshot', 'VolumeSnapshotContent'], () => snapshotHealth),
  'install.istio.io/IstioOperator': istioHealth,
  'acid.zalan.do/postgresql': byPhase(['status', 'PostgresClusterStatus'], { Running: 'Healthy', Creating: 'Progressing', Updating: 'Progressing' }, { otherwise: 'Degraded' }),
  'postgresql.cnpg.io/Cluster': postgresHealth,
  'kafka.strimzi.io/Kafka': byConditions([{ ...notReady, notReasons: ['Creating'] }, readyTrue]),
  ...forKinds('kafka.strimzi.io', ['KafkaTopic', 'KafkaUser', 'KafkaBridge', 'KafkaConnect', 'KafkaConnector'], () => byConditions([notReady, readyTrue])),
  'rabbitmq.com/RabbitmqCluster': rabbitHealth,
  ...forKinds('rabbitmq.com', ['Binding', 'Exchange', 'Permission', 'Policy', 'Queue', 'Shovel', 'User', 'Vhost'], () =>
    byConditions(
      [
        { ...readyTrue, reasons: ['SuccessfulCreateOrUpdate'] },
        { ...readyFalse, reasons: ['FailedCreateOrUpdate'] },
      ],
      unknown('no status yet'),
    ),
  ),
  'elasticsearch.k8s.elastic.co/Elasticsearch': elasticHealth,
  'minio.min.io/Tenant': tenantHealth,
  'projectcontour.io/HTTPProxy': proxyHealth,
  'route.openshift.io/Route': routeHealth,
  'networking.gke.io/ManagedCertificate': managedCertificateHealth,
  'pkg.crossplane.io/Provider': providerHealth,
  'cdi.kubevirt.io/DataVolume': dataVolumeHealth,
  'opentelemetry.io/OpenTelemetryCollector': collectorHealth,
  'datadoghq.com/DatadogMetric': byClauses(
    [
      { type: 'Error', status: 'True', health: 'Degraded' },
      { type: 'Valid', status: 'False', health: 'Degraded' },
    ],
    healthy(),
  ),
};

const issued = byClauses([{ type: 'Issuing', status: 'True', health: 'Progressing' }], healthy());

function certificateHealth(object: LiveObject): Health {
  const issuing = issued(object);
  return issuing.status === 'Progressing' ? issuing : ready(object);
}

/** The operator appends its conditions: only the last one is looked at. */
function lastConditionHealth(object: LiveObject): Health {
  const last = conditionsAt(object).at(-1);
  if (last?.status !== 'True') return progressing('no status yet');
  if (last.type === 'Ready') return healthy(last.message);
  return last.type === 'PartiallyReady' || last.type === 'NotReady' ? degraded(last.message) : progressing('no status yet');
}

function externalSecretHealth(object: LiveObject): Health {
  const status = textAt(object, 'status', 'status');
  if (status === 'SUCCESS') return healthy();
  return status?.startsWith('ERROR') === true ? degraded(status.replace('ERROR, ', '')) : progressing('no status yet');
}

function scaledObjectHealth(object: LiveObject): Health {
  let message = '';
  const found = new Set<string>();
  for (const condition of conditionsAt(object)) {
    const sign = `${condition.type}=${condition.status}`;
    if (!['Ready=False', 'Ready=True', 'Paused=True', 'Fallback=True'].includes(sign)) continue;
    found.add(sign);
    message = condition.message ?? '';
  }
  if (found.has('Ready=False') || found.has('Fallback=True')) return degraded(message);
  if (!found.has('Ready=True')) return progressing(message === '' ? 'no status yet' : message);
  return found.has('Paused=True') ? suspended(message) : healthy(message);
}

/** Healthy when all three of its conditions are True; what isn't is listed. */
function knativeHealth(object: LiveObject): Health {
  const conditions = conditionsAt(object);
  const bad = conditions.filter(({ status }) => status === 'False' || status === 'Unknown');
  const message = bad
    .map(({ type, status, reason, message: text }) => [`${type} is ${status}`, reason, text].filter((part) => part !== undefined && part !== '').join(': '))
    .join('; ');
  if (bad.some(({ status }) => status === 'False')) return degraded(message);
  const good = conditions.filter(({ type, status }) => status === 'True' && ['ConfigurationsReady', 'RoutesReady', 'Ready'].includes(type));
  return good.length === 3 && bad.length === 0 ? healthy() : progressing(message === '' ? 'no status yet' : message);
}

const canary = byPhase(['status', 'phase'], {
  Failed: 'Degraded',
  Progressing: 'Progressing',
  Finalising: 'Progressing',
  Promoting: 'Progressing',
  Succeeded: 'Healthy',
  Initialized: 'Healthy',
});

function canaryHealth(object: LiveObject): Health {
  if (mapAt(object, 'status') === undefined) return unknown('no status yet');
  const { status, message } = canary(object);
  return healthOfStatus(status, [message, ...conditionsAt(object).map((condition) => condition.message ?? '')].filter((part) => part !== '').join(': '));
}

function prometheusHealth(object: LiveObject): Health {
  let health = progressing('no status yet');
  for (const { type, status, reason, message } of conditionsAt(object)) {
    if (type !== 'Available') continue;
    const text = message ?? reason;
    health = status === 'True' ? healthy() : reason === 'SomePodsNotReady' ? progressing(text) : degraded(text);
  }
  return health;
}

function kyvernoHealth(object: LiveObject): Health {
  const isReady = conditionsAt(object).some(({ type, status, reason, message }) => type === 'Ready' && status === 'True' && reason === 'Succeeded' && message === 'Ready');
  return isReady ? healthy() : progressing('not ready yet');
}

function snapshotHealth(object: LiveObject): Health {
  if (isTrueAt(object, 'status', 'readyToUse')) return healthy();
  return mapAt(object, 'status', 'error') === undefined ? progressing('no status yet') : degraded(textAt(object, 'status', 'error', 'message'));
}

const istioStates: Readonly<Record<string, Health>> = {
  NONE: unknown('not present'),
  UPDATING: progressing('updating'),
  RECONCILING: progressing('reconciling'),
  HEALTHY: healthy(),
  ERROR: degraded('in error'),
};

function istioHealth(object: LiveObject): Health {
  const state = valueAt(object, 'status', 'status');
  const name = typeof state === 'number' ? Object.keys(istioStates)[state] : state;
  return (typeof name === 'string' ? istioStates[name] : undefined) ?? progressing('no status yet');
}

const postgresPhases = byPhase(
  ['status', 'phase'],
  {
    'Cluster in healthy state': 'Healthy',
    'Setting up primary': 'Progressing',
    'Creating a new replica': 'Progressing',
    'Upgrading cluster': 'Progressing',
    'Waiting for the instances to become active': 'Progressing',
    'Promoting to primary cluster': 'Progressing',
    'Switchover in progress': 'Degraded',
    'Failing over': 'Degraded',
    'Upgrading Postgres major version': 'Degraded',
    'Cluster upgrade delayed': 'Degraded',
    'Waiting for user action': 'Degraded',
    'Primary instance is being restarted in-place': 'Degraded',
    'Primary instance is being restarted without a switchover': 'Degraded',
    'Cluster cannot execute instance online upgrade due to missing architecture binary': 'Degraded',
    'Online upgrade in progress': 'Degraded',
    'Applying configuration': 'Degraded',
    'Unable to create required cluster objects': 'Suspended',
    'Cluster cannot proceed to reconciliation due to an unknown plugin being required': 'Suspended',
    'Cluster has incomplete or invalid image catalog': 'Suspended',
    'Cluster is unrecoverable and needs manual intervention': 'Suspended',
  },
  { missing: 'Unknown', message: ['status', 'phaseReason'] },
);

function postgresHealth(object: LiveObject): Health {
  if (valueAt(object, 'status', 'conditions') === undefined) return progressing(textAt(object, 'status', 'phaseReason'));
  const hibernation = conditionsAt(object).find(({ type }) => type === 'cnpg.io/hibernation');
  if (hibernation === undefined) return postgresPhases(object);
  return hibernation.status === 'True' ? suspended(hibernation.message) : degraded(hibernation.message);
}

function rabbitHealth(object: LiveObject): Health {
  const conditions = conditionsAt(object);
  const failed = conditions.find(({ type, status }) => type === 'ReconcileSuccess' && status === 'False');
  if (failed !== undefined) return degraded(failed.message);
  const available = conditions.findLast(({ type }) => type === 'ClusterAvailable');
  const replicas = conditions.findLast(({ type }) => type === 'AllReplicasReady');
  const both = [available, replicas];
  if (both.some((condition) => condition?.status === 'Unknown')) return degraded(both.find((condition) => condition?.status === 'Unknown')?.message);
  const waiting = both.find((condition) => condition?.status === 'False');
  if (waiting !== undefined) return progressing(waiting.message);
  return both.every((condition) => condition?.status === 'True') ? healthy() : progressing('no status yet');
}

const elasticPhases: Readonly<Record<string, Health>> = {
  ApplyingChanges: progressing('ApplyingChanges'),
  MigratingData: progressing('MigratingData'),
  Invalid: degraded('Invalid'),
};
const elasticColors: Readonly<Record<string, Health>> = { green: healthy('green'), yellow: progressing('yellow'), red: degraded('red') };

function elasticHealth(object: LiveObject): Health {
  const nodes = valueAt(object, 'status', 'availableNodes');
  const wanted = mapsAt(object, 'spec', 'nodeSets').reduce((sum, set) => sum + (typeof set['count'] === 'number' ? set['count'] : 0), 0);
  if (typeof nodes !== 'number' || nodes > wanted) return unknown('no status yet');
  if (nodes < wanted) return progressing(`${String(nodes)} of ${String(wanted)} nodes are available`);
  const phase = textAt(object, 'status', 'phase') ?? '';
  const color = textAt(object, 'status', 'health') ?? '';
  return (color === '' ? undefined : phase === 'Ready' ? elasticColors[color] : elasticPhases[phase]) ?? unknown(phase);
}

const tenantFailures = new Set([
  'Statefulset not controlled by operator',
  'Another MinIO Tenant already exists in the namespace',
  'Tenant credentials are not set properly',
  'Different versions across MinIO Pools',
  'Pool Decommissioning Not Allowed',
]);

function tenantHealth(object: LiveObject): Health {
  const state = textAt(object, 'status', 'currentState');
  if (state === undefined) return progressing('no status yet');
  if (state === 'Initialized') return healthy(state);
  return tenantFailures.has(state) ? degraded(state) : progressing(state);
}

/** A condition of an older generation says nothing. */
function proxyHealth(object: LiveObject): Health {
  const valid = conditionsAt(object).find(
    ({ type, status, observedGeneration }) => observedGeneration === object.metadata.generation && type === 'Valid' && (status === 'True' || status === 'False'),
  );
  const message = textAt(object, 'status', 'description');
  if (valid === undefined) return progressing(valueAt(object, 'status', 'conditions') === undefined ? message : 'no status yet');
  return healthOfStatus(valid.status === 'True' ? 'Healthy' : 'Degraded', message);
}

function routeHealth(object: LiveObject): Health {
  if (valueAt(object, 'status', 'ingress') === undefined) return progressing('not admitted yet');
  const routers = mapsAt(object, 'status', 'ingress');
  const admitted = routers.flatMap((router) => conditionsAt(router, 'conditions')).filter(({ type }) => type === 'Admitted');
  if (admitted.filter(({ status }) => status === 'True').length === routers.length) return healthy();
  const refused = admitted.find(({ status }) => status === 'False');
  return refused === undefined ? progressing('not admitted yet') : degraded(refused.message);
}

function managedCertificateHealth(object: LiveObject): Health {
  const failed = mapsAt(object, 'status', 'domainStatus').find((domain) => textAt(domain, 'status') === 'FailedNotVisible');
  if (failed !== undefined) return degraded(`${textAt(failed, 'domain') ?? 'a domain'}: FailedNotVisible`);
  const status = textAt(object, 'status', 'certificateStatus');
  return status === 'Active' ? healthy(status) : progressing(status);
}

function providerHealth(object: LiveObject): Health {
  if (valueAt(object, 'status', 'conditions') === undefined) return progressing('no status yet');
  const conditions = ['Installed', 'Healthy'].map((name) => conditionsAt(object).findLast(({ type }) => type === name));
  const message = conditions.map((condition) => condition?.reason ?? '').join(' ');
  return conditions.every((condition) => condition?.status === 'True') ? healthy(message) : degraded(message);
}

function dataVolumeHealth(object: LiveObject): Health {
  const phase = textAt(object, 'status', 'phase');
  if (phase === 'Succeeded') return healthy(phase);
  if (phase === 'Paused') return suspended(phase);
  const failed = conditionsAt(object).find(({ type, status, reason }) => type === 'Running' && status === 'False' && reason === 'Error');
  if (failed !== undefined) return degraded(failed.message);
  return phase === 'Failed' || phase === 'Unknown' ? degraded(phase) : progressing(phase ?? 'no status yet');
}

function collectorHealth(object: LiveObject): Health {
  const replicas = textAt(object, 'status', 'scale', 'statusReplicas');
  const [, available, wanted] = /(\d+)\/(\d+)/.exec(replicas ?? '') ?? [];
  if (available === undefined) return progressing(replicas ?? 'no status yet');
  if (Number(available) === 0) return degraded(replicas);
  return available === wanted ? healthy(replicas) : progressing(replicas);
}

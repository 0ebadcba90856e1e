/** Health of further add-ons' kinds that follow a table, as Argo CD v3.2.11 judges them (resource_customizations/<group>/<kind>/health.lua). */
import type { Health } from '../health.js';
import { isJsonObject, type JsonObject } from '../json.js';
import type { LiveObject } from '../liveObject.js';
import { conditionsAt, hasListAt, isTrueAt, mapAt, mapsAt, numberAt, textAt, valueAt } from '../readFields.js';
import { byConditions, byPhase, readyFalse, readyTrue } from './conditionRules.js';
import { degraded, forKinds, healthOfStatus, healthy, progressing, suspended, unknown, type HealthRule, type HealthRules } from './healthRule.js';

const ready = byConditions([readyFalse, readyTrue]);
const remoteSynced = byConditions([
  { type: 'RemoteSynced', status: 'True', health: 'Healthy' },
  { type: 'RemoteSynced', status: 'False', health: 'Degraded' },
]);
const installation = byPhase(['status', 'status'], { Completed: 'Healthy', InProgress: 'Progressing' }, { otherwise: 'Degraded' });
const humio = byPhase(['status', 'state'], { Exists: 'Healthy', NotFound: 'Missing', ConfigError: 'Degraded', Unknown: 'Unknown' }, { otherwise: 'Progressing' });
const confluent = byPhase(['status', 'phase'], { RUNNING: 'Healthy', PROVISIONING: 'Progressing' }, { otherwise: 'Progressing' });
const colors = { green: 'Healthy', yellow: 'Progressing', red: 'Degraded' } as const;

export const addOnRules: HealthRules = {
  'addons.cluster.x-k8s.io/ClusterResourceSet': byConditions([
    { type: 'ResourcesApplied', status: 'True', health: 'Healthy' },
    { type: 'ResourcesApplied', status: 'False', health: 'Degraded' },
  ]),
  'camel.apache.org/Integration': ready,
  'clickhouse.altinity.com/ClickHouseInstallation': installation,
  'clickhouse-keeper.altinity.com/ClickHouseKeeperInstallation': installation,
  'cluster.x-k8s.io/Cluster': clusterHealth,
  'cluster.x-k8s.io/Machine': byPhase(['status', 'phase'], { Running: 'Healthy', Failed: 'Degraded' }, { otherwise: 'Progressing' }),
  'cluster.x-k8s.io/MachineDeployment': unlessPaused(byPhase(['status', 'phase'], { Running: 'Healthy', Failed: 'Degraded' }, { otherwise: 'Progressing' })),
  'cluster.x-k8s.io/MachinePool': byPhase(['status', 'phase'], { Running: 'Healthy', Scaling: 'Healthy', Failed: 'Degraded', Unknown: 'Degraded' }, { otherwise: 'Progressing' }),
  'cluster.x-k8s.io/MachineHealthCheck': machineCheckHealth,
  ...forKinds('coralogix.com', ['Alert', 'RecordingRuleGroupSet'], () => remoteSynced),
  ...forKinds('core.humio.com', ['HumioAction', 'HumioAlert', 'HumioIngestToken', 'HumioParser', 'HumioRepository', 'HumioView'], () => humio),
  'grafana.integreatly.org/Grafana': grafanaHealth,
  'grafana.integreatly.org/GrafanaDatasource': datasourceHealth,
  'jaegertracing.io/Jaeger': byPhase(['status', 'phase'], { Running: 'Healthy', Failed: 'Degraded' }, { otherwise: 'Progressing' }),
  ...forKinds('k8s.mariadb.com', ['MariaDB'], () => mariaHealth),
  'mariadb.mmontes.io/MariaDB': mariaHealth,
  'k8s.keycloak.org/Keycloak': keycloakHealth,
  'kiali.io/Kiali': byConditions([
    { type: 'Successful', status: 'True', health: 'Healthy' },
    { type: 'Failure', status: 'True', health: 'Degraded' },
    { type: 'Running', status: '*', reasons: ['Running'], health: 'Progressing' },
  ]),
  'kubevirt.io/VirtualMachine': machineHealth,
  'kubevirt.io/VirtualMachineInstance': instanceHealth,
  'logstash.k8s.elastic.co/Logstash': byPhase(['status', 'health'], colors, { otherwise: 'Progressing' }),
  'beat.k8s.elastic.co/Beat': beatHealth,
  'openfaas.com/Function': functionHealth,
  'operator.knative.dev/KnativeServing': knativeOperatorRule(['Ready', 'InstallSucceeded', 'DependenciesInstalled', 'DeploymentsAvailable'], ['Ready', 'DeploymentsAvailable']),
  'operator.knative.dev/KnativeEventing': knativeOperatorRule(['Ready', 'InstallSucceeded'], ['Ready']),
  'operator.openshift.io/IngressController': byConditions([
    { type: 'Degraded', status: 'True', health: 'Degraded' },
    { type: 'DeploymentReplicasAllAvailable', status: 'False', health: 'Progressing' },
    { type: 'Progressing', status: 'True', health: 'Progressing', say: 'reason' },
    { type: 'Available', status: 'True', health: 'Healthy' },
  ]),
  'operators.coreos.com/Subscription': subscriptionHealth,
  'apps.openshift.io/DeploymentConfig': deploymentConfigHealth,
  ...forKinds('platform.confluent.io', ['Kafka', 'Connect', 'ControlCenter', 'KsqlDB', 'SchemaRegistry', 'Zookeeper'], () => confluent),
  'projectcontour.io/ExtensionService': extensionHealth,
  'psmdb.percona.com/PerconaServerMongoDB': byPhase(
    ['status', 'state'],
    { initializing: 'Progressing', ready: 'Healthy', error: 'Degraded', stopping: 'Progressing', paused: 'Suspended' },
    { missing: 'Unknown' },
  ),
  'pxc.percona.com/PerconaXtraDBCluster': byPhase(
    ['status', 'state'],
    { initializing: 'Progressing', ready: 'Healthy', paused: 'Unknown', stopping: 'Degraded', error: 'Degraded' },
    { missing: 'Unknown' },
  ),
  'solr.apache.org/SolrCloud': solrHealth,
  ...forKinds('trident.netapp.io', ['TridentOrchestrator'], () =>
    byPhase(['status', 'status'], { Installed: 'Healthy', Failed: 'Degraded', Error: 'Degraded' }, { otherwise: 'Progressing', message: ['status', 'message'] }),
  ),
  'zookeeper.pravega.io/ZookeeperCluster': zookeeperHealth,
  ...forKinds('gateway.solo.io', ['Gateway', 'MatchableHttpGateway', 'RouteOption', 'RouteTable', 'VirtualHostOption', 'VirtualService'], () => glooHealth),
  ...forKinds('gloo.solo.io', ['Proxy', 'Settings', 'Upstream', 'UpstreamGroup'], () => glooHealth),
  ...googleRules(),
};

/** Google's Config Connector. */
function googleRules(): HealthRules {
  const rule = byReasons;
  const kinds: Readonly<Record<string, readonly string[]>> = {
    cloudfunctions: ['CloudFunctionsFunction'],
    cloudscheduler: ['CloudSchedulerJob'],
    compute: ['ComputeDisk'],
    iam: ['IAMPartialPolicy', 'IAMPolicy', 'IAMPolicyMember', 'IAMServiceAccount'],
    pubsub: ['PubSubSubscription', 'PubSubTopic'],
    resourcemanager: ['Project'],
    sql: ['SQLDatabase', 'SQLInstance'],
    storage: ['StorageBucket', 'StorageBucketAccessControl', 'StorageDefaultObjectAccessControl'],
  };
  return Object.fromEntries(Object.entries(kinds).flatMap(([group, names]) => names.map((kind) => [`${group}.cnrm.cloud.google.com/${kind}`, rule])));
}

/** The first condition whose reason is known decides. */
function byReasons(object: LiveObject): Health {
  for (const { status, reason, message } of conditionsAt(object)) {
    if (reason === 'UpToDate' && status === 'True') return healthy(message);
    if (reason === 'UpdateFailed' || reason === 'DependencyNotFound') return degraded(message);
    if (reason === 'DependencyNotReady') return suspended(message);
  }
  return progressing('no status yet');
}

function unlessPaused(rule: HealthRule): HealthRule {
  return (object) => (isTrueAt(object, 'spec', 'paused') ? suspended('paused') : rule(object));
}

const clusterPhases = byPhase(['status', 'phase'], { Provisioned: 'Healthy', Failed: 'Degraded' }, { otherwise: 'Progressing' });

function clusterHealth(object: LiveObject): Health {
  if (isTrueAt(object, 'spec', 'paused')) return suspended('paused');
  const failed = conditionsAt(object).find(({ type, status }) => type === 'Ready' && status === 'False');
  return failed === undefined ? clusterPhases(object) : degraded(failed.message);
}

function machineCheckHealth(object: LiveObject): Health {
  const current = valueAt(object, 'status', 'currentHealthy');
  if (current === undefined) return progressing();
  return current === valueAt(object, 'status', 'expectedMachines') ? healthy() : degraded();
}

function grafanaHealth(object: LiveObject): Health {
  const result = textAt(object, 'status', 'stageStatus');
  const stage = textAt(object, 'status', 'stage');
  if (result === undefined) return progressing('no status yet');
  if (result === 'failed') return degraded(stage);
  return stage === 'complete' && result === 'success' ? healthy() : progressing(stage);
}

function datasourceHealth(object: LiveObject): Health {
  if (mapAt(object, 'status') === undefined || textAt(object, 'status', 'uid') === '') return progressing();
  return isTrueAt(object, 'status', 'NoMatchingInstances') ? degraded('no Grafana instance matches') : healthy();
}

/** By the first condition that is False; what is said is the last one looked at. */
function mariaHealth(object: LiveObject): Health {
  if (!hasListAt(object, 'status', 'conditions')) return progressing('no status yet');
  const conditions = conditionsAt(object);
  const bad = conditions.find(({ status }) => status === 'False');
  if (bad === undefined) return healthy(conditions.at(-1)?.message);
  return bad.reason === 'Failed' ? degraded(bad.message) : progressing(bad.message);
}

/** The oldest condition that says anything decides. */
function keycloakHealth(object: LiveObject): Health {
  const entries = mapsAt(object, 'status', 'conditions').toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
  for (const entry of entries) {
    if (textAt(entry, 'status') !== 'True') continue;
    if (textAt(entry, 'type') === 'Ready') return healthy();
    if (textAt(entry, 'type') === 'HasErrors') return degraded(textAt(entry, 'message'));
  }
  return progressing();
}

/** Those without a time come last. */
function timeOf(condition: JsonObject): string {
  return textAt(condition, 'lastTransitionTime') ?? '~';
}

function machineHealth(object: LiveObject): Health {
  let found = progressing('no status yet');
  for (const { type, status } of conditionsAt(object)) {
    if (type === 'Paused' && status === 'True') return suspended('Paused');
    if (type !== 'Ready') continue;
    if (status === 'True') found = healthy('Running');
    else found = isTrueAt(object, 'status', 'created') ? { status: found.status, message: 'Starting' } : suspended('Stopped');
  }
  return healthOfStatus(found.status, textAt(object, 'status', 'printableStatus') ?? found.message);
}

function instanceHealth(object: LiveObject): Health {
  const phase = textAt(object, 'status', 'phase');
  if (phase === 'Failed') return degraded(phase);
  if (phase === 'Pending' || phase === 'Scheduling' || phase === 'Scheduled') return progressing(phase);
  if (phase === 'Succeeded') return suspended(phase);
  if (phase === 'Unknown') return unknown(phase);
  let found = progressing(phase ?? 'no status yet');
  for (const { type, status, message } of conditionsAt(object)) {
    if (type === 'Ready') found = status === 'True' ? healthy('Running') : degraded(message);
    else if (type === 'Paused' && status === 'True') return suspended(message);
  }
  return found;
}

function beatHealth(object: LiveObject): Health {
  const color = textAt(object, 'status', 'health');
  if (color === undefined) return valueAt(object, 'status', 'expectedNodes') === undefined ? unknown('no status yet') : progressing();
  const found = Object.entries(colors).find(([name]) => name === color)?.[1];
  return healthOfStatus(found ?? 'Unknown', color);
}

function functionHealth(object: LiveObject): Health {
  for (const { type, status, message } of conditionsAt(object)) {
    if ((type === 'Ready' && status === 'False') || (type === 'Stalled' && status === 'True')) return degraded(message);
    if (type === 'Ready' && status === 'True') return (numberAt(object, 'status', 'replicas') ?? 0) > 0 ? healthy(message) : suspended('no replicas');
  }
  return progressing('no status yet');
}

function knativeOperatorRule(good: readonly string[], bad: readonly string[]): HealthRule {
  return (object) => {
    if (!hasListAt(object, 'status', 'conditions')) return progressing('no status yet');
    const conditions = conditionsAt(object);
    const failing = conditions.filter(({ type, status }) => (status === 'False' && bad.includes(type)) || (status === 'Unknown' && !(good.includes(type) && status !== 'Unknown')));
    const message = conditions
      .filter(({ status }) => status !== 'True')
      .map(({ type, status }) => `${type} is ${status}`)
      .join(', ');
    if (failing.length > 0) return progressing(message);
    return conditions.filter(({ type, status }) => status === 'True' && good.includes(type)).length === good.length ? healthy() : degraded(message);
  };
}

function subscriptionHealth(object: LiveObject): Health {
  if (!hasListAt(object, 'status', 'conditions')) return progressing('no status yet');
  const conditions = conditionsAt(object);
  const failed = conditions.filter(
    ({ type, status, reason }) =>
      (type === 'InstallPlanMissing' && reason !== 'ReferencedInstallPlanNotFound') ||
      (['CatalogSourcesUnhealthy', 'InstallPlanFailed', 'ResolutionFailed'].includes(type) && status === 'True'),
  );
  const state = textAt(object, 'status', 'state') ?? '';
  const message = [...failed.map((condition) => condition.message ?? condition.type), state].filter((part) => part !== '').join(', ');
  if (failed.length > 0 || state === 'UpgradeFailed') return degraded(message);
  const isPending = conditions.some(({ type, status }) => type === 'InstallPlanPending' && status === 'True') || ['', 'UpgradeAvailable', 'UpgradePending'].includes(state);
  return isPending ? progressing(message) : healthy(message);
}

function deploymentConfigHealth(object: LiveObject): Health {
  const replicas = valueAt(object, 'status', 'replicas');
  if (!hasListAt(object, 'status', 'conditions') || replicas === undefined) return progressing('no status yet');
  const good = conditionsAt(object).filter(
    ({ type, status, reason }) => status === 'True' && (type === 'Available' || (type === 'Progressing' && reason === 'NewReplicationControllerAvailable')),
  );
  if (good.length === 2 || replicas === 0) return healthy();
  return good.length === 1 ? progressing('pods do not run yet') : degraded('not available');
}

function extensionHealth(object: LiveObject): Health {
  const valid = conditionsAt(object).find(
    ({ type, status, observedGeneration }) => observedGeneration === object.metadata.generation && type === 'Valid' && (status === 'True' || status === 'False'),
  );
  return valid === undefined ? progressing('no status yet') : healthOfStatus(valid.status === 'True' ? 'Healthy' : 'Degraded', valid.message);
}

function solrHealth(object: LiveObject): Health {
  if (!hasListAt(object, 'status', 'solrNodes')) return progressing('no status yet');
  return mapsAt(object, 'status', 'solrNodes').every((node) => isTrueAt(node, 'ready')) ? healthy() : progressing('not all replicas are ready');
}

function zookeeperHealth(object: LiveObject): Health {
  const all = valueAt(object, 'status', 'replicas');
  const available = valueAt(object, 'status', 'readyReplicas');
  return mapAt(object, 'status') !== undefined && available !== 0 && available === all ? healthy() : progressing('not all nodes have joined');
}

/** States as texts or, from older versions, as numbers. */
const glooStates: readonly (readonly [string, Health['status']])[] = [
  ['Pending', 'Suspended'],
  ['Accepted', 'Healthy'],
  ['Rejected', 'Degraded'],
  ['Warning', 'Degraded'],
];

/** By the first namespace that has a state, else by the state that older versions have beside them. */
function glooHealth(object: LiveObject): Health {
  const namespaces = Object.values(mapAt(object, 'status', 'statuses') ?? {}).filter(isJsonObject);
  const status = mapAt(object, 'status');
  const found = [...namespaces, ...(status?.['state'] === undefined ? [] : [status])].map(glooStateOf).find((health) => health !== undefined);
  return found ?? progressing('no status yet');
}

function glooStateOf(status: JsonObject): Health | undefined {
  const { state } = status;
  const entry = typeof state === 'number' ? glooStates[state] : glooStates.find(([name]) => name === state);
  return entry && healthOfStatus(entry[1], textAt(status, 'reason'));
}

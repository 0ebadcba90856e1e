/** The language server's ladders and doctor with a cluster: read, followed until it is healthy, visited, mended by what a fix proposes. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Cluster } from '../../src/services/ports.js';
import type { ClusterRequests } from '../../src/server/clusterProtocol.js';
import type { DiagnosisCause, DoctorNotifications, DoctorRequests, LadderProgress } from '../../src/server/doctorProtocol.js';
import { describeOnClusters } from '../support/cluster/clusters.js';
import { connectTo } from '../support/clusterSync.js';
import { parseFixture } from '../support/fixture.js';
import { isFailure } from '../support/isFailure.js';
import { LspClient } from '../support/lspClient.js';
import { MemoryWorkspace } from '../support/memoryWorkspace.js';

const never = new AbortController().signal;

const shop = (namespace: string): string => `
#- overlays/dev/kustomization.yaml
namespace: ${namespace}
resources: [web.yaml]
#- overlays/dev/web.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {argocd.argoproj.io/ignore-healthcheck: "true"}}
spec: {rules: [{host: web.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
`;

type Answered<Result> = Exclude<Result, { readonly code: string }>;

type Visit = Answered<DoctorRequests['gitops/doctor/visit']['result']>;

describeOnClusters('ladders and the doctor of the language server', (on) => {
  let client: LspClient;
  let cluster: Cluster;
  let namespace: string;
  let id: string;
  let progress: LadderProgress[];

  beforeEach(async () => {
    namespace = await on.makeNamespace();
    cluster = await connectTo(on.kubeconfigPath);
    const files = Object.fromEntries([...parseFixture(shop(namespace))].map(([path, text]) => [`/w/${namespace}/${path}`, text]));
    client = await LspClient.start(new MemoryWorkspace(files, { folders: ['/w'] }), ['/w'], { kubeconfig: on.kubeconfigPath });
    progress = [];
    client.connection.onNotification('gitops/ladder/progress' satisfies keyof DoctorNotifications, (each: LadderProgress) => void progress.push(each));
    await client.until(() => client.deliveryChanges > 0);
    id = (await client.askDelivery('gitops/delivery/environments', {}))[0]?.id ?? assert.fail('no environment');
  });
  afterEach(async () => {
    cluster.close();
    await client.stop();
  });

  async function ask<Method extends keyof DoctorRequests>(method: Method, params: DoctorRequests[Method]['params']): Promise<Answered<DoctorRequests[Method]['result']>> {
    const answer: unknown = await client.connection.sendRequest(method, params);
    if (isFailure(answer)) throw new Error(`${answer.code}: ${answer.message}`);
    return answer as Answered<DoctorRequests[Method]['result']>;
  }

  async function askCluster<Method extends keyof ClusterRequests>(method: Method, params: ClusterRequests[Method]['params']): Promise<Answered<ClusterRequests[Method]['result']>> {
    const answer: unknown = await client.askCluster(method, params);
    if (isFailure(answer)) throw new Error(`${answer.code}: ${answer.message}`);
    return answer as Answered<ClusterRequests[Method]['result']>;
  }

  async function connect(): Promise<void> {
    const { current } = await askCluster('gitops/cluster/contexts', {});
    assert.ok(current !== undefined);
    await askCluster('gitops/cluster/connect', { context: current });
    await askCluster('gitops/cluster/choose', { ids: [id], context: current });
    await askCluster('gitops/live/refresh', { id });
  }

  async function until(holds: () => boolean): Promise<void> {
    for (let tries = 0; tries < 1000 && !holds(); tries++) await wait(50);
    assert.ok(holds(), JSON.stringify(progress.at(-1)));
  }

  /** The server hears of a change a moment after it was made. */
  async function visitUntil(
    isSo: (visit: Answered<DoctorRequests['gitops/doctor/visit']['result']>) => boolean,
  ): Promise<Answered<DoctorRequests['gitops/doctor/visit']['result']>> {
    for (let tries = 0; ; tries++) {
      const visit = await ask('gitops/doctor/visit', { id });
      if (isSo(visit)) return visit;
      assert.ok(tries < 300, JSON.stringify(visit.diagnoses));
      await wait(100);
    }
  }

  const sync = async (planId: string): Promise<void> => {
    const { runId } = await askCluster('gitops/sync/run', { planId, confirmed: [], takeOver: true });
    await client.until(() => client.progress.some((each) => each.runId === runId && each.phase === 'done'));
  };

  it('ask no cluster that nobody connected, and say so', async () => {
    const ladder = await ask('gitops/ladder/read', { id });
    assert.deepEqual(
      ladder.rungs.map(({ rung, state }) => `${rung} ${state}`),
      ['saved done', 'committed unknown', 'pushed unknown', 'tracked done', 'synced unknown', 'rolled-out unknown', 'healthy unknown'],
    );
    assert.equal(ladder.rungs.at(-1)?.evidence, 'No cluster is connected for it.');
    const visit = await ask('gitops/doctor/visit', { id });
    assert.deepEqual([visit.diagnoses, visit.notSeen], [[], ['No cluster is connected for it: what runs was not looked at.']]);
  });

  it('follow an environment until it is healthy', async () => {
    await connect();
    const first = await ask('gitops/ladder/follow', { id });
    assert.equal(first.ladder.rungs.find(({ rung }) => rung === 'synced')?.state, 'pending');
    const { planId } = await askCluster('gitops/sync/plan', { id, options: { prune: true } });
    await sync(planId);
    await until(() => progress.some(({ outcome }) => outcome === 'healthy'));
    assert.deepEqual([...new Set(progress.map(({ followId }) => followId))], [first.followId]);
    assert.equal(progress.at(-1)?.ladder.firstOpen, 'committed', 'git was not asked');
    const stopped = await ask('gitops/ladder/follow', { id });
    await ask('gitops/ladder/stop', { followId: stopped.followId });
    await until(() => progress.some(({ followId, outcome }) => followId === stopped.followId && outcome !== 'running'));
  });

  it('find what was changed by hand, propose the sync that mends it, and report it', async () => {
    await connect();
    await sync((await askCluster('gitops/sync/plan', { id, options: { prune: true } })).planId);
    await visitUntil(({ diagnoses }) => diagnoses.length === 0);
    const host = [{ op: 'replace', path: '/spec/rules/0/host', value: 'other.example.com' }];
    await cluster.patch({ group: 'networking.k8s.io', version: 'v1', kind: 'Ingress', namespace, name: 'web' }, 'json', host, { fieldManager: 'kubectl-edit' }, never);
    const causeIn = ({ diagnoses }: Visit): DiagnosisCause | undefined => diagnoses.find(({ code }) => code === 'route')?.causes[0];
    const words = 'The cluster has other hosts than git: it serves other.example.com, git says web.example.com';
    const visit = await visitUntil((each) => causeIn(each)?.cause.startsWith(words) === true);
    const cause = causeIn(visit);
    assert.match(cause?.place?.label ?? '', /overlays\/dev\/web\.yaml:9$/);
    assert.deepEqual([cause?.action?.kind, cause?.action?.needsConfirmation], ['sync', false]);
    const outcome = await ask('gitops/doctor/fix', { visitId: visit.visitId, fixId: cause?.action?.fixId ?? '' });
    if (outcome.kind !== 'plan') return assert.fail(outcome.kind);
    assert.equal(outcome.plan.refusal, undefined);
    await sync(outcome.plan.planId);
    const { markdown } = await ask('gitops/doctor/report', { ids: [id] });
    assert.match(markdown, /### Error: web\.example\.com|### Error: other\.example\.com of Ingress web/);
    await visitUntil(({ diagnoses }) => diagnoses.length === 0);
    await assert.rejects(ask('gitops/doctor/fix', { visitId: visit.visitId, fixId: '1' }), /Diagnose again/);
  });
});

/** Connections are made when they are asked for, kept, tried again, and remembered for environments. */
import assert from 'node:assert/strict';
import { Clusters, suggestContext } from '../../src/services/clusters.js';
import { ClusterFailure, Failure, type FailureCode } from '../../src/services/failure.js';
import type { Cluster, KubeContext, Kubeconfig, TextStore } from '../../src/services/ports.js';
import { ScalarNode } from '../../src/core/yaml/nodes.js';
import { SourceText } from '../../src/core/base/source.js';

const context = (name: string, server: string): KubeContext => ({ name, cluster: `${name}-cluster`, user: 'u', server, namespace: 'default', needsProgram: false });
const contexts = [context('dev', 'https://dev:6443'), context('prod', 'https://prod.example.com')];
const failure = (code: FailureCode): ClusterFailure => new ClusterFailure(code, `${code}.`, 'Do something.', 0, '', [], undefined);

describe('clusters', () => {
  let answers: (string | Failure)[];
  let connects: string[];
  let closed: number;
  let isTrusted: boolean;
  let stored: string | undefined;
  let clusters: Clusters;
  const choices: TextStore = { read: () => stored, write: (text) => (stored = text) };
  const make = (): Clusters => {
    const kubeconfig: Kubeconfig = {
      contexts: async () => ({ contexts, current: 'dev', files: [] }),
      connect: async (name, { mayRunPrograms }) => {
        connects.push(name);
        if (!mayRunPrograms) throw new Failure('kubeconfig/untrusted', 'untrusted', '');
        const version = async (): Promise<string> => {
          const answer = answers.shift() ?? 'v1.34.0';
          if (answer instanceof Failure) throw answer;
          return answer;
        };
        return { context: name, server: '', version, close: () => closed++ } as unknown as Cluster;
      },
    };
    return new Clusters({ kubeconfig: () => kubeconfig, choices, mayRunPrograms: () => isTrusted, onChange: () => undefined, pause: 4 });
  };

  beforeEach(() => {
    [answers, connects, closed, isTrusted, stored] = [[], [], 0, true, undefined];
    clusters = make();
  });
  afterEach(() => clusters.close());

  it('contact nothing unasked', async () => {
    clusters.choose(['argocd/argocd/orders-dev'], 'dev');
    assert.deepEqual((await clusters.contexts()).contexts, contexts);
    assert.deepEqual([connects, clusters.connections, clusters.connectionOf('argocd/argocd/orders-dev')], [[], [], undefined]);
  });

  it('say what they are connected to', async () => {
    const { state, message, server } = await clusters.connect('dev');
    assert.deepEqual([state, message, server], ['connected', 'v1.34.0', 'https://dev:6443']);
    await clusters.connect('dev');
    assert.deepEqual(connects, ['dev']);
  });

  it('are tried again while they are out of reach', async () => {
    answers = [failure('cluster/unreachable'), failure('cluster/timed-out')];
    const { state, message } = await clusters.connect('dev');
    assert.deepEqual([state, message], ['unreachable', 'cluster/unreachable. It is tried again in 0 s.']);
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.equal(clusters.connections[0]?.state, 'connected');
  });

  it('are not tried again where credentials are refused, and after they were let go', async () => {
    answers = [failure('cluster/unauthorized')];
    assert.equal((await clusters.connect('dev')).state, 'unauthorized');
    answers = [failure('cluster/unreachable')];
    await clusters.connect('dev');
    clusters.disconnect('dev');
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(clusters.connections, []);
  });

  it('leave nothing behind where no connection can be made', async () => {
    isTrusted = false;
    await assert.rejects(clusters.connect('prod'), (error) => error instanceof Failure && error.code === 'kubeconfig/untrusted');
    assert.deepEqual(clusters.connections, []);
  });

  it('are tried again when a request found the server out of reach, and stand again once it answers', async () => {
    const { cluster } = await clusters.connect('dev');
    answers = [failure('cluster/unreachable')];
    clusters.lose('dev', failure('cluster/unreachable'));
    const [lost] = clusters.connections;
    assert.deepEqual([lost?.state, lost?.cluster], ['unreachable', cluster]);
    assert.match(lost?.message ?? '', /tried again/);
    while (clusters.connections[0]?.state !== 'connected') await new Promise((done) => setTimeout(done, 1));
    assert.deepEqual([clusters.connections[0].cluster, answers, connects], [cluster, [], ['dev']]);
    clusters.lose('nobody', failure('cluster/unreachable'));
    assert.equal(clusters.connections.length, 1);
  });

  it('remember what was chosen for an environment', () => {
    clusters.choose(['a', 'b'], 'prod');
    clusters.choose(['b'], undefined);
    const again = make();
    assert.deepEqual([again.contextOf('a'), again.contextOf('b')], ['prod', undefined]);
    stored = '{"a":';
    assert.equal(make().contextOf('a'), undefined);
  });
});

describe('a suggested context', () => {
  const text = (value: string): ScalarNode => {
    const source = new SourceText('/a.yaml', value);
    return new ScalarNode(value, '!!str', 'plain', source, 0, value.length, undefined, undefined);
  };
  const suggest = (server?: string, cluster?: string, known: readonly KubeContext[] = contexts): string | undefined =>
    suggestContext(
      { destination: { server: server === undefined ? undefined : text(server), cluster: cluster === undefined ? undefined : text(cluster), namespace: undefined } },
      { contexts: known, current: 'dev', files: [] },
    );

  it('has the server of the destination, however it is written', () => {
    assert.equal(suggest('https://PROD.example.com:443/'), 'prod');
    assert.equal(suggest('https://elsewhere'), undefined);
  });

  it('has the name of the destination', () => {
    assert.equal(suggest(undefined, 'prod'), 'prod');
    assert.equal(suggest(undefined, 'dev-cluster'), 'dev');
  });

  it('leads to the only cluster for what an operator delivers where it runs, and is none where there are several', () => {
    assert.equal(suggest('https://kubernetes.default.svc'), undefined);
    assert.equal(suggest('https://kubernetes.default.svc', undefined, contexts.slice(0, 1)), 'dev');
    assert.equal(suggest(undefined, 'in-cluster', contexts.slice(0, 1)), 'dev');
    assert.equal(suggest(undefined, undefined, []), undefined);
  });

  it('is the current one of those that lead to the same cluster, else the first', () => {
    const viewer = context('dev-viewer', contexts[0]?.server ?? '');
    assert.equal(suggest(undefined, 'in-cluster', [viewer, ...contexts.slice(0, 1)]), 'dev');
    assert.equal(suggest(contexts[0]?.server, undefined, [viewer, ...contexts]), 'dev');
    assert.equal(suggest(undefined, undefined, [viewer]), 'dev-viewer');
  });
});

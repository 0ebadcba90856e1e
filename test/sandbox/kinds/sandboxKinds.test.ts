/** What the sandbox serves, as it stands in the table that a real server's answers were written to. */
import assert from 'node:assert/strict';
import { loadSandboxKinds } from '../../support/sandboxKinds.js';

describe('the kinds of the sandbox', () => {
  const kinds = loadSandboxKinds();

  it('has the names that discovery gives', () => {
    const deployment = kinds.find('apps', 'v1', 'deployments');
    assert.deepEqual(
      [deployment?.kind, deployment?.singular, deployment?.shortNames, deployment?.categories, deployment?.subresources],
      ['Deployment', 'deployment', ['deploy'], ['all'], ['scale', 'status']],
    );
    assert.deepEqual(deployment?.subresourceFacts[0], { name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] });
    assert.equal(kinds.findKind('autoscaling', 'HorizontalPodAutoscaler')?.version, 'v2');
    assert.equal(kinds.find('apps', 'v1', 'widgets'), undefined);
  });

  it('knows the type of every kind', () => {
    const without = kinds.all.filter(({ type }) => type.kind !== 'object').map(({ kind }) => kind);
    assert.deepEqual(without, []);
  });

  it('drops fields that a kind has not, and names them as the server does', () => {
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', wrong: 1 }, spec: { containers: [{ name: 'c', imag: 'x' }] }, sepc: {} };
    const { object: pruned, unknownFields } = kinds.findKind('', 'Pod')!.prune(object);
    assert.deepEqual(unknownFields, ['metadata.wrong', 'spec.containers[0].imag', 'sepc']);
    assert.deepEqual(pruned, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'c' }] } });
  });

  it('gives defaults once: a second time there is nothing to fill in', () => {
    const deployment = kinds.findKind('apps', 'Deployment')!;
    const filled = deployment.setDefaults({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: { template: { spec: { containers: [{ name: 'c', image: 'a:1' }] } } },
    });
    assert.equal(deployment.setDefaults(filled), filled);
  });
});

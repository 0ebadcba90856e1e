import assert from 'node:assert/strict';
import { compareHealth, environmentHealth, worstHealth, type HealthSubject } from '../../../src/core/live/environmentHealth.js';
import { idOfLive, type LiveObject } from '../../../src/core/live/liveObject.js';

const broken = subject('v1', 'PersistentVolumeClaim', 'data', { status: { phase: 'Lost' } });
const waiting = subject('v1', 'PersistentVolumeClaim', 'slow', { status: { phase: 'Pending' } });
const fine = subject('v1', 'PersistentVolumeClaim', 'fine', { status: { phase: 'Bound' } });

describe('the health of an environment', () => {
  it('orders health from best to worst', () => {
    const all = ['Unknown', 'Degraded', 'Missing', 'Progressing', 'Suspended', 'Healthy'] as const;
    assert.deepEqual(all.toSorted(compareHealth), all.toReversed());
    assert.equal(
      worstHealth([
        { status: 'Healthy', message: '' },
        { status: 'Degraded', message: 'x' },
        { status: 'Degraded', message: 'y' },
      ])?.message,
      'x',
    );
    assert.equal(worstHealth([]), undefined);
  });

  it('is that of its worst object, by name', () => {
    assert.deepEqual(environmentHealth([fine, waiting, broken, waiting]), { status: 'Degraded', message: 'PersistentVolumeClaim data' });
  });

  it('is Healthy where no object has a say', () => {
    assert.deepEqual(environmentHealth([]), { status: 'Healthy', message: '' });
    assert.deepEqual(environmentHealth([subject('v1', 'ConfigMap', 'a', {})]), { status: 'Healthy', message: '' });
  });

  it('leaves out hooks, of Argo CD and of Helm, and what asks to be left out', () => {
    for (const annotations of [{ 'argocd.argoproj.io/hook': 'PreSync' }, { 'helm.sh/hook': 'post-install' }, { 'argocd.argoproj.io/ignore-healthcheck': 'true' }]) {
      assert.equal(environmentHealth([withAnnotations(broken, annotations)]).status, 'Healthy', JSON.stringify(annotations));
    }
    assert.equal(environmentHealth([withAnnotations(broken, { 'helm.sh/hook': 'crd-install' })]).status, 'Degraded');
  });

  it('counts what is missing where its kind has a health', () => {
    assert.deepEqual(environmentHealth([{ ...fine, live: undefined }, waiting]), { status: 'Missing', message: 'PersistentVolumeClaim fine' });
    assert.equal(environmentHealth([{ ...subject('v1', 'ConfigMap', 'a', {}), live: undefined }]).status, 'Healthy');
    assert.equal(environmentHealth([{ ...fine, live: undefined, annotations: { 'argocd.argoproj.io/hook': 'Sync' } }]).status, 'Healthy');
  });

  it('is not worsened by a child Application that is Missing or Unknown', () => {
    const child = (status: string): HealthSubject => subject('argoproj.io/v1alpha1', 'Application', 'child', { status: { health: { status } } });
    assert.equal(environmentHealth([child('Missing'), child('Unknown')]).status, 'Healthy');
    assert.equal(environmentHealth([child('Degraded')]).status, 'Degraded');
  });

  it('takes the word of who knows better', () => {
    assert.equal(environmentHealth([{ ...broken, health: { status: 'Suspended', message: '' } }]).status, 'Suspended');
    assert.equal(environmentHealth([{ ...broken, health: null }]).status, 'Healthy');
  });
});

function subject(apiVersion: string, kind: string, name: string, rest: object): HealthSubject & { readonly live: LiveObject } {
  const live: LiveObject = { apiVersion, kind, metadata: { name, namespace: 'here' }, ...rest };
  return { id: idOfLive(live), live };
}

function withAnnotations(from: HealthSubject & { readonly live: LiveObject }, annotations: Readonly<Record<string, string>>): HealthSubject {
  return { ...from, live: { ...from.live, metadata: { ...from.live.metadata, annotations } } };
}

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Health } from '../../../src/core/live/health.js';
import { argoHealthOf, hasArgoHealth, healthOf } from '../../../src/core/live/healthOf.js';
import { healthOfKStatus, kstatusOf } from '../../../src/core/live/kstatus.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { healthCases } from '../../support/healthShapes.js';
import { projectFolder } from '../../support/projectFolder.js';

interface Recorded {
  readonly argo: Partial<Health & { readonly error: string }> | null;
  readonly kstatus: string;
}

/** Made by scripts/facts/health.ts with Argo CD v3.2.11 and Flux's cli-utils v1.2.3. */
const recorded = JSON.parse(fs.readFileSync(path.join(projectFolder, 'test/data/live/health.json'), 'utf8')) as Readonly<Record<string, Recorded>>;

describe('the health of an object', () => {
  const cases = healthCases();

  it('has a recorded answer of the real tools for every case, and no other', () => {
    assert.deepEqual(
      cases.map(({ name }) => name),
      Object.keys(recorded),
    );
    assert.ok(cases.length > 2000);
  });

  it("is what Argo CD's code and scripts say, wherever they say something", () => {
    const wrong = cases.flatMap(({ name, object }) => {
      const theirs = recorded[name]?.argo;
      if (theirs?.error !== undefined) return [];
      const ours = argoHealthOf(object);
      return ours?.status === theirs?.status ? [] : [`${name}: ${ours?.status ?? 'none'}, Argo CD says ${theirs?.status ?? 'none'}`];
    });
    assert.deepEqual(wrong, []);
  });

  it('has the message of the object where Argo CD shows it', () => {
    const wrong = cases.flatMap(({ name, object }) => {
      const message = recorded[name]?.argo?.message ?? '';
      const isFromObject = message !== '' && JSON.stringify(object).includes(JSON.stringify(message).slice(1, -1));
      const ours = argoHealthOf(object)?.message;
      return isFromObject && ours !== message ? [`${name}: ${String(ours)}, Argo CD says ${message}`] : [];
    });
    assert.deepEqual(wrong, []);
  });

  it("has Argo CD's own words for workloads", () => {
    const wrong = cases.flatMap(({ name, object }) => {
      if (!/^(apps\/v1|batch\/v1 Job|v1 Pod)/.test(name) || name.startsWith('apps/v1beta1')) return [];
      const ours = argoHealthOf(object)?.message;
      return ours === (recorded[name]?.argo?.message ?? '') ? [] : [`${name}: ${String(ours)}`];
    });
    assert.deepEqual(wrong, []);
  });

  it('is what kstatus says of conditions', () => {
    const wrong = cases.flatMap(({ name, object }) => {
      const theirs = recorded[name]?.kstatus;
      const ours = kstatusOf(object).status;
      return theirs === 'error' || ours === theirs ? [] : [`${name}: ${ours}, kstatus says ${String(theirs)}`];
    });
    assert.deepEqual(wrong, []);
  });

  it('is Progressing while an object is deleted, but not for a hook that Argo CD holds', () => {
    const deleted = live('apps/v1', 'Deployment', { spec: { paused: true } }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    assert.deepEqual(argoHealthOf(deleted), { status: 'Progressing', message: 'Pending deletion' });
    const hook = { ...deleted, metadata: { ...deleted.metadata, finalizers: ['argocd.argoproj.io/hook-finalizer'] } };
    assert.equal(argoHealthOf(hook)?.status, 'Suspended');
  });

  it('is left open for kinds without a notion of it', () => {
    assert.equal(healthOf(live('v1', 'ConfigMap', {})), undefined);
    assert.equal(healthOf(live('rbac.authorization.k8s.io/v1', 'Role', {})), undefined);
    assert.equal(healthOf(live('example.com/v1', 'Widget', {})), undefined);
    assert.equal(hasArgoHealth('', 'ConfigMap'), false);
    assert.equal(hasArgoHealth('sqs.aws.crossplane.io', 'Queue'), true);
  });

  it("is told by its conditions for a custom resource that Argo CD doesn't know", () => {
    const widget = (status: string): LiveObject => live('example.com/v1', 'Widget', { status: { conditions: [{ type: 'Ready', status, message: 'rolling' }] } });
    assert.deepEqual(healthOf(widget('False')), { status: 'Progressing', message: 'rolling' });
    assert.equal(healthOf(widget('True'))?.status, 'Healthy');
    assert.equal(argoHealthOf(widget('True')), undefined);
  });

  it("is an Application's own word", () => {
    assert.deepEqual(healthOf(live('argoproj.io/v1alpha1', 'Application', { status: { health: { status: 'Degraded' } } })), { status: 'Degraded', message: '' });
    assert.equal(argoHealthOf(live('argoproj.io/v1alpha1', 'Application', {})), undefined);
  });

  it('gives a pod that no node takes 15 seconds', () => {
    const pod = live(
      'v1',
      'Pod',
      { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] } },
      { creationTimestamp: '2026-01-01T00:00:00Z' },
    );
    const created = Date.UTC(2026, 0, 1);
    assert.equal(kstatusOf(pod, created + 14_000).status, 'InProgress');
    assert.equal(kstatusOf(pod, created + 16_000).status, 'Failed');
    assert.deepEqual(healthOfKStatus({ status: 'Terminating', message: 'x' }), { status: 'Progressing', message: 'x' });
  });
});

function live(apiVersion: string, kind: string, rest: object, metadata: object = {}): LiveObject {
  return { apiVersion, kind, metadata: { name: 'it', ...metadata }, ...rest };
}

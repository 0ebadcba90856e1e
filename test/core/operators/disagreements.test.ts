import assert from 'node:assert/strict';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { declaredDifferences, disagreements, shortRevision, type DeclaredDifferences, type OurWord } from '../../../src/core/operators/disagreements.js';
import type { OperatorStatus } from '../../../src/core/operators/operatorStatus.js';
import { readOperatorStatus } from '../../../src/core/operators/readOperatorStatus.js';
import { changed, recordedApplication, recordedKustomization } from '../../support/operatorObjects.js';

const synced = recordedApplication('synced');
const commit = 'b'.repeat(40);
const nothing: DeclaredDifferences = { ignoreRules: 0, compareOptions: '', changes: [] };

describe('a disagreement with an operator', () => {
  it('is none where both look at the same and say the same', () => {
    assert.deepEqual(told(synced, { commit: revision(synced) }), []);
    assert.deepEqual(told(recordedKustomization('caughtUp'), {}), []);
  });

  it('is told by the commits that each looks at', () => {
    const short = revision(synced).slice(0, 7);
    assert.deepEqual(told(synced, { commit, isPushed: false }), [`Application handoff-app compares with ${short}, you look at bbbbbbb, which is not pushed.`]);
    assert.deepEqual(told(synced, { commit, isPushed: true }), [`Application handoff-app compares with ${short}, you look at bbbbbbb of main.`]);
    assert.deepEqual(told(synced, { commit: revision(synced), branch: 'release' }), ['Application handoff-app tracks main, you have release checked out.']);
  });

  it('is told by the revisions of several sources only where none of them is ours', () => {
    const several = changed(synced, {
      spec: {
        source: null,
        sources: [
          { repoURL: 'a', chart: 'c', targetRevision: '1.0.0' },
          { repoURL: 'b', path: 'p' },
        ],
      },
      status: { sync: { revision: null, revisions: ['1.0.0', commit], comparedTo: null } },
    });
    assert.deepEqual(told(several, { commit }), []);
    assert.deepEqual(told(several, { commit: 'c'.repeat(40) }), ['Application handoff-app compares with 1.0.0, bbbbbbb, one revision per source, you look at ccccccc of main.']);
  });

  it("is told by the source's branch, and by why it could not fetch", () => {
    const source = status({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'shop', generation: 1 },
      spec: { url: 'https://x/y', ref: { branch: 'release' } },
      status: { observedGeneration: 1, conditions: [{ type: 'FetchFailed', status: 'True', reason: 'AuthenticationFailed', message: 'denied' }] },
    });
    const said = told(recordedKustomization('caughtUp'), { sync: 'drifted', drifted: 1 }, { source });
    assert.ok(said.includes('Kustomization shop tracks release, you have main checked out.'), said.join('\n'));
    assert.ok(said.includes('GitRepository shop has FetchFailed (AuthenticationFailed): denied'), said.join('\n'));
  });

  it('is told by what is not committed', () => {
    assert.deepEqual(told(synced, { changedFiles: ['app/one.yaml'] }), ['You look at an uncommitted change in app/one.yaml, which Argo CD does not see.']);
    const many = told(synced, { changedFiles: ['a', 'b', 'c', 'd', 'e'] });
    assert.deepEqual(many, ['You look at uncommitted changes in a, b, c and 2 more, which Argo CD does not see.']);
  });

  it('is told by when the operator looked last', () => {
    const said = told(synced, { sync: 'drifted', drifted: 1 }, { now: Date.parse('2026-11-21T14:00:00Z') });
    assert.match(said[0] ?? '', /^Application handoff-app looked \d+ hours? ago, and keeps rendered manifests by commit until a hard refresh\.$/);
    const object = changed(recordedKustomization('caughtUp'), { status: { history: [{ lastReconciled: '2026-11-21T12:00:00Z' }] } });
    const flux = told(object, { sync: 'drifted', drifted: 1 }, { now: Date.parse('2026-11-21T12:05:30Z') });
    assert.equal(flux[0], 'Kustomization shop looked 5 minutes ago, it looks every hour.');
    assert.equal(flux[1], 'Kustomization shop sets drift back at its next look.');
    assert.equal(flux[2], 'Flux says how its last apply went, not whether something was changed since.');
  });

  it('is told by what keeps the operator from acting', () => {
    const failed = told(recordedKustomization('failed'), { sync: 'in-sync', health: { status: 'Healthy', message: '' } });
    assert.ok(failed.some((sentence) => sentence.startsWith('Kustomization shop has Ready (BuildFailed): ')));
    assert.ok(failed.some((sentence) => /^Kustomization shop tried [0-9a-f]{7} of main and applied [0-9a-f]{7} of main\.$/.test(sentence)));
    const asked = changed(synced, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } });
    assert.ok(told(asked, { sync: 'drifted', drifted: 1 }).includes('Application handoff-app was asked to look again, and has not yet.'));
    const stale = changed(synced, { spec: { source: { targetRevision: 'v2' } } });
    assert.ok(told(stale, { sync: 'drifted', drifted: 1 }).includes('Application handoff-app was changed, and its status is still on the older spec.'));
  });

  it('is told by what its comparison leaves out', () => {
    const said = told(
      synced,
      { sync: 'drifted', drifted: 2, uncertain: 1, ignoresLikeOperator: false },
      { declared: { ...nothing, ignoreRules: 2, compareOptions: 'ServerSideDiff=true' } },
    );
    assert.deepEqual(said, [
      '1 object could not be compared here.',
      'Application handoff-app leaves differences out (2 rules in ignoreDifferences).',
      'Application handoff-app compares with the options ServerSideDiff=true.',
    ]);
  });

  it('is told by the objects that the operator finds out of sync', () => {
    const object = changed(synced, { status: { sync: { status: 'OutOfSync' }, resources: [{ kind: 'ConfigMap', name: 'old', status: 'OutOfSync', requiresPruning: true }] } });
    assert.deepEqual(told(object, {}), ['Application handoff-app says OutOfSync of ConfigMap old, which git no longer has.']);
  });

  it('is told by the objects whose health it finds worse, or that it keeps elsewhere', () => {
    const inline = changed(synced, {
      status: {
        resourceHealthSource: null,
        health: { status: 'Degraded' },
        resources: [{ kind: 'Deployment', group: 'apps', name: 'web', health: { status: 'Degraded', message: 'no image' } }],
      },
    });
    assert.deepEqual(told(inline, {}), ['Application handoff-app says Deployment web is Degraded (no image).']);
    const elsewhere = changed(synced, { status: { health: { status: 'Degraded' } } });
    assert.match(told(elsewhere, {})[0] ?? '', /resourceHealthSource: appTree/);
    const ours = told(synced, { health: { status: 'Degraded', message: 'Widget a: broken' } });
    assert.match(ours[0] ?? '', /^We count Widget a: broken; an administrator's own health script/);
  });

  it('is said even where nothing explains it', () => {
    const inline = changed(synced, { status: { resourceHealthSource: null, health: { status: 'Degraded' } } });
    assert.deepEqual(told(inline, {}), ['Application handoff-app says Synced and Degraded, we say in-sync and Healthy: its object does not tell why.']);
  });

  it('is told by a live object that is not what git declares', () => {
    assert.deepEqual(told(synced, {}, { declared: { ...nothing, changes: ['targetRevision is main in git and v1 live'] } }), [
      'Application handoff-app is not what git declares: targetRevision is main in git and v1 live.',
    ]);
    const object = changed(synced, {
      spec: { ignoreDifferences: [{ kind: 'Deployment' }] },
      metadata: { annotations: { 'argocd.argoproj.io/compare-options': 'IgnoreExtraneous' } },
    });
    assert.deepEqual(declaredDifferences(object, undefined), { ignoreRules: 1, compareOptions: 'IgnoreExtraneous', changes: [] });
  });

  it('shortens commits, and nothing else', () => {
    assert.deepEqual([commit, `main@sha1:${commit}`, '1.2.3', 'main'].map(shortRevision), ['bbbbbbb', 'bbbbbbb of main', '1.2.3', 'main']);
  });
});

function told(
  object: LiveObject,
  word: Partial<OurWord>,
  given: { readonly declared?: DeclaredDifferences; readonly now?: number; readonly source?: OperatorStatus } = {},
): readonly string[] {
  const ours: OurWord = {
    commit: undefined,
    branch: 'main',
    isPushed: true,
    changedFiles: [],
    sync: 'in-sync',
    drifted: 0,
    uncertain: 0,
    health: { status: 'Healthy', message: '' },
    ignoresLikeOperator: true,
    ...word,
  };
  return disagreements(ours, status(object), { declared: given.declared ?? nothing, now: given.now ?? 0, source: given.source });
}

function status(object: LiveObject): OperatorStatus {
  const found = readOperatorStatus(object);
  assert.ok(found);
  return found;
}

function revision(object: LiveObject): string {
  return status(object).revisions[0] ?? '';
}

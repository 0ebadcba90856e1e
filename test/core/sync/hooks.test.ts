import assert from 'node:assert/strict';
import { hookName, partOf, type Part } from '../../../src/core/sync/hooks.js';

function part(annotations: Record<string, string>): Part {
  return partOf({ metadata: { annotations } });
}

function phasesOf(annotations: Record<string, string>): readonly string[] | string {
  const found = part(annotations);
  return found.kind === 'hook' ? found.phases : found.kind;
}

// The cases of gitops-engine v3.2, pkg/sync/hook/hook_test.go and helm/*_test.go.
describe('a hook', () => {
  it('runs in the phases that it names', () => {
    assert.deepEqual(phasesOf({ 'argocd.argoproj.io/hook': 'PreSync, PostSync' }), ['PreSync', 'PostSync']);
    assert.deepEqual(phasesOf({ 'argocd.argoproj.io/hook': 'Sync,Sync' }), ['Sync']);
    assert.deepEqual(phasesOf({ 'argocd.argoproj.io/hook': 'Skip,PreSync' }), ['PreSync']);
  });

  it('with a word that is not known runs in no phase, and is no other object either', () => {
    assert.deepEqual(phasesOf({ 'argocd.argoproj.io/hook': 'Garbage' }), []);
  });

  it('that is to be skipped is left out', () => {
    assert.equal(phasesOf({ 'argocd.argoproj.io/hook': 'Skip' }), 'skipped');
  });

  it('of Helm runs where Argo CD has it, and not at all where it has no counterpart', () => {
    assert.deepEqual(phasesOf({ 'helm.sh/hook': 'pre-install,pre-upgrade' }), ['PreSync']);
    assert.deepEqual(phasesOf({ 'helm.sh/hook': 'post-upgrade' }), ['PostSync']);
    assert.deepEqual(phasesOf({ 'helm.sh/hook': 'test' }), []);
    assert.equal(phasesOf({ 'helm.sh/hook': 'crd-install' }), 'object');
  });

  it('of both is one of Argo CD', () => {
    assert.deepEqual(phasesOf({ 'argocd.argoproj.io/hook': 'Sync', 'helm.sh/hook': 'pre-install' }), ['Sync']);
  });

  it('is deleted before it is made again unless it says otherwise', () => {
    const policies = (annotations: Record<string, string>): readonly string[] => {
      const found = part({ 'argocd.argoproj.io/hook': 'Sync', ...annotations });
      return found.kind === 'hook' ? found.hook.deletePolicies : [];
    };
    assert.deepEqual(policies({}), ['BeforeHookCreation']);
    assert.deepEqual(policies({ 'argocd.argoproj.io/hook-delete-policy': 'garbage' }), ['BeforeHookCreation']);
    assert.deepEqual(policies({ 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded,HookFailed' }), ['HookSucceeded', 'HookFailed']);
    assert.deepEqual(policies({ 'helm.sh/hook-delete-policy': 'hook-succeeded' }), ['HookSucceeded']);
  });

  it('without a name is named for the revision, the phase and the time', () => {
    assert.equal(hookName('migrate-', '1A2b3c4d5e6f', 'PreSync', 1700000000), 'migrate-1a2b3c4-presync-1700000000');
    assert.equal(hookName('migrate-', 'v1', 'PostSync', 5), 'migrate-v1-postsync-5');
  });
});

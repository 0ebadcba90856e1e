import assert from 'node:assert/strict';
import { currentContextOf, isOnThisMachine, kubeconfigIn, sandboxBeside } from '../../../src/extension/sandbox/output.js';

describe('what the sandbox prints', () => {
  it('is read as JSON, or as a line that names the kubeconfig', () => {
    assert.equal(kubeconfigIn('{"kubeconfig":"/tmp/a b/kubeconfig","server":"https://127.0.0.1:1"}\n'), '/tmp/a b/kubeconfig');
    assert.equal(kubeconfigIn('Sandbox\nkubeconfig  /tmp/a b/kubeconfig\n'), '/tmp/a b/kubeconfig');
    assert.equal(kubeconfigIn('export KUBECONFIG=/tmp/kubeconfig\n'), '/tmp/kubeconfig');
  });

  it('is waited for until the line is whole', () => {
    assert.equal(kubeconfigIn('{"kubeconfig":"/tmp/kube'), undefined);
    assert.equal(kubeconfigIn('kubeconfig: /tmp/kube'), undefined);
    assert.equal(kubeconfigIn('Starting {\n'), undefined);
  });

  it('leads to the context', () => {
    assert.equal(currentContextOf('apiVersion: v1\ncurrent-context: gitops-sandbox\n'), 'gitops-sandbox');
    assert.equal(currentContextOf('current-context: "gitops-sandbox"\n'), 'gitops-sandbox');
    assert.equal(currentContextOf('{\n  "kind": "Config",\n  "current-context": "gitops-sandbox"\n}\n'), 'gitops-sandbox');
    assert.equal(currentContextOf('kind: Config\n'), undefined);
  });

  it('is named by a variable where it was started beside the window', () => {
    assert.equal(sandboxBeside({ GITOPS_WORKBENCH_SANDBOX: '/tmp/kubeconfig' }), '/tmp/kubeconfig');
    assert.equal(sandboxBeside({ GITOPS_WORKBENCH_SANDBOX: '' }), undefined);
    assert.equal(sandboxBeside({ KUBECONFIG: '/tmp/kubeconfig' }), undefined);
  });

  it('is on this machine, or is no sandbox', () => {
    assert.equal(isOnThisMachine('{"clusters":[{"cluster":{"server":"https://127.0.0.1:41234"}}]}'), true);
    assert.equal(isOnThisMachine('clusters:\n  - cluster:\n      server: https://localhost:6443\n'), true);
    assert.equal(isOnThisMachine('clusters:\n  - cluster:\n      server: https://127.0.0.1.example.com\n'), false);
    assert.equal(isOnThisMachine('clusters:\n  - cluster: {server: "https://127.0.0.1:1"}\n  - cluster: {server: "https://prod.example.com"}\n'), false);
    assert.equal(isOnThisMachine('clusters: []\n'), false);
  });
});

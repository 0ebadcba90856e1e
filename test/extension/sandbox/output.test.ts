import assert from 'node:assert/strict';
import { currentContextOf, kubeconfigIn } from '../../../src/extension/sandbox/output.js';

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
});

import assert from 'node:assert/strict';
import { configure } from '../support/git/gitPlayground.js';
import { runCommandLine } from '../support/runCommandLine.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

/** Ways to write an overlay: what a promotion must leave as it is, and a rollback must bring back. */
const overlays: readonly ((tag: string) => string)[] = [
  (tag) => `resources: [../../base]\nimages:\n  - name: ghcr.io/acme/orders\n    newTag: ${tag}\n`,
  (tag) =>
    `# Who owns this.\nresources:\n- ../../base\nimages:\n- name:   ghcr.io/acme/orders # the app\n  newTag: "${tag}"   # see the board\n\n\nreplicas: [{name: web, count: 2}]`,
  (tag) => `resources: [../../base]\r\nimages:\r\n  - {name: ghcr.io/acme/orders, newTag: '${tag}'}\r\n`,
  (tag) =>
    `\ufeffresources:\n  - ../../base\npatches:\n  - patch: |-\n      - op: replace\n        path: /spec/template/spec/containers/0/image\n        value: ghcr.io/acme/orders:${tag}\n    target: {kind: Deployment}\n`,
  () => 'resources: [../../base]\n',
];

const base = `
#- base/kustomization.yaml
resources: [web.yaml]
#- base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/orders:v0
#- .gitops-workbench.yaml
protected: []
`;

describe('a promotion that is rolled back', function () {
  this.timeout(180_000);
  const makeFolder = temporaryFolders();

  async function run(work: TemporaryFolder, ...words: readonly string[]): Promise<void> {
    const { status, errors } = await runCommandLine(words, { folder: work.path });
    assert.equal(status, 0, errors);
  }

  overlays.forEach((overlay, index) => {
    it(`leaves the tree as it was, byte for byte, with an overlay of style ${index + 1}`, async () => {
      const work = makeFolder(base);
      work
        .put('overlays/dev/kustomization.yaml', overlays[0]?.('v2') ?? '')
        .put('overlays/prod/kustomization.yaml', overlay('v1'))
        .commit('first');
      configure(work);
      const tree = work.git('rev-parse', 'HEAD^{tree}');
      const content = work.read('overlays/prod/kustomization.yaml');
      work.put('notes.txt', 'not committed\n');
      await run(work, 'promote', 'dev', 'prod', '--commit');
      assert.notEqual(work.git('rev-parse', 'HEAD^{tree}'), tree);
      assert.notEqual(work.read('overlays/prod/kustomization.yaml'), content);
      await run(work, 'rollback', 'prod');
      assert.equal(work.git('rev-parse', 'HEAD^{tree}'), tree);
      assert.equal(work.read('overlays/prod/kustomization.yaml'), content);
      assert.equal(work.git('status', '--porcelain'), '?? notes.txt');
      assert.equal(work.git('rev-list', '--count', 'HEAD'), '3');
    });
  });
});

/** Another registry: every place that names it is edited, and only names of images change in any render. */
import assert from 'node:assert/strict';
import { planRegistryMove, type MoveProof } from '../../../src/core/promote/registryMove.js';
import { formatFieldPath } from '../../../src/core/objects/compare.js';
import { fixtureRoot, fixtureTree, parseFixture } from '../../support/fixture.js';
import { kustomizeSources } from '../../support/kustomizeSources.js';

const app = `#- base/kustomization.yaml
resources: [deployment.yaml]
images:
- name: ghcr.io/acme/web # the default
  newTag: v1
#- base/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        image: ghcr.io/acme/web
      - name: tool
        image: "ghcr.io/acme/tools/cli:3"
      - name: other
        image: ghcr.io/acmeother/web:1
#- dev/kustomization.yaml
resources: [../base]
images:
- name: ghcr.io/acme/web
  newTag: "1.20"
#- prod/kustomization.yaml
resources: [../base]
images:
- name: ghcr.io/acme/web
  newTag: v3
patches:
- target: {kind: Deployment}
  patch: |-
    - op: replace
      path: /spec/template/spec/containers/1/image
      value: ghcr.io/acme/tools/cli:4
`;

function move(fixture: string, from: string, to: string, includesTexts = false): MoveProof {
  const folders = ['base', 'dev', 'prod'].map((name) => `${fixtureRoot}/${name}`);
  const files = [...parseFixture(fixture).keys()].filter((name) => name.endsWith('.yaml')).map((name) => `${fixtureRoot}/${name}`);
  return planRegistryMove({ from, to }, { files, includesTexts }, kustomizeSources(fixtureTree(fixture), folders));
}

function imagesOf({ after }: MoveProof, folder: string): readonly string[] {
  return after.renderingOf(`${fixtureRoot}/${folder}`)?.objects.flatMap(({ printed }) => [...printed.text.matchAll(/image: "?([^"\n]*)/g)].map(([, image = '']) => image)) ?? [];
}

describe('changing the registry of images', () => {
  it('edits bases, overlays that repeat the name, and patches; versions stay', () => {
    const proof = move(app, 'ghcr.io/acme', 'registry.example.com/team');
    assert.deepEqual(imagesOf(proof, 'dev'), ['registry.example.com/team/web:1.20', 'registry.example.com/team/tools/cli:3', 'ghcr.io/acmeother/web:1']);
    assert.deepEqual(imagesOf(proof, 'prod'), ['registry.example.com/team/web:v3', 'registry.example.com/team/tools/cli:4', 'ghcr.io/acmeother/web:1']);
    assert.deepEqual(
      proof.targets.map(({ refusal, images }) => [refusal, images]),
      [
        [undefined, 2],
        [undefined, 2],
        [undefined, 2],
      ],
    );
    const paths = new Set(proof.targets.flatMap(({ changes }) => changes.flatMap(({ fields }) => fields.map(({ path }) => formatFieldPath(path)))));
    assert.deepEqual([...paths], ['spec.template.spec.containers[name=web].image', 'spec.template.spec.containers[name=tool].image']);
    assert.equal(proof.changes.length, 6);
  });

  it('changes one image alone where its whole name is given', () => {
    const proof = move(app, 'ghcr.io/acme/web', 'docker.io/myorg/web');
    assert.deepEqual(imagesOf(proof, 'dev'), ['docker.io/myorg/web:1.20', 'ghcr.io/acme/tools/cli:3', 'ghcr.io/acmeother/web:1']);
    assert.ok(proof.targets.every(({ refusal }) => refusal === undefined));
  });

  it('moves back by the same edits', () => {
    const there = move(app, 'ghcr.io/acme', 'registry.example.com/team');
    const files = ['base/kustomization.yaml', 'base/deployment.yaml', 'dev/kustomization.yaml', 'prod/kustomization.yaml'].map((name) => `${fixtureRoot}/${name}`);
    const back = planRegistryMove({ from: 'registry.example.com/team', to: 'ghcr.io/acme' }, { files, includesTexts: false }, there.after);
    const texts = parseFixture(app);
    for (const file of files) assert.equal(back.after.parse(file)?.source.text, texts.get(file.slice(fixtureRoot.length + 1)));
  });

  it('refuses where something else than names of images would change', () => {
    const labelled = `${app.replace('resources: [deployment.yaml]\n', 'resources: [deployment.yaml, scan.yaml]\n')}#- base/scan.yaml\napiVersion: example.com/v1\nkind: Scan\nmetadata: {name: scan}\nspec: {image: other, images: [{name: ghcr.io/acme/web, policy: strict}]}\n`;
    const proof = move(labelled, 'ghcr.io/acme', 'registry.example.com/team');
    assert.match(proof.targets[0]?.refusal ?? '', /^spec\.images\[name=ghcr\.io\/acme\/web\] of Scan scan would change too\.$/);
    const unreachable = app
      .replace('image: ghcr.io/acme/web\n', 'image: &image !!str ghcr.io/acme/web\n')
      .replace('images:\n- name: ghcr.io/acme/web # the default\n  newTag: v1\n', '');
    const left = move(unreachable, 'ghcr.io/acme', 'registry.example.com/team').targets.find(({ refusal }) => refusal !== undefined);
    assert.match(left?.refusal ?? '', /^\w+ would still run ghcr\.io\/acme\/web:?\S*, set at deployment\.yaml:\d+\.$/);
  });

  it('takes lists of images of Argo CD along, without quotes where there were none', () => {
    const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: previews}
spec:
  template:
    spec:
      source:
        kustomize:
          images:
            - ghcr.io/acme/web:sha-{{ .sha }} # of the pull request
            - tool=ghcr.io/acme/tools/cli:4
            - other/image:1
`;
    const proof = move(`${app.replace('[deployment.yaml]', '[deployment.yaml, set.yaml]')}#- base/set.yaml\n${set}`, 'ghcr.io/acme', 'registry.example.com/team');
    assert.deepEqual(
      proof.targets.flatMap(({ refusal }) => refusal ?? []),
      [],
    );
    const file = proof.changes.filter(({ location }) => location.path.endsWith('set.yaml'));
    assert.deepEqual(
      file.map(({ newText }) => newText),
      ['registry.example.com/team/web:sha-{{ .sha }}', 'tool=registry.example.com/team/tools/cli:4'],
    );
  });

  it('finds whole references in arguments, commands and variables, and edits them where that is asked for', () => {
    const operator = app.replace(
      '      - name: other\n',
      `      - name: operator
        image: quay.io/acme/operator:1
        command: [run, --sidecar=ghcr.io/acme/tools/cli:3]
        args:
        - "--images=ghcr.io/acme/a:1,ghcr.io/acme/b@sha256:${'0'.repeat(64)}" # two
        - --registry=ghcr.io/acme
        - --docs=https://ghcr.io/acme/docs:1
        - |
          exec start ghcr.io/acme/web --from 'ghcr.io/acme/c:2'
        env:
        - {name: IMAGE, value: ghcr.io/acme/d:4}
        - {name: CHART, value: oci.ghcr.io/acme/d:4}
      - name: other\n`,
    );
    const kept = move(operator, 'ghcr.io/acme', 'registry.example.com/team');
    assert.deepEqual(
      kept.texts.map(({ references }) => references),
      [['ghcr.io/acme/tools/cli:3'], ['ghcr.io/acme/a:1', `ghcr.io/acme/b@sha256:${'0'.repeat(64)}`], ['ghcr.io/acme/web', 'ghcr.io/acme/c:2'], ['ghcr.io/acme/d:4']],
    );
    assert.ok(kept.targets.every(({ refusal }) => refusal === undefined));
    assert.match(kept.after.parse(`${fixtureRoot}/base/deployment.yaml`)?.source.text ?? '', /--sidecar=ghcr\.io\/acme\/tools/);
    const moved = move(operator, 'ghcr.io/acme', 'registry.example.com/team', true);
    assert.deepEqual(
      moved.targets.map(({ refusal }) => refusal),
      [undefined, undefined, undefined],
    );
    const expected = operator.slice(operator.indexOf('        command:'), operator.indexOf('      - name: other\n'));
    const wanted = expected.replaceAll(/(?<!https:\/\/|oci\.|--registry=)ghcr\.io\/acme/g, 'registry.example.com/team');
    assert.ok(moved.after.parse(`${fixtureRoot}/base/deployment.yaml`)?.source.text.includes(wanted), moved.after.parse(`${fixtureRoot}/base/deployment.yaml`)?.source.text);
  });
});

/** An image gets another version where it is really set, by the bytes that must change; every edit is proven by the renders of all environments. */
import assert from 'node:assert/strict';
import { diffLines } from '../../../src/core/promote/lineDiff.js';
import { moveImage, type MoveOutcome } from '../../../src/core/promote/moveImage.js';
import type { ImageVersion } from '../../../src/core/promote/imageVersion.js';
import { fixtureRoot, fixtureTree } from '../../support/fixture.js';
import { kustomizeSources, type KustomizeSources } from '../../support/kustomizeSources.js';

const base = `#- base/kustomization.yaml
resources:
- deployment.yaml
#- base/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      initContainers:
      - name: migrate
        image: ghcr.io/acme/web:v1
      containers:
      - name: web
        image: ghcr.io/acme/web:v1
      - name: proxy
        image: envoy:1.30
`;

interface Moved {
  /** Path and lines: `-` before, `+` after. */
  readonly diff: string;
  readonly outcome: Extract<MoveOutcome, { kind: 'moved' }>;
  readonly before: KustomizeSources;
}

function move(fixture: string, folder: string, version: string | ImageVersion, name = 'ghcr.io/acme/web', folders = [folder], together: readonly string[] = []): Moved {
  const sources = kustomizeSources(
    fixtureTree(fixture),
    folders.map((each) => `${fixtureRoot}/${each}`),
  );
  const target = sources.targets.find(({ id }) => id === `${fixtureRoot}/${folder}`);
  assert.ok(target);
  const wanted = typeof version === 'string' ? { tag: version, digest: undefined } : version;
  const outcome = moveImage({ target, name, version: wanted, together: new Set(together.map((each) => `${fixtureRoot}/${each}`)) }, sources);
  assert.equal(outcome.kind, 'moved', outcome.kind === 'refused' ? outcome.reason : outcome.kind);
  assert.ok(outcome.kind === 'moved');
  const paths = [...new Set(outcome.edits.flatMap(({ changes }) => changes.map(({ location }) => location.path)))];
  const diff = paths
    .map((path) => {
      const hunks = diffLines(sources.parse(path)?.source.text ?? '', outcome.sources.parse(path)?.source.text ?? '');
      return `${path.slice(fixtureRoot.length + 1)}\n${hunks.map((hunk) => [...hunk.before.map((line) => `-${line}`), ...hunk.after.map((line) => `+${line}`)].join('')).join('')}`;
    })
    .join('');
  return { diff, outcome, before: sources };
}

/** The images of an environment afterwards. */
function imagesAfter({ outcome }: Moved, folder: string): readonly string[] {
  const rendering = outcome.sources.renderingOf(`${fixtureRoot}/${folder}`);
  return rendering?.objects.flatMap(({ printed }) => [...printed.text.matchAll(/image: (.*)/g)].map(([, image = '']) => image)) ?? [];
}

describe('moving an image to another version', () => {
  it('writes over the tag of an entry and keeps everything else of its line', () => {
    const moved = move(
      `${base}#- prod/kustomization.yaml\nresources: [../base]\nimages:\n# set by the release\n- newTag: "v1" # do not edit\n  name: ghcr.io/acme/web\n`,
      'prod',
      'v2',
    );
    assert.equal(moved.diff, 'prod/kustomization.yaml\n-- newTag: "v1" # do not edit\n+- newTag: "v2" # do not edit\n');
    assert.deepEqual(imagesAfter(moved, 'prod'), ['ghcr.io/acme/web:v2', 'envoy:1.30', 'ghcr.io/acme/web:v2']);
  });

  it('adds the smallest entry where a base sets the version, and leaves the base to the others', () => {
    const moved = move(`${base}#- prod/kustomization.yaml\nresources:\n- ../base\n#- dev/kustomization.yaml\nresources:\n- ../base\n`, 'prod', 'v2', undefined, ['prod', 'dev']);
    assert.equal(moved.diff, 'prod/kustomization.yaml\n+images:\n+- name: ghcr.io/acme/web\n+  newTag: v2\n');
    assert.deepEqual(moved.outcome.alsoMoved, []);
    assert.deepEqual(imagesAfter(moved, 'dev'), ['ghcr.io/acme/web:v1', 'envoy:1.30', 'ghcr.io/acme/web:v1']);
  });

  it('adds to the list that is there, in its style and line ends', () => {
    const overlay = 'resources:\r\n  - ../base\r\nimages:\r\n  - name: envoy\r\n    newTag: "1.31"\r\n';
    const moved = move(`${base}#- prod/kustomization.yaml\n${overlay}`, 'prod', 'v2');
    assert.equal(moved.diff, 'prod/kustomization.yaml\n+  - name: ghcr.io/acme/web\r\n+    newTag: v2\r\n');
  });

  it('quotes a tag that YAML would read as something else', () => {
    const overlay = `#- prod/kustomization.yaml\nresources: [../base]\nimages:\n- name: ghcr.io/acme/web\n  newTag: v1\n`;
    for (const [tag, written] of [
      ['1.10', '"1.10"'],
      ['12345678', '"12345678"'],
      ['1e7', '"1e7"'],
      ['true', '"true"'],
      ['0x1F', '"0x1F"'],
      ['sha-1a2b3c4d', 'sha-1a2b3c4d'],
    ] as const) {
      const moved = move(base + overlay, 'prod', tag);
      assert.equal(moved.diff, `prod/kustomization.yaml\n-  newTag: v1\n+  newTag: ${written}\n`, tag);
      assert.ok(imagesAfter(moved, 'prod').includes(`ghcr.io/acme/web:${tag}`), tag);
    }
  });

  it('exchanges digest and tag in their place, and takes a digest away that would go over the tag', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const entry = (fields: string): string => `${base}#- prod/kustomization.yaml\nresources: [../base]\nimages:\n- name: ghcr.io/acme/web\n${fields}`;
    assert.equal(move(entry(`  digest: ${digest}\n`), 'prod', 'v2').diff, `prod/kustomization.yaml\n-  digest: ${digest}\n+  newTag: v2\n`);
    assert.equal(move(entry('  newTag: v1\n'), 'prod', { tag: undefined, digest }).diff, `prod/kustomization.yaml\n-  newTag: v1\n+  digest: ${digest}\n`);
    assert.equal(move(entry(`  newTag: v1\n  digest: ${digest}\n`), 'prod', 'v2').diff, `prod/kustomization.yaml\n-  newTag: v1\n-  digest: ${digest}\n+  newTag: v2\n`);
    const other = `sha256:${'1'.repeat(64)}`;
    assert.equal(move(entry(`  digest: ${digest}\n`), 'prod', { tag: undefined, digest: other }).diff, `prod/kustomization.yaml\n-  digest: ${digest}\n+  digest: ${other}\n`);
  });

  it('writes over the image in a patch of the overlay, in a file or inline, and in its own resources', () => {
    const strategic = `kind: Deployment\napiVersion: apps/v1\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      initContainers:\n      - name: migrate\n        image: ghcr.io/acme/web:v1 # one\n      containers:\n      - name: web\n        image: 'ghcr.io/acme/web:v1'\n`;
    const inFile = move(`${base}#- prod/kustomization.yaml\nresources: [../base]\npatches:\n- path: patch.yaml\n#- prod/patch.yaml\n${strategic}`, 'prod', 'v2');
    assert.equal(
      inFile.diff,
      "prod/patch.yaml\n-        image: ghcr.io/acme/web:v1 # one\n+        image: ghcr.io/acme/web:v2 # one\n-        image: 'ghcr.io/acme/web:v1'\n+        image: 'ghcr.io/acme/web:v2'\n",
    );
    const json = `#- prod/kustomization.yaml\nresources: [../base]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: replace\n      path: /spec/template/spec/containers/1/image\n      value: envoy:1.31\n`;
    assert.equal(move(base + json, 'prod', '1.32', 'envoy').diff, 'prod/kustomization.yaml\n-      value: envoy:1.31\n+      value: envoy:1.32\n');
    const own = `#- prod/kustomization.yaml\nresources: [pod.yaml]\n#- prod/pod.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: "ghcr.io/acme/web:v1"}]}\n`;
    assert.match(move(own, 'prod', 'v2').diff, /\+spec: \{containers: \[\{name: a, image: "ghcr\.io\/acme\/web:v2"\}\]\}/);
  });

  it('finds the name that the image has where the overlay sees it', () => {
    const renamed = base.replace('- deployment.yaml\n', '- deployment.yaml\nimages:\n- name: ghcr.io/acme/web\n  newName: registry.example.com/web\n  newTag: v1\n');
    const moved = move(`${renamed}#- prod/kustomization.yaml\nresources:\n- ../base\n`, 'prod', 'v2', 'registry.example.com/web');
    assert.equal(moved.diff, 'prod/kustomization.yaml\n+images:\n+- name: registry.example.com/web\n+  newTag: v2\n');
  });

  it('changes what is made of the version too, and says so', () => {
    const labelled =
      base.replace('- deployment.yaml\n', '- deployment.yaml\nreplacements:\n- path: version.yaml\n') +
      `#- base/version.yaml\nsource:\n  kind: Deployment\n  fieldPath: spec.template.spec.containers.[name=web].image\n  options: {delimiter: ":", index: 1}\ntargets:\n- select: {kind: Deployment}\n  fieldPaths: [metadata.labels.version]\n  options: {create: true}\n`;
    const moved = move(labelled, 'base', 'v2');
    assert.deepEqual(moved.outcome.along, ['Deployment/web metadata.labels.version']);
    assert.match(moved.outcome.sources.renderingOf(`${fixtureRoot}/base`)?.objects[0]?.printed.text ?? '', /version: v2/);
  });

  it('edits what several share only where nothing else does it, and says whom it changes', () => {
    const shared = `${base}#- shared/kustomization.yaml\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplacements:\n- source: {kind: ConfigMap, name: versions, fieldPath: data.web}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: ["spec.template.spec.containers.[name=web].image"]\n    options: {delimiter: ":", index: 1}\n`;
    const overlays = ['dev', 'prod'].map((name) => `#- ${name}/kustomization.yaml\nresources: [../base, ../versions]\ncomponents: [../shared]\n`).join('');
    const versions = '#- versions/kustomization.yaml\nresources: [map.yaml]\n#- versions/map.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: versions}\ndata:\n  web: v1\n';
    const moved = move(shared + overlays + versions, 'prod', 'v2', undefined, ['prod', 'dev']);
    // The overlay's own entry comes last in the build, so it needs nobody else.
    assert.deepEqual(moved.outcome.alsoMoved, []);
    assert.equal(moved.diff, 'prod/kustomization.yaml\n+images:\n+- name: ghcr.io/acme/web\n+  newTag: v2\n');
  });

  it('follows an anchor where the text stands, and leaves who refers to it in step', () => {
    const overlay = `#- prod/kustomization.yaml\nresources: [../base]\nimages:\n- name: ghcr.io/acme/web\n  newTag: &tag v1\n- name: other\n  newTag: *tag\n`;
    const moved = move(base + overlay, 'prod', 'v2');
    assert.equal(moved.diff, 'prod/kustomization.yaml\n-  newTag: &tag v1\n+  newTag: &tag v2\n');
  });

  it('does nothing where the version is there already, and refuses what is not there', () => {
    const sources = kustomizeSources(fixtureTree(base), [`${fixtureRoot}/base`]);
    const [target] = sources.targets;
    assert.ok(target);
    const wish = { target, name: 'ghcr.io/acme/web', together: new Set<string>() };
    assert.equal(moveImage({ ...wish, version: { tag: 'v1', digest: undefined } }, sources).kind, 'same');
    const broken = kustomizeSources(fixtureTree('#- base/kustomization.yaml\nresources: [missing.yaml]\n'), [`${fixtureRoot}/base`]);
    const outcome = moveImage({ ...wish, version: { tag: 'v2', digest: undefined } }, broken);
    assert.ok(outcome.kind === 'refused');
    assert.match(outcome.reason, /can't be rendered/);
  });
});

/** "Set this here" on fields of every sort: the edit, and what the render says afterwards. */
import assert from 'node:assert/strict';
import type { JsonValue } from '../../../src/core/live/json.js';
import type { FieldStep } from '../../../src/core/objects/compare.js';
import { diffLines } from '../../../src/core/promote/lineDiff.js';
import { setFieldOf } from '../../../src/core/promote/setField.js';
import { fixtureRoot, fixtureTree } from '../../support/fixture.js';
import { kustomizeSources } from '../../support/kustomizeSources.js';

const shop = `#- base/kustomization.yaml
resources: [deployment.yaml]
configMapGenerator:
- name: settings
  literals: [LEVEL=info, MODE=plain]
#- base/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {note: base}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: web
        image: ghcr.io/acme/web:v1
        envFrom: [{configMapRef: {name: settings}}]
#- dev/kustomization.yaml
namespace: web-dev
resources: [../base, pod.yaml]
replicas:
- name: web
  count: 2 # small
commonAnnotations: {team: red}
#- dev/pod.yaml
apiVersion: v1
kind: Pod
metadata:
  name: own
  labels: {a: b}
spec:
  priority: 3 # high
  containers: [{name: a, image: busybox}]
#- prod/kustomization.yaml
resources: [../base]
configMapGenerator:
- name: settings
  behavior: merge
  envs: [prod.env]
#- prod/prod.env
LEVEL=warn
`;

interface Outcome {
  /** Path and changed lines. */
  readonly diff: string;
  readonly alsoChanged: readonly string[];
}

function set(folder: string, kind: string, path: readonly FieldStep[], value: JsonValue | undefined, fixture = shop): Outcome | string {
  const folders = ['base', 'dev', 'prod'].map((name) => `${fixtureRoot}/${name}`);
  const sources = kustomizeSources(fixtureTree(fixture), folders);
  const id = `${fixtureRoot}/${folder}`;
  const object = sources.renderingOf(id)?.objects.find((each) => each.id.kind === kind);
  assert.ok(object, `${kind} is rendered`);
  const outcome = setFieldOf(id, { object, path, value }, sources);
  if (outcome.kind !== 'set') return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
  const files = [...new Set(outcome.proposal.changes.map(({ location }) => location.path))];
  const diff = files.map((file) => {
    const lines = diffLines(sources.parse(file)?.source.text ?? sources.tree.read(file)?.text ?? '', outcome.after.parse(file)?.source.text ?? '').flatMap((hunk) => [
      ...hunk.before.map((line) => `-${line}`),
      ...hunk.after.map((line) => `+${line}`),
    ]);
    return `${file.slice(fixtureRoot.length + 1)}\n${lines.join('')}`;
  });
  return { diff: diff.join(''), alsoChanged: outcome.alsoChanged.map(({ label }) => label) };
}

const alone = (diff: string): Outcome => ({ diff, alsoChanged: [] });

describe('setting any field for one environment', () => {
  it('writes over what its own files say, and keeps comments', () => {
    assert.deepEqual(set('dev', 'Deployment', ['spec', 'replicas'], 5), alone('dev/kustomization.yaml\n-  count: 2 # small\n+  count: 5 # small\n'));
    assert.deepEqual(set('dev', 'Pod', ['spec', 'priority'], 4), alone('dev/pod.yaml\n-  priority: 3 # high\n+  priority: 4 # high\n'));
  });

  it('gives an image another version as a promotion does', () => {
    const image: readonly FieldStep[] = ['spec', 'template', 'spec', 'containers', { key: 'name', value: 'web' }, 'image'];
    assert.deepEqual(set('prod', 'Deployment', image, 'ghcr.io/acme/web:v2'), alone('prod/kustomization.yaml\n+images:\n+- name: ghcr.io/acme/web\n+  newTag: v2\n'));
  });

  it('adds a field to an object of its own where it belongs', () => {
    assert.deepEqual(set('dev', 'Pod', ['spec', 'hostNetwork'], true), alone('dev/pod.yaml\n+  hostNetwork: true\n'));
    assert.deepEqual(set('dev', 'Pod', ['metadata', 'labels', 'c'], '1'), alone('dev/pod.yaml\n-  labels: {a: b}\n+  labels: {a: b, c: "1"}\n'));
  });

  it('takes a field of its own away', () => {
    assert.deepEqual(set('dev', 'Pod', ['spec', 'priority'], undefined), alone('dev/pod.yaml\n-  priority: 3 # high\n'));
  });

  it('patches what a base sets, also to take it away', () => {
    const added = set('prod', 'Deployment', ['spec', 'replicas'], 3);
    assert.deepEqual(added, alone('prod/kustomization.yaml\n+replicas:\n+- name: web\n+  count: 3\n'));
    const removed = set('prod', 'Deployment', ['metadata', 'annotations', 'note'], undefined);
    assert.ok(typeof removed !== 'string');
    assert.match(removed.diff, /^prod\/kustomization\.yaml\n\+patches:\n/);
    assert.deepEqual(removed.alsoChanged, []);
  });

  it('sets a literal of a generator, a variable of its file, or adds one over those of a base; names follow', () => {
    assert.deepEqual(set('base', 'ConfigMap', ['data', 'MODE'], 'fancy'), {
      diff: 'base/kustomization.yaml\n-  literals: [LEVEL=info, MODE=plain]\n+  literals: [LEVEL=info, MODE=fancy]\n',
      alsoChanged: ['dev', 'prod'],
    });
    assert.deepEqual(set('prod', 'ConfigMap', ['data', 'LEVEL'], 'error'), alone('prod/prod.env\n-LEVEL=warn\n+LEVEL=error\n'));
    assert.deepEqual(set('prod', 'ConfigMap', ['data', 'MODE'], 'fancy'), alone('prod/kustomization.yaml\n+  literals:\n+  - MODE=fancy\n'));
    const merged = set('dev', 'ConfigMap', ['data', 'LEVEL'], 'debug');
    assert.deepEqual(merged, alone('dev/kustomization.yaml\n+configMapGenerator:\n+- name: settings\n+  behavior: merge\n+  literals:\n+  - LEVEL=debug\n'));
  });

  it('moves an environment to another namespace as a whole', () => {
    assert.deepEqual(set('dev', 'Deployment', ['metadata', 'namespace'], 'web-next'), alone('dev/kustomization.yaml\n-namespace: web-dev\n+namespace: web-next\n'));
  });

  it('refuses what no edit of this environment makes so, and says which object it is', () => {
    const outcome = set('dev', 'Pod', ['metadata', 'annotations', 'team'], 'blue');
    assert.equal(outcome, 'No single edit makes the render of dev say just this of Pod own.');
  });
});

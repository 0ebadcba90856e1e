/** "Set this here" on environments that are charts: the values that are edited, and what the render says then. */
import assert from 'node:assert/strict';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import type { JsonValue } from '../../src/core/live/json.js';
import type { FieldStep } from '../../src/core/objects/compare.js';
import { noSettings } from '../../src/core/gitops/settings.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { diffLines } from '../../src/core/promote/lineDiff.js';
import { setFieldOf } from '../../src/core/promote/setField.js';
import { EditedDelivery } from '../../src/services/editedDelivery.js';
import { fixtureRoot, fixtureTree } from '../support/fixture.js';

const chart = `#- .git/config
[remote "origin"]
	url = https://git.example.com/acme/web.git
#- .git/HEAD
ref: refs/heads/main
#- web/Chart.yaml
apiVersion: v2
name: web
version: 0.1.0
#- web/values.yaml
replicas: 1
port: 8080
host: shop
image: {repository: ghcr.io/acme/web, tag: v1}
resources:
  limits: {cpu: 100m}
#- web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  annotations:
    port: "{{ .Values.port }}"
    url: https://{{ .Values.host }}.example.com/
spec:
  replicas: {{ .Values.replicas }}
  paused: false
  template:
    spec:
      containers:
      - name: web
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
        resources: {{- toYaml .Values.resources | nindent 10 }}
`;

const application = (name: string, helm: string): string => `#- apps/${name}.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web-${name}, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.example.com/acme/web.git
    targetRevision: main
    path: web
${helm}  destination: {server: https://kubernetes.default.svc, namespace: web-${name}}
`;

const files = (name: string): string => `    helm:\n      valueFiles: [${name}.yaml]\n`;
const container: readonly FieldStep[] = ['spec', 'template', 'spec', 'containers', { key: 'name', value: 'web' }];

/** What changes in the files; what else would change with it stands in front, and why it is refused. */
function set(fixture: string, path: readonly FieldStep[], value: JsonValue | undefined, id = 'argocd/argocd/web-prod'): string {
  const { sources } = new EditedDelivery(fixtureTree(fixture), [fixtureRoot], {
    options: { loadRestrictor: 'rootOnly', enableHelm: false, renderChart: chartRenderer(chartTools) },
    cache: new BuildCache(),
    editorSettings: noSettings,
    now: () => 0,
  });
  const object = sources.renderingOf(id)?.objects.find((each) => each.id.kind === 'Deployment');
  assert.ok(object, 'the Deployment is rendered');
  const outcome = setFieldOf(id, { object, path, value }, sources);
  if (outcome.kind !== 'set') return outcome.kind === 'same' ? 'same' : outcome.reason;
  const along = outcome.alsoChanged.map(({ label }) => `${label} too\n`).join('');
  const edited = [...new Set(outcome.proposal.changes.map(({ location }) => location.path))].map((file) => {
    const lines = diffLines(sources.parse(file)?.source.text ?? '', outcome.after.parse(file)?.source.text ?? '');
    return `${file.slice(fixtureRoot.length + 1)}\n${lines.flatMap(({ before, after }) => [...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)]).join('')}`;
  });
  return along + edited.join('');
}

describe('setting a field of an environment that is a chart', () => {
  const both = (prod: string): string => chart + application('dev', '') + application('prod', files('prod')) + `#- web/prod.yaml\n${prod}`;

  it("writes over the value in the environment's own file, in the type that it has", () => {
    assert.equal(set(both('replicas: 3 # peak\n'), ['spec', 'replicas'], 5), 'web/prod.yaml\n-replicas: 3 # peak\n+replicas: 5 # peak\n');
    assert.equal(set(both('port: 80\n'), ['metadata', 'annotations', 'port'], '81'), 'web/prod.yaml\n-port: 80\n+port: 81\n');
    assert.equal(set(both('port: "80"\n'), ['metadata', 'annotations', 'port'], '81'), 'web/prod.yaml\n-port: "80"\n+port: "81"\n');
    assert.equal(set(both('replicas: "3"\n'), ['spec', 'replicas'], 5), 'web/prod.yaml\n-replicas: "3"\n+replicas: "5"\n');
  });

  it("adds a key to the environment's own file where the chart's default is shown", () => {
    assert.equal(set(both('port: 80\n'), ['spec', 'replicas'], 5), 'web/prod.yaml\n+replicas: 5\n');
    assert.equal(set(both('image: {tag: v2}\n'), [...container, 'image'], 'ghcr.io/acme/web:v3'), 'web/prod.yaml\n-image: {tag: v2}\n+image: {tag: v3}\n');
    assert.equal(set(both('port: 80\n'), [...container, 'resources', 'limits', 'cpu'], '200m'), 'web/prod.yaml\n+resources:\n+  limits:\n+    cpu: 200m\n');
    assert.equal(set(both('port: 80\n'), [...container, 'resources', 'limits', 'memory'], '64Mi'), 'web/prod.yaml\n+resources:\n+  limits:\n+    memory: 64Mi\n');
  });

  it('finds the part of a field that a value is', () => {
    assert.equal(set(both('host: shop-prod\n'), ['metadata', 'annotations', 'url'], 'https://shop-blue.example.com/'), 'web/prod.yaml\n-host: shop-prod\n+host: shop-blue\n');
    assert.match(set(both('host: shop-prod\n'), ['metadata', 'annotations', 'url'], 'http://shop.example.org/'), /^No single edit/);
  });

  it('takes a field away that the chart sets', () => {
    assert.equal(set(both('port: 80\n'), [...container, 'resources', 'limits', 'cpu'], undefined), 'web/prod.yaml\n+resources:\n+  limits:\n+    cpu: null\n');
  });

  it('uses values in place, and parameters where there is nothing else', () => {
    const prod = (helm: string): string => chart + application('dev', '') + application('prod', helm);
    assert.equal(set(prod(''), ['spec', 'replicas'], 5), 'apps/prod.yaml\n+    helm:\n+      parameters:\n+      - name: replicas\n+        value: "5"\n');
    assert.equal(set(prod('    helm:\n      valuesObject:\n        port: 80\n'), ['spec', 'replicas'], 5), 'apps/prod.yaml\n+        replicas: 5\n');
    assert.equal(set(prod('    helm:\n      values: |\n        port: 80\n'), ['spec', 'replicas'], 5), 'apps/prod.yaml\n+        replicas: 5\n');
    assert.equal(set(prod('    helm:\n      values: |\n        replicas: 2\n'), ['spec', 'replicas'], 5), 'apps/prod.yaml\n-        replicas: 2\n+        replicas: 5\n');
    assert.equal(
      set(prod('    helm:\n      parameters: [{name: replicas, value: "2"}]\n'), ['spec', 'replicas'], 5),
      'apps/prod.yaml\n-      parameters: [{name: replicas, value: "2"}]\n+      parameters: [{name: replicas, value: "5"}]\n',
    );
  });

  it("edits another source's values file, which a multi-source Application refers to", () => {
    const multi = `#- apps/prod.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web-prod, namespace: argocd}
spec:
  project: default
  sources:
  - repoURL: https://git.example.com/acme/web.git
    targetRevision: main
    path: web
    helm: {valueFiles: [$values/envs/prod.yaml]}
  - repoURL: https://git.example.com/acme/web.git
    targetRevision: main
    ref: values
  destination: {server: https://kubernetes.default.svc, namespace: web-prod}
#- envs/prod.yaml
replicas: 3
`;
    assert.equal(set(chart + application('dev', '') + multi, ['spec', 'replicas'], 5), 'envs/prod.yaml\n-replicas: 3\n+replicas: 5\n');
    assert.equal(set(chart + application('dev', '') + multi, ['metadata', 'annotations', 'port'], '81'), 'envs/prod.yaml\n+port: 81\n');
  });

  it('gives a chart within a chart its value under the name that it goes by', () => {
    const parent = `#- shop/Chart.yaml
apiVersion: v2
name: shop
version: 0.1.0
dependencies: [{name: web, version: 0.1.0, repository: "", alias: front}]
#- shop/prod.yaml
front: {port: 80}
${chart.slice(chart.indexOf('#- web/Chart.yaml')).replaceAll('#- web/', '#- shop/charts/web/')}`;
    const argo = application('prod', files('prod')).replace('path: web', 'path: shop');
    assert.equal(set(chart.slice(0, chart.indexOf('#- web/')) + parent + argo, ['spec', 'replicas'], 5), 'shop/prod.yaml\n-front: {port: 80}\n+front: {port: 80, replicas: 5}\n');
  });

  it('refuses what the template itself says, and sees what is so already', () => {
    const fixture = both('port: 80\n');
    assert.equal(set(fixture, ['spec', 'paused'], true), 'No single edit makes the render of web prod say just this of Deployment web-prod.');
    assert.match(set(fixture, ['spec', 'minReadySeconds'], 3), /^No single edit/);
    assert.equal(set(fixture, ['spec', 'replicas'], 1), 'same');
  });
});

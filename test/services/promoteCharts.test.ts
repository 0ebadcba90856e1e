/** Promotions of environments that are charts: the values that set a version are edited, where they are the environment's own. */
import assert from 'node:assert/strict';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { noSettings } from '../../src/core/gitops/settings.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { diffLines } from '../../src/core/promote/lineDiff.js';
import { EditedDelivery } from '../../src/services/editedDelivery.js';
import { planPromotion } from '../../src/services/promotion.js';
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
image:
  repository: ghcr.io/acme/web
  tag: v1
#- web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  template:
    spec:
      containers:
      - name: web
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
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

async function diffOf(fixture: string, from = 'argocd/argocd/web-dev', to = 'argocd/argocd/web-prod'): Promise<string> {
  const edited = new EditedDelivery(fixtureTree(fixture), [fixtureRoot], {
    options: { loadRestrictor: 'rootOnly', enableHelm: false, renderChart: chartRenderer(chartTools) },
    cache: new BuildCache(),
    editorSettings: noSettings,
    now: () => 0,
  });
  const none = (): Promise<never> => Promise.reject(new Error('there is no git here'));
  const workspace = { present: () => edited, at: none, on: none, tipOf: none, problemsOf: () => [], folders: [fixtureRoot] };
  const plan = await planPromotion({ from, to: [to], workingFiles: true }, workspace, new AbortController().signal);
  assert.equal(plan.refusal, undefined);
  return plan.branches
    .flatMap(({ files }) => files)
    .map(({ path, before = '', after = '' }) => {
      const lines = diffLines(before, after).flatMap((hunk) => [...hunk.before.map((line) => `-${line}`), ...hunk.after.map((line) => `+${line}`)]);
      return `${path.slice(fixtureRoot.length + 1)}\n${lines.join('')}`;
    })
    .join('');
}

describe('promoting charts', () => {
  const parameters = (tag: string): string => `    helm:\n      parameters:\n      - name: image.tag\n        value: ${tag} # now\n`;
  const files = (name: string): string => `    helm:\n      valueFiles: [${name}.yaml]\n`;

  it('edits a parameter of the Application', async () => {
    assert.equal(
      await diffOf(chart + application('dev', parameters('v2')) + application('prod', parameters('v1'))),
      'apps/prod.yaml\n-        value: v1 # now\n+        value: v2 # now\n',
    );
  });

  it("edits a key of the environment's own values file", async () => {
    const values = (name: string, tag: string): string => `#- web/${name}.yaml\nimage: {tag: ${tag}} # ${name}\n`;
    assert.equal(
      await diffOf(chart + values('dev', 'v2') + values('prod', 'v1.5') + application('dev', files('dev')) + application('prod', files('prod'))),
      'web/prod.yaml\n-image: {tag: v1.5} # prod\n+image: {tag: v2} # prod\n',
    );
  });

  it("adds a key to the values file, or a parameter, where the version is the chart's own", async () => {
    const prod = '#- web/prod.yaml\nreplicas: 3\n';
    assert.equal(await diffOf(chart + prod + application('dev', parameters('v2')) + application('prod', files('prod'))), 'web/prod.yaml\n+image:\n+  tag: v2\n');
    assert.equal(
      await diffOf(chart + application('dev', parameters('v2')) + application('prod', '')),
      'apps/prod.yaml\n+    helm:\n+      parameters:\n+      - name: image.tag\n+        value: v2\n',
    );
  });

  it('edits the values of a HelmRelease, and adds to them', async () => {
    const release = (name: string, values: string): string => `#- clusters/${name}.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web-${name}, namespace: web-${name}}
spec:
  interval: 10m
  chart:
    spec:
      chart: ./web
      sourceRef: {kind: GitRepository, name: web, namespace: flux-system}
${values}`;
    const source = `#- clusters/source.yaml\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: web, namespace: flux-system}\nspec: {interval: 1m, url: "https://git.example.com/acme/web.git", ref: {branch: main}}\n`;
    const tag = (version: string): string => `  values:\n    image:\n      tag: ${version} # now\n`;
    const ids = ['flux/web-dev/web-dev', 'flux/web-prod/web-prod'] as const;
    assert.equal(await diffOf(chart + source + release('dev', tag('v2')) + release('prod', tag('v1')), ...ids), 'clusters/prod.yaml\n-      tag: v1 # now\n+      tag: v2 # now\n');
    assert.equal(
      await diffOf(chart + source + release('dev', tag('v2')) + release('prod', '  values:\n    replicas: 2\n'), ...ids),
      'clusters/prod.yaml\n+    image:\n+      tag: v2\n',
    );
  });
});

/** Promotions of kustomizations that inflate charts: an inline value is edited, or added where the chart sets it. */
import assert from 'node:assert/strict';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { noSettings } from '../../src/core/gitops/settings.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { setFieldOf } from '../../src/core/promote/setField.js';
import { diffLines } from '../../src/core/promote/lineDiff.js';
import { EditedDelivery } from '../../src/services/editedDelivery.js';
import { planPromotion } from '../../src/services/promotion.js';
import { fixtureRoot, fixtureTree } from '../support/fixture.js';

const chart = (folder: string): string => `#- ${folder}/charts/web/Chart.yaml
apiVersion: v2
name: web
version: 0.1.0
#- ${folder}/charts/web/values.yaml
image:
  repository: ghcr.io/acme/web
  tag: v1
level: info
#- ${folder}/charts/web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  annotations: {level: {{ .Values.level }}}
spec:
  template:
    spec:
      containers:
      - name: web
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
`;

const overlay = (name: string, inline: string): string => `${chart(`shop/overlays/${name}`)}#- shop/overlays/${name}/kustomization.yaml
namespace: ${name}
helmCharts:
- name: web
  releaseName: shop
${inline}`;

function open(fixture: string): EditedDelivery {
  return new EditedDelivery(fixtureTree(fixture), [fixtureRoot], {
    options: { loadRestrictor: 'rootOnly', enableHelm: true, renderChart: chartRenderer(chartTools) },
    cache: new BuildCache(),
    editorSettings: noSettings,
    now: () => 0,
  });
}

async function diffOf(fixture: string): Promise<string> {
  const edited = open(fixture);
  const none = (): Promise<never> => Promise.reject(new Error('there is no git here'));
  const workspace = { present: () => edited, at: none, on: none, tipOf: none, problemsOf: () => [], folders: [fixtureRoot] };
  const [dev, prod] = ['dev', 'prod'].map((name) => edited.delivery.model.environments.find((environment) => environment.name === name)?.id ?? name);
  const plan = await planPromotion({ from: dev ?? '', to: [prod ?? ''], workingFiles: true }, workspace, new AbortController().signal);
  assert.equal(plan.refusal, undefined);
  return plan.branches
    .flatMap(({ files }) => files)
    .map(({ path, before = '', after = '' }) => {
      const lines = diffLines(before, after).flatMap((hunk) => [...hunk.before.map((line) => `-${line}`), ...hunk.after.map((line) => `+${line}`)]);
      return `${path.slice(fixtureRoot.length + 1)}\n${lines.join('')}`;
    })
    .join('');
}

describe('promoting kustomizations with charts', () => {
  const inline = (tag: string): string => `  valuesInline:\n    image:\n      tag: ${tag} # now\n`;

  it('edits the inline value', async () => {
    assert.equal(await diffOf(overlay('dev', inline('v2')) + overlay('prod', inline('v1'))), 'shop/overlays/prod/kustomization.yaml\n-      tag: v1 # now\n+      tag: v2 # now\n');
  });

  it('adds an entry of images where the chart alone names the version', async () => {
    const diff = await diffOf(overlay('dev', inline('v2')) + overlay('prod', ''));
    assert.equal(diff, 'shop/overlays/prod/kustomization.yaml\n+images:\n+- name: ghcr.io/acme/web\n+  newTag: v2\n');
  });
});

describe('setting a field of a kustomization that inflates a chart', () => {
  function set(prod: string, value: string): string {
    const { sources, delivery } = open(overlay('dev', '') + overlay('prod', prod));
    const id = delivery.model.environments.find(({ name }) => name === 'prod')?.id ?? '';
    const object = sources.renderingOf(id)?.objects.find((each) => each.id.kind === 'Deployment');
    assert.ok(object, 'the Deployment is rendered');
    const outcome = setFieldOf(id, { object, path: ['metadata', 'annotations', 'level'], value }, sources);
    assert.equal(outcome.kind, 'set');
    const [file = ''] = outcome.kind === 'set' ? outcome.proposal.changes.map(({ location }) => location.path) : [];
    return `${file.slice(fixtureRoot.length + 1)}\n${outcome.kind === 'set' ? (outcome.after.parse(file)?.source.text ?? '').split('releaseName: shop\n')[1] : ''}`;
  }

  it('writes over the inline value', () => {
    assert.equal(set('  valuesInline: {level: warn}\n', 'debug'), 'shop/overlays/prod/kustomization.yaml\n  valuesInline: {level: debug}\n');
  });
});

describe('a chart that a kustomization inflates', () => {
  it('is no environment of its own', () => {
    const { delivery } = open(overlay('dev', '') + overlay('prod', ''));
    assert.deepEqual(
      delivery.model.environments.map(({ label }) => label),
      ['shop dev', 'shop prod'],
    );
  });
});

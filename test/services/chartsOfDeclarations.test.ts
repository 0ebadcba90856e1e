/** Applications that come out of a chart: found where somebody installs the chart by hand, and found anew as its templates change. */
import assert from 'node:assert/strict';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { gitRepositories } from '../../src/adapters/git/gitRepositories.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { Workspace } from '../../src/services/workspace.js';
import { EditableTree } from '../support/editableTree.js';
import { parseFixture } from '../support/fixture.js';

const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: "{{ . }}-prod"}
spec:
  project: default
  source: {repoURL: https://git.example.com/shop.git, path: "charts/{{ . }}"}
  destination: {server: https://kubernetes.default.svc, namespace: "{{ . }}-prod"}
`;

const shop = `
#- apps/Chart.yaml
name: apps
version: 1.0.0
#- apps/values.yaml
services: [orders]
#- apps/templates/all.yaml
{{- range .Values.services }}
---
{{ include "application" . }}
{{- end }}
#- apps/templates/_application.tpl
{{ define "application" }}{{ end }}
#- charts/orders/Chart.yaml
name: orders
version: 1.0.0
#- charts/billing/Chart.yaml
name: billing
version: 1.0.0
`;

describe('charts of declarations', () => {
  function open(): Workspace {
    const files = [...parseFixture(shop)].map(([path, text]) => [`/w/${path}`, text] as const);
    return new Workspace({
      tree: new EditableTree(new Map(files)),
      folders: ['/w'],
      repositories: gitRepositories,
      remoteBases: undefined,
      now: () => 0,
      renderChart: chartRenderer(chartTools),
    });
  }

  const found = (workspace: Workspace): readonly string[] => workspace.state.delivery.model.environments.map(({ label, operator }) => `${label}: ${operator}`);

  it('are followed as soon as a template that they include declares something', () => {
    const workspace = open();
    assert.deepEqual(found(workspace), ['apps: none', 'billing: none', 'orders: none']);
    workspace.setBuffer('/w/apps/templates/_application.tpl', `{{ define "application" }}${application}{{ end }}\n`);
    assert.deepEqual(found(workspace), ['apps: none', 'billing: none', 'orders prod: argocd']);
    workspace.setBuffer('/w/apps/values.yaml', 'services: [orders, billing]\n');
    assert.deepEqual(found(workspace), ['apps: none', 'billing prod: argocd', 'orders prod: argocd']);
    workspace.setBuffer('/w/apps/templates/_application.tpl', '{{ define "application" }}{{ end }}\n');
    assert.deepEqual(found(workspace), ['apps: none', 'billing: none', 'orders: none']);
  });
});

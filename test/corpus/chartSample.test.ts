/**
 * samples/argocd-helm: its environments are found, come out as the real helm prints them (test/data/helm/argocd-helm,
 * written by scripts/chartSampleGoldens.mjs), and the copies of its library chart are copies.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { DiskTree } from '../../src/adapters/disk/diskTree.js';
import { toCorePath } from '../../src/adapters/disk/paths.js';
import { gitRepositories } from '../../src/adapters/git/gitRepositories.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { renderingText } from '../../src/core/objects/rendering.js';
import { Workspace } from '../../src/services/workspace.js';
import { projectFolder } from '../support/projectFolder.js';

const sample = path.join(projectFolder, 'samples/argocd-helm');
const goldens = path.join(projectFolder, 'test/data/helm/argocd-helm');

function openSample(): Workspace {
  return new Workspace({
    tree: DiskTree.open(),
    folders: [toCorePath(sample)],
    repositories: gitRepositories,
    remoteBases: undefined,
    now: () => 0,
    readsAnywhere: true,
    renderChart: chartRenderer(chartTools),
  });
}

describe('the sample of charts', () => {
  it('has an environment per Application of its app of apps, and one of Flux', () => {
    const { environments } = openSample().state.delivery.model;
    assert.deepEqual(
      environments.map(({ label, operator, destination }) => `${label}: ${operator}, ${destination.namespace?.value ?? ''}`),
      [
        'catalog dev: argocd, catalog-dev',
        'catalog stage: argocd, catalog-stage',
        'catalog prod: argocd, catalog-prod',
        'catalog: flux, catalog-edge',
        'orders dev: argocd, orders-dev',
        'orders stage: argocd, orders-stage',
        'orders prod: argocd, orders-prod',
        'quayside: argocd, argocd',
        'storefront dev: argocd, storefront-dev',
        'storefront stage: argocd, storefront-stage',
        'storefront prod: argocd, storefront-prod',
      ],
    );
  });

  for (const file of fs.readdirSync(goldens)) {
    it(`renders ${file.replace('.yaml', '').replace('-', ' ')} as helm does`, () => {
      const { delivery, tree } = openSample().state;
      const [app, name] = file.replace('.yaml', '').split('-');
      const environment = delivery.model.environments.find((each) => each.app === app && each.name === name);
      assert.ok(environment);
      const [plan] = delivery.plansOf(environment);
      assert.ok(plan?.chart);
      // An operator goes on with the objects from here: it has the chart's own text only.
      const rendering = chartRenderer(chartTools)({ tree, path: plan.folder, inputs: plan.chart });
      assert.deepEqual(rendering.problems, []);
      assert.equal(renderingText(rendering), fs.readFileSync(path.join(goldens, file), 'utf8'));
    });
  }

  for (const name of ['orders', 'catalog', 'storefront']) {
    it(`${name} holds the library chart as it is`, () => {
      const library = path.join(sample, 'charts/service');
      const copy = path.join(sample, 'charts', name, 'charts/service');
      const files = fs.readdirSync(library, { recursive: true, encoding: 'utf8' });
      assert.deepEqual(fs.readdirSync(copy, { recursive: true, encoding: 'utf8' }).sort(), [...files].sort());
      for (const file of files) {
        if (fs.statSync(path.join(library, file)).isFile()) assert.equal(fs.readFileSync(path.join(copy, file), 'utf8'), fs.readFileSync(path.join(library, file), 'utf8'), file);
      }
    });
  }
});

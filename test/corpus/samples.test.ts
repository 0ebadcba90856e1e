/**
 * The samples: every overlay of the good one renders without a complaint, and each folder of samples/broken shows one
 * mistake, reported with the code and at the line that its expected.json says (lines are 1-based).
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DiskTree } from '../../src/adapters/disk/diskTree.js';
import { toCorePath } from '../../src/adapters/disk/paths.js';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { gitRepositories } from '../../src/adapters/git/gitRepositories.js';
import { normalizePath, relativePath } from '../../src/core/base/path.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { buildKustomization } from '../../src/core/kustomize/build.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import { Suppressor } from '../../src/core/rules/suppressions.js';
import { Checks } from '../../src/services/checks.js';
import { Workspace } from '../../src/services/workspace.js';
import { FolderTree } from '../support/folderTree.js';
import { projectFolder } from '../support/projectFolder.js';

interface Expected {
  readonly builds: boolean;
  readonly problems: readonly { readonly code: string; readonly severity: string; readonly file: string; readonly line: number }[];
}

const samples = path.join(projectFolder, 'samples');

/** One sample per style of delivery. */
const good = fs.readdirSync(samples).filter((name) => name !== 'broken');

describe('samples', () => {
  for (const name of good) {
    it(`${name} has nothing for any rule to find, and every environment renders`, () => {
      const folder = path.join(samples, name);
      const workspace = new Workspace({
        tree: DiskTree.open(),
        folders: [toCorePath(folder)],
        repositories: gitRepositories,
        remoteBases: undefined,
        now: () => 0,
        readsAnywhere: true,
        renderChart: chartRenderer(chartTools),
      });
      const { state } = workspace;
      const { delivery } = state;
      const rendered = delivery.model.environments.map((environment) => ({ environment, rendering: delivery.render(environment).rendering }));
      assert.ok(rendered.length > 2);
      assert.deepEqual(rendered.flatMap(({ rendering }) => rendering.problems).concat(delivery.model.problems), []);
      assert.ok(rendered.every(({ rendering }) => rendering.ok));
      const checks = new Checks({
        onFailure: (rule, error) => assert.fail(`${rule.id}: ${String(error)}`),
        readTable: () => fs.readFileSync(path.join(projectFolder, 'data', 'kubernetes', 'types.json'), 'utf8'),
      });
      const findings = checks.run({ tree: state.tree, delivery, kustomizations: state.roots.map((root) => root.folder), yamlFiles: state.yamlFiles, parse: state.parse });
      const { kept } = new Suppressor().apply(findings, ({ problem }) => problem, {
        read: (file) => state.tree.read(file),
        parse: state.parse,
        files: state.yamlFiles,
        isUnchecked: () => false,
      });
      assert.deepEqual(
        kept.map(({ problem }) => `${problem.code} ${problem.location.path}: ${problem.message}`),
        [],
      );
    });
  }

  for (const name of overlaysOf('argocd-kustomize')) {
    it(`argocd-kustomize/${name} renders without a problem`, () => {
      const rendering = render(path.join('argocd-kustomize', name));
      assert.deepEqual(rendering.problems, []);
      assert.ok(rendering.objects.length > 0);
    });
  }

  for (const name of fs.readdirSync(path.join(samples, 'argocd-branches', 'deploy', 'overlays'))) {
    it(`argocd-branches/${name} renders without a problem`, () => {
      const rendering = render(path.join('argocd-branches', 'deploy', 'overlays', name));
      assert.deepEqual(rendering.problems, []);
      assert.ok(rendering.objects.length > 0);
    });
  }

  for (const name of fs.readdirSync(path.join(samples, 'broken'))) {
    it(`broken/${name} is reported at the line to mend`, () => {
      const folder = path.join(samples, 'broken', name);
      const expected = JSON.parse(fs.readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Expected;
      const rendering = render(path.join('broken', name));
      const found = rendering.problems.map(({ code, severity, location }) => ({
        code,
        severity,
        file: relativePath(normalizePath(folder), location.path),
        line: location.range.start.line + 1,
      }));
      assert.deepEqual({ builds: rendering.ok, problems: found }, expected);
    });
  }
});

function overlaysOf(sample: string): readonly string[] {
  return [
    'bootstrap',
    ...fs
      .readdirSync(path.join(samples, sample, 'apps'))
      .flatMap((app) => fs.readdirSync(path.join(samples, sample, 'apps', app, 'overlays')).map((overlay) => `apps/${app}/overlays/${overlay}`)),
  ];
}

function render(folder: string): Rendering {
  return buildKustomization({
    tree: new FolderTree(),
    folder: normalizePath(path.join(samples, folder)),
    options: { loadRestrictor: 'rootOnly', enableHelm: false },
    cache: new BuildCache(),
  });
}

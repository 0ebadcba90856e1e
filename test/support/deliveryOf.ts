/** How the workspace of a fixture is delivered, for tests of what stands on that. */
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import type { FileTree } from '../../src/core/base/fileTree.js';
import { joinPath, parentPath } from '../../src/core/base/path.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { kustomizationFileNames } from '../../src/core/kustomize/target.js';
import { Delivery, type DeliveryState } from '../../src/services/delivery.js';
import { RootNamer } from '../../src/services/kustomizationRoots.js';
import { Renderings } from '../../src/services/renderings.js';
import { fixtureRoot, fixtureTree } from './fixture.js';

export interface OpenedDelivery {
  readonly tree: FileTree;
  readonly renderings: Renderings;
  readonly delivery: DeliveryState;
  /** Folders with a kustomization, absolute. */
  readonly kustomizations: readonly string[];
  readonly yamlFiles: readonly string[];
}

/** Finds the environments of a fixture (`#- path` lines) whose files stand below {@link fixtureRoot}. */
export function deliveryOf(fixture: string): OpenedDelivery {
  return deliveryOfTree(fixtureTree(fixture), fixtureRoot);
}

/** The same for a tree whose workspace folder is `folder`. */
export function deliveryOfTree(tree: FileTree, folder: string): OpenedDelivery {
  const renderings = new Renderings({ build: { loadRestrictor: 'rootOnly', enableHelm: false, renderChart: chartRenderer(chartTools) }, now: () => 0 });
  const files = [...listFiles(tree, folder)];
  const kustomizationFiles = files.filter((path) => (kustomizationFileNames as readonly string[]).includes(path.slice(path.lastIndexOf('/') + 1)));
  const { facts } = new RootNamer().name(
    kustomizationFiles.map((file) => ({ file, folder: parentPath(file), node: renderings.parse(file, tree)?.documents[0]?.root })),
    [folder],
  );
  const yamlFiles = files.filter((path) => /\.ya?ml$/.test(path));
  const charts = files.filter((path) => path.endsWith('/Chart.yaml')).map(parentPath);
  const delivery = new Delivery(renderings, () => 0).at({ tree, folders: [folder], kustomizations: facts, charts, yamlFiles });
  return { tree, renderings, delivery, kustomizations: kustomizationFiles.map(parentPath), yamlFiles };
}

function* listFiles(tree: FileTree, folder: string): Generator<string> {
  for (const name of tree.list(folder)) {
    const path = joinPath(folder, name);
    if (tree.kind(path) === 'directory') {
      if (name !== '.git') yield* listFiles(tree, path);
    } else yield path;
  }
}

/** The picture of how commits reach environments, with places that the editor can open. */
import { joinPath } from '../../core/base/path.js';
import type { Place } from '../../core/base/problem.js';
import { findImages } from '../../core/gitops/environmentImages.js';
import type { EnvironmentSource } from '../../core/gitops/delivery.js';
import { readPipelines } from '../../core/gitops/pipelines/readPipelines.js';
import { describeTopology } from '../../core/gitops/topology.js';
import type { Topology } from '../deliveryProtocol.js';
import type { FileLabel } from '../fileLabels.js';
import { kustomizationFileOf } from '../kustomizationFile.js';
import type { Model } from '../model.js';
import { toPlace } from './summaries.js';

/** Draws it from the files as they are now. */
export function drawTopology(model: Model, label: FileLabel): Topology {
  const { tree, workspaceFolders, delivery } = model;
  const { objects, repositories } = delivery.model;
  const roots = [...repositories.map(({ top }) => top), ...workspaceFolders];
  const { nodes, edges } = describeTopology({
    model: delivery.model,
    pipelines: readPipelines({ tree, roots, repositories, objects, parse: (path) => model.parse(path) }),
    tree,
    folders: workspaceFolders,
    imagesOf: (environment) => findImages(delivery.render(environment).rendering),
    filesOf: (environment) => delivery.render(environment).rendering.dependencies,
    placeOf: (source) => placeOfSource(source, model),
  });
  return { nodes: nodes.map((node) => ({ ...node, place: node.place && toPlace(node.place, label) })), edges };
}

function placeOfSource({ folder, renderer }: EnvironmentSource, { tree }: Model): Place | undefined {
  if (folder === undefined) return undefined;
  const path = renderer === 'helm' ? joinPath(folder, 'Chart.yaml') : kustomizationFileOf(tree, folder);
  const source = path === undefined ? undefined : tree.read(path);
  return source && { source, start: 0, end: 0 };
}

/** Renders a folder with the renderer that fits what is in it: a kustomization, a chart, or plain manifests. */
import { joinPath } from '../core/base/path.js';
import { buildKustomization, type BuildRequest } from '../core/kustomize/build.js';
import { manifestFiles, renderDirectory } from '../core/kustomize/renderDirectory.js';
import type { ChartInputs } from '../core/objects/chartInputs.js';
import type { Rendering } from '../core/objects/rendering.js';
import { kustomizationFileNames } from '../core/kustomize/target.js';

/**
 * The rendering of `request.folder`, or of the chart's archive there; a folder with none of these is refused as kustomize does.
 * @param inputs what a chart is rendered with
 */
export function renderFolder(request: BuildRequest, inputs: ChartInputs): Rendering {
  const { tree, folder, options, fetched } = request;
  const { renderChart, boundary } = options;
  const hasFile = (name: string): boolean => tree.kind(joinPath(folder, name)) === 'file';
  const isArchive = folder.endsWith('.tgz') && tree.kind(folder) === 'file';
  if (renderChart && isArchive) return renderChart({ tree, path: folder, inputs, ...(boundary && { boundary }), ...(fetched && { fetched }) });
  if (tree.kind(folder) !== 'directory' || kustomizationFileNames.some(hasFile)) return buildKustomization(request);
  if (renderChart && hasFile('Chart.yaml')) return renderChart({ tree, path: folder, inputs, ...(boundary && { boundary }), ...(fetched && { fetched }) });
  return manifestFiles(tree, folder).length > 0 ? renderDirectory(request) : buildKustomization(request);
}

/** Renders a folder with the renderer that fits what is in it: a kustomization, a chart, or plain manifests. */
import { joinPath } from '../core/base/path.js';
import type { Problem } from '../core/base/problem.js';
import { SourceText } from '../core/base/source.js';
import { buildKustomization, type BuildRequest } from '../core/kustomize/build.js';
import { manifestFiles, renderDirectory } from '../core/kustomize/renderDirectory.js';
import type { Rendering } from '../core/objects/rendering.js';
import { kustomizationFileNames } from '../core/kustomize/target.js';

/** The rendering of `request.folder`. A chart is refused with `helm/unsupported`; a folder with none of these as kustomize refuses it. */
export function renderFolder(request: BuildRequest): Rendering {
  const { tree, folder } = request;
  const hasFile = (name: string): boolean => tree.kind(joinPath(folder, name)) === 'file';
  if (tree.kind(folder) !== 'directory' || kustomizationFileNames.some(hasFile)) return buildKustomization(request);
  if (hasFile('Chart.yaml')) return refuseChart(request);
  return manifestFiles(tree, folder).length > 0 ? renderDirectory(request) : buildKustomization(request);
}

function refuseChart({ tree, folder }: BuildRequest): Rendering {
  const path = joinPath(folder, 'Chart.yaml');
  const source = tree.read(path) ?? new SourceText(path, '');
  const problem: Problem = { code: 'helm/unsupported', severity: 'error', message: 'This version renders no Helm charts.', location: source.locate(0, 0) };
  return { folder, ok: false, objects: [], problems: [problem], lacks: [], dependencies: new Set([path]) };
}

/**
 * Charts that declarations take from repositories of charts, as what would have to be fetched: `chart` of an Argo CD source,
 * the HelmRepository or OCIRepository of a Flux HelmRelease.
 */
import type { Place } from '../base/problem.js';
import type { RemoteChart } from '../objects/remoteChart.js';
import { scalarValue } from '../yaml/nodes.js';
import type { ApplicationSource } from './argocd/application.js';
import { mapAt, scalarAt } from './declarations.js';
import type { ReleaseChart } from './flux/planHelmRelease.js';

/** A chart that is somewhere else, and the text that names it. */
export interface DeclaredChart {
  readonly chart: RemoteChart;
  readonly place: Place;
}

/** The chart of a source of an Application; undefined where it is a folder, or says too little. */
export function chartOfSource({ chart, repoURL, targetRevision }: ApplicationSource): DeclaredChart | undefined {
  if (!chart || !repoURL) return undefined;
  // Argo CD names registries without a scheme (util/helm v3.2: HTTP repositories are told by theirs).
  const repository = /^(?:https?|oci):\/\//.test(repoURL.value) ? repoURL.value : `oci://${repoURL.value}`;
  return { chart: { repository, name: chart.value, version: targetRevision?.value ?? '', devel: false }, place: chart };
}

/** The chart of a HelmRelease; undefined where it is a folder of a source, or its source isn't declared here. */
export function chartOfRelease(release: ReleaseChart | undefined): DeclaredChart | undefined {
  if (!release || release.kind === 'folder') return undefined;
  const spec = mapAt(release.source, 'spec');
  const url = scalarAt(spec, 'url')?.value;
  if (url === undefined) return undefined;
  if (release.kind === 'repository') {
    return { chart: { repository: url, name: release.chart.value, version: release.version?.value ?? '', devel: false }, place: release.chart };
  }
  const split = /^(oci:\/\/.+)\/([^/]+)\/*$/.exec(url);
  const ref = mapAt(spec, 'ref');
  const version = scalarAt(ref, 'semver')?.value ?? scalarAt(ref, 'tag')?.value ?? '';
  if (!split || scalarValue(ref?.get('digest')) !== undefined) return undefined;
  const [, repository = '', name = ''] = split;
  return { chart: { repository, name, version, devel: false }, place: release.reference };
}

/** A kustomization that is being built: its file, where it is, and what it inherits from what includes it. */
import { joinPath, normalizePath } from '../base/path.js';
import { Problems, type Place } from '../base/problem.js';
import { SourceText } from '../base/source.js';
import type { Step } from '../yaml/nodes.js';
import type { Build } from './buildState.js';
import { decodeKustomization } from './decode/decodeKustomization.js';
import type { Kustomization, Text } from './kustomization.js';
import type { Loader } from './loader.js';
import type { BuildOrigin } from './resource.js';
import { parseRemoteEntry } from './remote.js';
import { applyOpenApi } from './openApi.js';

/** The names that a kustomization file may have, in the order kustomize looks. */
export const kustomizationFileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

export interface Target {
  readonly loader: Loader;
  readonly kustomization: Kustomization;
  readonly fileName: string;
  readonly origin: OriginPath | undefined;
  /** The namespace of what includes it, for the charts that it inflates. */
  readonly outerNamespace?: Text;
}

/** Where a build is, as `buildMetadata: [originAnnotations]` tells it: followed from the built folder by the entries' texts. */
export class OriginPath {
  constructor(
    readonly path: string,
    readonly repo: string,
    readonly ref: string,
    /** The `buildMetadata` that asks for it. */
    readonly step: Step,
  ) {}

  /** One entry further (kustomize's Origin.Append). */
  append(entry: string): OriginPath {
    const remote = parseRemoteEntry(entry);
    if (remote?.kind === 'repository') return new OriginPath(remote.path ?? '', remote.repository, remote.ref ?? '', this.step);
    return new OriginPath(normalizePath(this.path === '' ? entry : `${this.path}/${entry}`), this.repo, this.ref, this.step);
  }

  asResourceOrigin(): BuildOrigin {
    return { path: this.path, repo: this.repo, ref: this.ref };
  }

  /** For what one of kustomize's own generators or transformers does on behalf of a kustomization file. */
  builtin(fileName: string, kind: string): BuildOrigin {
    return { repo: this.repo, ref: this.ref, configuredIn: this.path === '' ? fileName : joinPath(this.path, fileName), configuredBy: { apiVersion: 'builtin', kind } };
  }
}

/**
 * Reads and decodes the kustomization of a folder; what is wrong with it, its absence too, is reported.
 * @param place what names the folder: reported at where there is no kustomization in it
 */
export function loadTarget(build: Build, loader: Loader, place: Place | undefined, origin: OriginPath | undefined): Target | undefined {
  const paths = kustomizationFileNames.map((name) => joinPath(loader.root, name)).filter((path) => build.tree.kind(path) === 'file');
  const [path, second] = paths;
  const source = path === undefined ? undefined : build.tree.read(path);
  if (path === undefined || !source) {
    const at = place ?? { source: new SourceText(loader.root, ''), start: 0, end: 0 };
    build.problems.error('kustomize/missing-kustomization', `There is no kustomization.yaml in ${loader.root}.`, at);
    return undefined;
  }
  if (second !== undefined) {
    build.problems.error('kustomize/several-kustomizations', `${loader.root} has more than one kustomization file; keep one of them.`, { source, start: 0, end: 0 });
    return undefined;
  }
  const { kustomization, problems } = build.cache.decode(source, (parsed) => {
    const found = new Problems();
    const decoded = decodeKustomization(parsed, found);
    return { kustomization: decoded, problems: found.list };
  });
  build.problems.addAll(problems);
  if (!kustomization || build.problems.hasErrors) return undefined;
  const target: Target = { loader, kustomization, fileName: path.slice(path.lastIndexOf('/') + 1), origin };
  applyOpenApi(build, target);
  return build.problems.hasErrors ? undefined : target;
}

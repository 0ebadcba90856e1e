/**
 * What Argo CD's repo server would do to render one source of an Application, as a plan (Argo CD v3.2.11
 * reposerver/repository GenerateManifests): parameters of `.argocd-source.yaml` merged over the source, the kind of source
 * found out, the Application's options laid over it. Nothing is rendered here, plugins and Jsonnet never are.
 */
import type { FileTree } from '../../base/fileTree.js';
import { joinPath } from '../../base/path.js';
import { Problems, type Place, type Problem } from '../../base/problem.js';
import type { SourceText } from '../../base/source.js';
import { Pair, type MapNode, type YamlNode } from '../../yaml/nodes.js';
import { parseYaml, type ParsedYaml } from '../../yaml/parse.js';
import type { Renderer } from '../delivery.js';
import type { RenderPlan } from '../renderPlan.js';
import { readSource, sourceType, type Application, type ApplicationSource } from './application.js';
import { checkObject, headOf } from './argoType.js';
import { chartInputs, type RefTop } from './chartSource.js';
import { fillNamespaces } from './destinationNamespace.js';
import { listManifests } from './directorySource.js';
import { amendKustomization, changesKustomization } from './kustomizeOverrides.js';
import { buildVariables, type BuildVariables } from './variables.js';

/** Where a source is in the workspace. */
export interface LocatedSource {
  /** The folder of `path`, absolute. */
  readonly folder: string;
  /** The top folder of its repository. */
  readonly top: string;
}

export interface PlanContext {
  /** Reads and looks are the caller's to note: a plan stands on them. */
  readonly tree: FileTree;
  /** Undefined where the source's repository isn't open here. A source that only has a `ref` is located by its repository alone. */
  readonly locate: (source: ApplicationSource) => LocatedSource | undefined;
  /** The parsed form of a text; kept by the caller. */
  readonly parse?: (source: SourceText) => ParsedYaml;
  /** The commit that the source is rendered at, for fields that ask for it. */
  readonly revisionOf?: (source: ApplicationSource) => string | undefined;
}

export interface SourcePlan {
  /** Undefined where the source can't be rendered here, which `problems` tell; and for a source that only lends its files. */
  readonly plan: RenderPlan | undefined;
  /** The source with the repository's own parameters merged over it. */
  readonly source: ApplicationSource;
  readonly problems: readonly Problem[];
  /** True for a source that others refer to and that renders nothing itself. */
  readonly isReferenceOnly: boolean;
}

/** The plan for one of an Application's sources. */
export function planArgoSource(application: Application, sourceIndex: number, context: PlanContext): SourcePlan | undefined {
  const declared = application.sources[sourceIndex];
  return declared && new Planner(application, context).plan(declared);
}

class Planner {
  readonly #problems = new Problems();
  readonly #application: Application;
  readonly #context: PlanContext;
  /** The files in the repository whose parameters were merged over the source. */
  readonly #parameterFiles = new Set<SourceText>();

  constructor(application: Application, context: PlanContext) {
    this.#application = application;
    this.#context = context;
  }

  plan(declared: ApplicationSource): SourcePlan {
    const isReferenceOnly = declared.ref !== undefined && declared.path === undefined && declared.chart === undefined;
    const planned = isReferenceOnly ? undefined : this.#planRendering(declared);
    return { plan: this.#problems.hasErrors ? undefined : planned?.plan, source: planned?.source ?? declared, problems: this.#problems.list, isReferenceOnly };
  }

  #planRendering(declared: ApplicationSource): { readonly plan: RenderPlan | undefined; readonly source: ApplicationSource } | undefined {
    const located = this.#context.locate(declared);
    if (declared.chart && !located) {
      this.#problems.error(
        'argocd/chart-not-fetched',
        `The chart ${declared.chart.value} comes from a chart repository and is not fetched; what it renders to is unknown.`,
        declared.chart,
      );
      return undefined;
    }
    if (!located) {
      this.#problems.error(
        'argocd/source-not-fetched',
        `The repository ${declared.repoURL?.value ?? ''} is not open here; open it to see what this source renders to.`,
        placeOf(declared),
      );
      return undefined;
    }
    if (this.#context.tree.kind(located.folder) !== 'directory') {
      this.#problems.error('argocd/missing-source-path', `There is no folder ${declared.path?.value ?? '.'} in the repository.`, declared.path ?? placeOf(declared));
      return undefined;
    }
    const source = this.#mergeParameters(declared, located);
    return { plan: this.#planFolder(source, located), source };
  }

  #planFolder(source: ApplicationSource, located: LocatedSource): RenderPlan | undefined {
    const renderer = this.#typeOf(source, located.folder);
    if (!renderer) return undefined;
    const { namespace } = this.#application.destination;
    const variables = this.#variablesOf(source);
    const common = { folder: located.folder, renderer, finish: namespace ? [fillNamespaces(namespace)] : [] };
    switch (renderer) {
      case 'kustomize': {
        const options = source.kustomize;
        if (!options || !changesKustomization(options)) return common;
        const wayOf = (text: Place): string => (this.#parameterFiles.has(text.source) ? 'kustomize' : `${source.field}.kustomize`);
        return { ...common, amend: amendKustomization(options, { wayOf, variables, top: located.top }) };
      }
      case 'helm':
        return { ...common, chart: this.#chartOf(source, located, variables) };
      case 'directory':
        return { ...common, directory: { files: this.#filesOf(source, located.folder) } };
      case 'unsupported':
        return undefined;
    }
  }

  #chartOf(source: ApplicationSource, { folder, top }: LocatedSource, variables: BuildVariables): RenderPlan['chart'] & object {
    const { name, destination, hasSourceList, sources } = this.#application;
    const { tree, locate } = this.#context;
    const topOfRef = (wanted: string): RefTop => {
      const referred = sources.find(({ ref }) => ref?.value === wanted);
      const found = referred && locate(referred);
      return found ? { kind: 'here', top: found.top } : { kind: referred ? 'elsewhere' : 'unknown' };
    };
    return chartInputs(source.helm, {
      tree,
      problems: this.#problems,
      folder,
      top,
      appName: name,
      namespace: destination.namespace?.value ?? '',
      variables,
      way: `${source.field}.helm`,
      topOfRef: hasSourceList ? topOfRef : undefined,
    });
  }

  #filesOf(source: ApplicationSource, folder: string): readonly string[] {
    const jsonnet = source.directory?.jsonnet;
    if (jsonnet && jsonnet.pairs.length > 0) {
      this.#problems.warning('argocd/jsonnet-unsupported', 'Jsonnet is not supported here; files of plain YAML and JSON are rendered.', headOf(jsonnet));
    }
    return listManifests(this.#context.tree, folder, source.directory, this.#problems, this.#context.parse ?? parseYaml);
  }

  #variablesOf(source: ApplicationSource): BuildVariables {
    const { name, destination, project } = this.#application;
    return buildVariables({
      appName: name,
      namespace: destination.namespace?.value ?? '',
      project: project?.value ?? 'default',
      repoURL: source.repoURL?.value ?? '',
      path: source.path?.value ?? '',
      targetRevision: source.targetRevision?.value ?? '',
      revision: this.#context.revisionOf?.(source),
    });
  }

  /** The kind that the source says it is, else by the files in the folder; two at once are refused. */
  #typeOf(source: ApplicationSource, folder: string): Renderer | undefined {
    const isSingle = source.field === 'spec.source';
    const explicit = (['kustomize', 'helm', 'directory', 'plugin'] as const).flatMap((type) => {
      const node = source.node.get(type);
      // A single source's options that say nothing are taken away beforehand (util/argo/argo.go NormalizeSource).
      return node === undefined || (isSingle && isEmptyOptions(node)) ? [] : [{ type, node }];
    });
    const [first, second] = explicit;
    if (second) {
      this.#problems.error(
        'argocd/several-source-types',
        `A source has one kind; this one has ${explicit.map(({ type }) => type).join(' and ')}, which Argo CD refuses.`,
        headOf(second.node),
      );
      return undefined;
    }
    if (first?.type === 'plugin') {
      this.#problems.error('argocd/plugin-unsupported', 'Plugins are not run here; what this source renders to is unknown.', headOf(first.node));
      return undefined;
    }
    return first ? first.type : discoverType(this.#context.tree, folder);
  }

  /** The source with `.argocd-source.yaml` and `.argocd-source-<app>.yaml` merged over it; where it comes from stays as it is. */
  #mergeParameters(declared: ApplicationSource, { folder }: LocatedSource): ApplicationSource {
    let { node } = declared;
    for (const file of ['.argocd-source.yaml', `.argocd-source-${this.#application.name}.yaml`]) {
      const text = this.#context.tree.read(joinPath(folder, file));
      const parsed = text && (this.#context.parse ?? parseYaml)(text);
      if (!parsed) continue;
      this.#problems.addAll(parsed.problems);
      const root = parsed.documents.find((document) => document.root)?.root;
      if (root === undefined) continue;
      if (root.kind !== 'map') {
        this.#problems.error('argocd/wrong-type', 'Parameters of a source must be a map with fields of spec.source.', headOf(root));
        continue;
      }
      this.#parameterFiles.add(root.source);
      const merged = mergePatch(node, root);
      const checking = {
        problems: this.#problems,
        readingOf: (each: { readonly source: SourceText }) => (each.source === root.source ? ('yaml11' as const) : ('tagged' as const)),
      };
      node = keepPlace(checkObject(merged, sourceType, declared.field, checking), declared.node);
    }
    return node === declared.node ? declared : readSource(node, declared.field);
  }
}

/**
 * Maps are merged, all else takes the place of what was there. A null takes away inside of valuesObject alone: elsewhere
 * Argo CD decodes what is left over what was there before, and so keeps it.
 */
function mergePatch(target: MapNode, patch: MapNode, isValues = false): MapNode {
  let result = target;
  for (const { key, value } of patch.pairs) {
    const before = result.get(key.value);
    if (value.kind === 'scalar' && value.tag === '!!null') result = isValues ? result.without(key.value) : result;
    else if (value.kind !== 'map') result = result.with(key.value, value, key);
    else result = result.with(key.value, mergePatch(before?.kind === 'map' ? before : value.withPairs([]), value, isValues || key.value === 'valuesObject'), key);
  }
  return result;
}

/** Chart, path, URL and revision are never changed by the repository. */
function keepPlace(merged: MapNode, declared: MapNode): MapNode {
  const kept = new Set(['chart', 'path', 'repoURL', 'targetRevision']);
  return merged.withPairs([
    ...declared.pairs.filter(({ key }) => kept.has(key.value)),
    ...merged.pairs.filter(({ key }) => !kept.has(key.value)).map((pair) => new Pair(pair.key, pair.value)),
  ]);
}

/** A kustomization file makes it Kustomize, also beside a Chart.yaml; a file whose name ends with that makes it Helm. */
export function discoverType(tree: FileTree, folder: string): Renderer {
  const files = tree.list(folder).filter((name) => tree.kind(joinPath(folder, `./${name}`)) === 'file');
  const last = files.filter((name) => name.endsWith('Chart.yaml') || kustomizationNames.has(name)).at(-1);
  if (last === undefined) return 'directory';
  return kustomizationNames.has(last) ? 'kustomize' : 'helm';
}

const kustomizationNames: ReadonlySet<string> = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);

function isEmptyOptions(node: YamlNode): boolean {
  if (node.kind === 'scalar') return node.tag === '!!null' || node.value === '' || node.value === 'false';
  return node.kind === 'map' ? node.pairs.every(({ value }) => isEmptyOptions(value)) : node.items.length === 0;
}

function placeOf(source: ApplicationSource): Place {
  return source.repoURL ?? headOf(source.node);
}

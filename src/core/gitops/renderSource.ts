/**
 * Carries out a render plan: the one door for every kind of source. What a renderer gives is handed on as it is where
 * the operator does nothing to it afterwards, so that environments without inputs share their folder's rendering.
 */
import type { EntryKind, FileTree } from '../base/fileTree.js';
import { baseName, joinPath, parentPath } from '../base/path.js';
import { Problems, type Problem } from '../base/problem.js';
import { SourceText } from '../base/source.js';
import type { RenderedObject, Rendering } from '../objects/rendering.js';
import { buildKustomization, type BuildCache, type BuildOptions, type BuildRequest } from '../kustomize/build.js';
import { renderDirectory } from '../kustomize/renderDirectory.js';
import { idOfObject } from '../objects/objectId.js';
import type { FinishStep, RenderPlan } from './renderPlan.js';

/** What a render stands on besides its plan. */
export interface RenderWith {
  readonly tree: FileTree;
  readonly cache: BuildCache;
  readonly options: BuildOptions;
  readonly fetched?: BuildRequest['fetched'];
}

/** Renders one source as planned. Never throws for what a user wrote. */
export function renderSource(plan: RenderPlan, given: RenderWith): Rendering {
  const built = build(plan, given);
  return plan.finish.length === 0 || !built.ok ? built : finish(built, plan.finish, given.cache);
}

/** Renders several sources of one environment: their objects one after the other; where one fails there is no output. */
export function renderSources(plans: readonly RenderPlan[], given: RenderWith): Rendering {
  const renderings = plans.map((plan) => renderSource(plan, given));
  const [only, second] = renderings;
  return only && !second ? only : joinRenderings(renderings);
}

/** True for a plan that renders a kustomization with nothing laid over it: `kustomize build` of its folder. */
export function isPlainKustomization({ renderer, amend, extraFiles, options, finish }: RenderPlan): boolean {
  return renderer === 'kustomize' && !amend && !extraFiles && !options && finish.length === 0;
}

/** What this engine can't do with a chart. */
const chartStates: ReadonlySet<string> = new Set(['helm/chart-unsupported', 'helm/template-unsupported', 'helm/schema-unsupported']);

/** True for what tells of an environment that it isn't rendered here, which is a state of it and no finding in a file. */
export function tellsState({ code }: Problem): boolean {
  return code === 'gitops/source-not-fetched' || code === 'gitops/chart-not-fetched' || code === 'gitops/source-unsupported' || chartStates.has(code);
}

/** False for states that nobody can do something about at the place that they are told of; a chart that could be fetched is told there. */
export function isFinding(problem: Problem): boolean {
  return problem.code === 'gitops/chart-not-fetched' || !tellsState(problem);
}

/** A rendering without output, for what this engine doesn't render: it says so, and where. */
export function declineRendering(folder: string, code: string, message: string, path: string): Rendering {
  const problems = new Problems();
  problems.info(code, message, { source: new SourceText(path, ''), start: 0, end: 0 });
  return { folder, ok: false, objects: [], problems: problems.list, lacks: [], dependencies: new Set([path]) };
}

function build(plan: RenderPlan, { tree, cache, options, fetched }: RenderWith): Rendering {
  const { folder } = plan;
  switch (plan.renderer) {
    case 'kustomize':
      return buildKustomization({
        tree: plan.extraFiles ? new LaidOverTree(tree, plan.extraFiles) : tree,
        folder,
        options: plan.options ? { ...options, ...plan.options } : options,
        cache,
        ...(fetched && { fetched }),
        ...(plan.amend && { amend: plan.amend }),
      });
    case 'directory':
      return renderDirectory({ tree, folder, cache, ...(plan.directory?.files && { files: plan.directory.files }) });
    case 'helm': {
      const { renderChart } = options;
      const boundary = plan.fetchedTo === undefined ? options.boundary : options.boundary && [...options.boundary, plan.fetchedTo];
      if (renderChart && plan.chart) {
        const rendering = renderChart({ tree, path: folder, inputs: plan.chart, buildsDependencies: true, ...(boundary && { boundary }), ...(fetched && { fetched }) });
        return rendering.ok
          ? rendering
          : { ...rendering, problems: rendering.problems.map((problem) => (chartStates.has(problem.code) ? { ...problem, severity: 'info' } : problem)) };
      }
      return declineRendering(folder, 'helm/chart-unsupported', 'Charts are not rendered here: what depends on the rendered chart is not checked.', joinPath(folder, 'Chart.yaml'));
    }
    case 'unsupported':
      return declineRendering(folder, 'gitops/source-unsupported', 'This engine runs no plugins and no Jsonnet: what depends on the rendered objects is not checked.', folder);
  }
}

function finish(built: Rendering, steps: readonly FinishStep[], cache: BuildCache): Rendering {
  const problems = new Problems();
  problems.addAll(built.problems);
  let roots = built.objects.map(({ root }) => root);
  for (const step of steps) {
    roots = [...step(roots, { problems, cache })];
    if (problems.hasErrors) return { ...built, ok: false, objects: [], problems: problems.list };
  }
  // Where nothing was changed the text stays as its renderer wrote it.
  if (built.objects.length === roots.length && built.objects.every(({ root }, index) => root === roots[index])) return { ...built, problems: problems.list };
  const known = new Map(built.objects.map((object) => [object.root, object]));
  const objects: RenderedObject[] = [];
  let line = 0;
  for (const root of roots) {
    const before = known.get(root);
    const printed = before?.printed ?? cache.print(root);
    if ('message' in printed) {
      problems.error('kustomize/unprintable', printed.message, printed.node);
      continue;
    }
    objects.push(before?.firstLine === line ? before : { id: before?.id ?? idOfObject(root), root, printed, firstLine: line });
    line += printed.lines.length + 1;
  }
  const { text: _, ...changed } = built;
  return problems.hasErrors ? { ...changed, ok: false, objects: [], problems: problems.list } : { ...changed, objects, problems: problems.list };
}

function joinRenderings(renderings: readonly Rendering[]): Rendering {
  const ok = renderings.length > 0 && renderings.every((rendering) => rendering.ok);
  const objects: RenderedObject[] = [];
  let line = 0;
  for (const object of ok ? renderings.flatMap((rendering) => rendering.objects) : []) {
    objects.push({ ...object, firstLine: line });
    line += object.printed.lines.length + 1;
  }
  return {
    folder: renderings[0]?.folder ?? '/',
    ok,
    objects,
    problems: renderings.flatMap(({ problems }) => problems),
    lacks: renderings.flatMap(({ lacks }) => lacks),
    dependencies: new Set(renderings.flatMap(({ dependencies }) => [...dependencies])),
  };
}

/** A tree with some files more, or other ones than there are. */
class LaidOverTree implements FileTree {
  readonly #files: ReadonlyMap<string, SourceText>;

  constructor(
    private readonly tree: FileTree,
    files: readonly SourceText[],
  ) {
    this.#files = new Map(files.map((source) => [source.path, source]));
  }

  kind(path: string): EntryKind {
    return this.#files.has(path) ? 'file' : this.tree.kind(path);
  }

  read(path: string): SourceText | undefined {
    return this.#files.get(path) ?? this.tree.read(path);
  }

  readBytes(path: string): Uint8Array | undefined {
    const source = this.#files.get(path);
    return source ? new TextEncoder().encode(source.text) : this.tree.readBytes(path);
  }

  list(path: string): readonly string[] {
    const names = this.tree.list(path);
    const more = [...this.#files.keys()].filter((file) => parentPath(file) === path && !names.includes(baseName(file))).map(baseName);
    return more.length === 0 ? names : [...names, ...more].sort();
  }

  realPath(path: string): string {
    return this.#files.has(path) ? path : this.tree.realPath(path);
  }
}

/**
 * How the workspace is delivered, kept up with its changes: which environments there are, and what each renders to as
 * its operator would render it. An edit that touches no declaration leaves the environments as they are, the same
 * objects; renderings are kept as long as what they were made of stays the same.
 */
import type { FileTree } from '../core/base/fileTree.js';
import { NotedTree } from '../core/base/notedTree.js';
import { baseName, isInside, joinPath } from '../core/base/path.js';
import type { Place, Problem } from '../core/base/problem.js';
import { expandApplicationSet } from '../core/gitops/argocd/applicationSet/expandApplicationSet.js';
import { readPullRequestSource, type PullRequestSource } from '../core/gitops/argocd/applicationSet/pullRequestSource.js';
import { renderGoTemplate } from '../core/gitops/argocd/applicationSet/goTemplates.js';
import { isArgoSecret, mayHoldDeliveryObjects, type LookUp } from '../core/gitops/declarations.js';
import type { DeliveryModel, DeliveryObject, Environment, EnvironmentSource, Repository } from '../core/gitops/delivery.js';
import type { SubstitutionStandIn } from '../core/gitops/flux/substitution/substituteObjects.js';
import type { Variables } from '../core/gitops/flux/substitution/variables.js';
import { findDelivery, type ChartFacts, type ExpandSet, type KustomizationFacts } from '../core/gitops/findDelivery.js';
import { planEnvironment, type EnvironmentPlan } from '../core/gitops/planEnvironment.js';
import { findSourceFolder } from '../core/gitops/matchRepository.js';
import { findRepositoryTop, readRepository } from '../core/gitops/readRepository.js';
import { declineRendering, isPlainKustomization, renderSource, renderSources } from '../core/gitops/renderSource.js';
import type { RenderPlan } from '../core/gitops/renderPlan.js';
import { mergeSettings, noSettings, readWorkspaceSettings, settingsFileName, type WorkspaceSettings } from '../core/gitops/settings.js';
import { defaultRuleSettings } from '../core/rules/settings.js';
import type { Rendering } from '../core/objects/rendering.js';
import { areSameReadings } from '../core/yaml/equal.js';
import { scalarValue, type MapNode, type YamlNode } from '../core/yaml/nodes.js';
import type { ParsedYaml } from '../core/yaml/parse.js';
import { ChartLook } from './chartLook.js';
import { DataObjects, mayHoldData } from './dataObjects.js';
import { RenderingMemo, type TimedRendering } from './renderingMemo.js';
import type { Renderings } from './renderings.js';

/** What delivery is found in. */
export interface DeliveryPlaces {
  readonly tree: FileTree;
  readonly folders: readonly string[];
  readonly kustomizations: readonly KustomizationFacts[];
  /** Folders with a chart. */
  readonly charts: readonly string[];
  readonly yamlFiles: readonly string[];
}

export interface DeliveryState {
  readonly model: DeliveryModel;
  readonly settings: WorkspaceSettings;
  /** What generators would ask forges about pull requests, each once. */
  readonly pullRequestSources: readonly PullRequestSource[];
  /** Renders an environment as its operator would; the same object as long as nothing that it is made of changes. */
  readonly render: (environment: Environment) => TimedRendering;
  /** How an environment's sources are rendered, one plan each. */
  readonly plansOf: (environment: Environment) => readonly RenderPlan[];
  /** The variables of an environment that only its cluster knows. */
  readonly standInsOf: (environment: Environment) => readonly SubstitutionStandIn[];
  /** What Flux substitutes in an environment's objects; undefined where nothing. */
  readonly variablesOf: (environment: Environment) => Variables | undefined;
  /** The parsed form of a file; undefined where there is none. */
  readonly parse: (path: string) => ParsedYaml | undefined;
  /** The environments whose latest rendering read `path` or looked for it. */
  readonly usersOf: (path: string) => readonly Environment[];
  /** The same as long as `usersOf` answers the same for every path; each rendering that is made may lead to another one. */
  readonly usersStamp: () => object;
}

/** A file's text and, where it holds declarations, what was read from it. */
interface Scanned {
  readonly text: string;
  readonly parsed: ParsedYaml | undefined;
}

/** A plan with what it was made of. */
interface KeptPlan {
  readonly environment: Environment;
  readonly settings: WorkspaceSettings;
  readonly repositories: readonly Repository[];
  readonly plan: EnvironmentPlan;
  readonly noted: NotedTree;
  /** What was looked up, and found. */
  readonly lookedUp: readonly { readonly kind: string; readonly namespace: string; readonly name: string; readonly found: MapNode | undefined }[];
  /** Charts that were asked for, and where they were fetched to. */
  readonly charts: readonly { readonly spec: string; readonly path: string | undefined }[];
}

interface Wanted {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object that an environment's plan looked up, and what was found. */
interface DataUse extends Wanted {
  readonly environment: Environment;
  readonly found: MapNode | undefined;
}

export class Delivery {
  readonly #renderings: Renderings;
  readonly #memo: RenderingMemo;
  readonly #plans = new Map<string, KeptPlan>();
  /** The folders of environments that share the rendering of their folder. */
  readonly #plainFolders = new Map<string, string>();
  /** Another one whenever one of them changes. */
  #plainStamp: object = {};
  #usersStamp: { readonly parts: readonly object[] } | undefined;
  readonly #data: DataObjects;
  readonly #charts = new ChartLook();
  readonly #scanned = new Map<string, Scanned>();
  readonly #settingsTexts = new Map<string, { readonly text: string; readonly read: ReturnType<typeof readWorkspaceSettings> }>();
  /** What finding the environments read or looked for, besides what has changes of its own. */
  #noted: NotedTree | undefined;
  /** The environments that hold declarations, as they were found. */
  #holders = new Map<string, Environment>();
  /** Those whose plan is being made. */
  readonly #planning = new Set<string>();
  /** What generators ask forges, by their keys. */
  #pullRequestSources = new Map<string, PullRequestSource>();
  /** ConfigMaps and Secrets that went into declarations. */
  #dataUsed: readonly DataUse[] = [];
  #editorSettings: WorkspaceSettings = noSettings;
  #manifests: readonly ParsedYaml[] = [];
  #model: DeliveryModel | undefined;
  /** True once something changed that the model stands on. */
  #isStale = false;
  #modelOf: Pick<DeliveryPlaces, 'kustomizations' | 'charts' | 'yamlFiles' | 'folders'> | undefined;
  #settings: WorkspaceSettings = noSettings;
  #mergedSettings: { readonly inputs: readonly WorkspaceSettings[]; readonly settings: WorkspaceSettings } | undefined;
  #repositories: readonly Repository[] = [];
  #stamp: unknown;

  constructor(renderings: Renderings, now: () => number) {
    this.#renderings = renderings;
    this.#memo = new RenderingMemo(now);
    this.#data = new DataObjects((path, tree) => renderings.parse(path, tree));
  }

  /** What the editor's settings say; the workspace's own file goes before it. */
  get editorSettings(): WorkspaceSettings {
    return this.#editorSettings;
  }

  setEditorSettings(settings: WorkspaceSettings): void {
    this.#editorSettings = settings;
    this.#isStale = true;
  }

  /** Takes in that these files changed: the environments are found anew only where one of them has to do with that. */
  noteChanges(tree: FileTree, paths: readonly string[]): void {
    for (const path of paths) if (this.#isInput(tree, path)) this.#isStale = true;
  }

  #isInput(tree: FileTree, path: string): boolean {
    const name = baseName(path);
    if (name === settingsFileName || name === 'Chart.yaml' || this.#noted?.isConcernedBy(tree, path)) return true;
    // A template of a chart that names no kind of ours so far; those that do are noted.
    if (!isYaml(path)) return path.includes('/templates/') && mayHoldDeliveryObjects(tree.read(path)?.text ?? '');
    const before = this.#scanned.get(path);
    const text = tree.read(path)?.text;
    if (mayHoldData(text ?? '') !== mayHoldData(before?.text ?? '')) return true;
    return (before?.parsed !== undefined || (text !== undefined && mayHoldDeliveryObjects(text))) && before?.text !== text;
  }

  /** The state in which the workspace is. */
  at(places: DeliveryPlaces): DeliveryState {
    const model = this.#find(places);
    return {
      model,
      settings: this.#settings,
      pullRequestSources: [...this.#pullRequestSources.values()],
      render: (environment) => this.#render(environment, places, (kind, namespace, name) => findObject(model, kind, namespace, name)),
      plansOf: (environment) => this.#plan(environment, places, (kind, namespace, name) => findObject(model, kind, namespace, name)).plan.plans,
      standInsOf: (environment) => this.#standInsOf(environment, places, (kind, namespace, name) => findObject(model, kind, namespace, name)),
      variablesOf: (environment) => this.#plan(environment, places, (kind, namespace, name) => findObject(model, kind, namespace, name)).plan.variables,
      parse: (path) => this.#renderings.parse(path, places.tree),
      usersOf: (path) => {
        const own = this.#memo.usersOf(path);
        const folders = this.#renderings.usersOf(path);
        if (own.size === 0 && folders.size === 0) return [];
        return model.environments.filter(({ id }) => own.has(id) || folders.has(this.#plainFolders.get(id) ?? ''));
      },
      usersStamp: () => this.#usersStampOf(model),
    };
  }

  #usersStampOf(model: DeliveryModel): object {
    const parts = [this.#memo.usersStamp, this.#renderings.usersStamp, this.#plainStamp, model];
    const known = this.#usersStamp;
    if (known && parts.every((part, index) => part === known.parts[index])) return known;
    return (this.#usersStamp = { parts });
  }

  #find(places: DeliveryPlaces): DeliveryModel {
    const { tree, folders, kustomizations, charts, yamlFiles } = places;
    const of = this.#modelOf;
    const isSame = of?.folders === folders && of.kustomizations === kustomizations && of.charts === charts && of.yamlFiles === yamlFiles;
    if (this.#model && !this.#isStale && isSame && this.#stamp === this.#renderings.generation && this.#isDataSame(places, this.#model)) return this.#model;
    this.#scan(places);
    const settings = this.#readSettings(tree, folders);
    const observed = new NotedTree(tree);
    const repositories = findRepositories(observed, folders);
    // The same list for the same repositories: plans stand on it.
    if (JSON.stringify(repositories) !== JSON.stringify(this.#repositories)) this.#repositories = repositories;
    this.#settings = settings.settings;
    this.#holders = new Map();
    this.#pullRequestSources = new Map();
    const dataUsed: DataUse[] = [];
    const render = (rendering: Rendering): Rendering => {
      for (const path of rendering.dependencies) if (!observed.read(path) && observed.kind(path) === 'directory') observed.list(path);
      return rendering;
    };
    const found = findDelivery({
      tree: observed,
      textOf: (path) => tree.read(path),
      folders,
      kustomizations,
      charts: charts.map((folder) => this.#readChart(folder, tree)),
      manifests: this.#manifests,
      mayChartHold: (folder) => this.#charts.mayHold(tree, folder),
      repositories: this.#repositories,
      settings: settings.settings,
      render: {
        folder: (folder) => render(this.#renderings.render(folder, tree).rendering),
        environment: (environment, lookUp) => {
          this.#holders.set(environment.id, environment);
          const { rendering } = this.#render(environment, places, lookUp);
          const { noted, lookedUp } = this.#plan(environment, places, lookUp);
          observed.noteAll(noted);
          dataUsed.push(...lookedUp.filter(({ kind }) => isDataKind(kind)).map((look) => ({ environment, ...look })));
          return render(rendering);
        },
      },
      expandSet: (set, objects) => this.#expandSet(set, objects, { tree: observed, folders, settings: settings.settings }),
    });
    this.#noted = observed;
    this.#dataUsed = dataUsed;
    this.#model = keepKnown({ ...found, problems: [...settings.problems, ...found.problems] }, this.#model);
    this.#isStale = false;
    this.#modelOf = { folders, kustomizations, charts, yamlFiles };
    this.#stamp = this.#renderings.generation;
    const ids = new Set(this.#model.environments.map(({ id }) => id));
    this.#memo.keepOnly(ids);
    for (const id of this.#plans.keys()) if (!ids.has(id)) this.#plans.delete(id);
    for (const id of this.#plainFolders.keys()) if (!ids.has(id)) this.#plainFolders.delete(id);
    return this.#model;
  }

  /** Reads files that are new or changed, and parses those that may hold declarations. */
  #scan({ tree, yamlFiles, charts }: DeliveryPlaces): void {
    const present = new Set(yamlFiles);
    for (const path of this.#scanned.keys()) if (!present.has(path)) this.#scanned.delete(path);
    const templates = charts.map((folder) => joinPath(folder, 'templates'));
    for (const path of yamlFiles) {
      const source = tree.read(path);
      if (!source) this.#scanned.delete(path);
      else if (this.#scanned.get(path)?.text !== source.text) {
        const isManifest = mayHoldDeliveryObjects(source.text) && !templates.some((folder) => isInside(path, folder));
        this.#scanned.set(path, { text: source.text, parsed: isManifest ? this.#renderings.parse(path, tree) : undefined });
      }
    }
    this.#data.setFiles(yamlFiles.filter((path) => mayHoldData(this.#scanned.get(path)?.text ?? '')));
    this.#manifests = yamlFiles.flatMap((path) => this.#scanned.get(path)?.parsed ?? []);
  }

  #readSettings(tree: FileTree, folders: readonly string[]): { readonly settings: WorkspaceSettings; readonly problems: readonly Problem[] } {
    const problems: Problem[] = [];
    const read: WorkspaceSettings[] = [];
    for (const folder of folders) {
      const path = joinPath(folder, settingsFileName);
      const parsed = this.#renderings.parse(path, tree);
      if (!parsed) continue;
      const { text } = parsed.source;
      let known = this.#settingsTexts.get(path);
      if (known?.text !== text) this.#settingsTexts.set(path, (known = { text, read: readWorkspaceSettings(parsed) }));
      problems.push(...known.read.problems);
      read.push(known.read.settings);
    }
    // The same object for the same settings: plans and what rules found stand on it.
    const inputs = [this.#editorSettings, ...read];
    const before = this.#mergedSettings;
    const isSame = before?.inputs.length === inputs.length && inputs.every((each, index) => each === before.inputs[index]);
    const settings = isSame ? before.settings : read.reduce((merged, each) => mergeSettings(each, merged), this.#editorSettings);
    this.#mergedSettings = { inputs, settings };
    return { settings, problems };
  }

  #readChart(folder: string, tree: FileTree): ChartFacts {
    const file = joinPath(folder, 'Chart.yaml');
    const root = this.#renderings.parse(file, tree)?.documents[0]?.root;
    const field = (key: string): string | undefined => (root?.kind === 'map' ? scalarValue(root.get(key)) : undefined);
    return { folder, file, isLibrary: field('type') === 'library', name: field('name') };
  }

  #render(environment: Environment, places: DeliveryPlaces, lookUp: LookUp): TimedRendering {
    const { tree } = places;
    const renderings = this.#renderings;
    const kept = this.#plan(environment, places, lookUp);
    const { plan } = kept;
    const [only, second] = plan.plans;
    if (only && !second && plan.problems.length === 0 && isPlainKustomization(only)) {
      this.#setPlainFolder(environment, only.folder);
      return renderings.render(only.folder, tree);
    }
    this.#setPlainFolder(environment, undefined);
    return this.#memo.get(environment.id, tree, [plan, renderings.generation], () => {
      const rendering = renderPlanned(environment, plan, () =>
        renderSources(plan.plans, { tree, cache: renderings.cache, options: renderings.options, ...(renderings.fetched && { fetched: renderings.fetched }) }),
      );
      const data = kept.lookedUp.flatMap(({ kind, found }) => (found && isDataKind(kind) ? [found.source.path] : []));
      return { ...rendering, dependencies: new Set([...rendering.dependencies, ...kept.noted.paths, ...data]) };
    });
  }

  #setPlainFolder({ id }: Environment, folder: string | undefined): void {
    if (this.#plainFolders.get(id) === folder) return;
    this.#plainStamp = {};
    if (folder === undefined) this.#plainFolders.delete(id);
    else this.#plainFolders.set(id, folder);
  }

  /** A ConfigMap or Secret: among what the environment that holds the declaration renders to, else in the nearest file. */
  #findData(environment: Environment, places: DeliveryPlaces, lookUp: LookUp, wanted: Wanted): MapNode | undefined {
    const { declaration } = environment;
    const holder = declaration?.foundIn.kind === 'rendering' ? this.#holders.get(declaration.foundIn.environment) : undefined;
    // One that holds itself, or each other, can't be asked before it is planned.
    const rendered = holder && !this.#planning.has(holder.id) ? this.#render(holder, places, lookUp).rendering.objects : undefined;
    const { kind, namespace, name } = wanted;
    const sibling = rendered?.find(({ id }) => id.kind === kind && id.name === name && (id.namespace === namespace || id.namespace === ''));
    return sibling?.root ?? this.#data.find(places.tree, wanted, declaration?.root.source.path ?? '');
  }

  #isDataSame(places: DeliveryPlaces, model: DeliveryModel): boolean {
    const lookUp: LookUp = (kind, namespace, name) => findObject(model, kind, namespace, name);
    return this.#dataUsed.every(
      ({ environment, kind, namespace, name, found }) => (lookUp(kind, namespace, name) ?? this.#findData(environment, places, lookUp, { kind, namespace, name })) === found,
    );
  }

  #expandSet(
    set: DeliveryObject,
    objects: readonly DeliveryObject[],
    { tree, folders, settings }: Pick<DeliveryPlaces, 'tree' | 'folders'> & { readonly settings: WorkspaceSettings },
  ): ReturnType<ExpandSet> {
    return expandApplicationSet(set, {
      // The revision that is checked out stands for all: what is asked is what the files here will lead to.
      repository: (url) => {
        const found = findSourceFolder(tree, { folders, repositories: this.#repositories }, url, '.');
        return found && { tree, top: found.top };
      },
      clusterSecrets: objects.filter(({ id, root }) => id.kind === 'Secret' && isArgoSecret(root)),
      pullRequests: (generator) => {
        const source = readPullRequestSource(generator);
        if (source) this.#pullRequestSources.set(source.key, source);
        const known = source && settings.forgePullRequests.get(source.key);
        return known ?? (settings.pullRequests.length === 0 ? undefined : settings.pullRequests);
      },
      renderGoTemplate,
      parse: (source) => this.#renderings.cache.parse(source),
    });
  }

  #standInsOf(environment: Environment, places: DeliveryPlaces, lookUp: LookUp): readonly SubstitutionStandIn[] {
    const { plans, findStandIns } = this.#plan(environment, places, lookUp).plan;
    const [plan] = plans;
    if (!plan || !findStandIns) return [];
    const { cache, options, fetched } = this.#renderings;
    const built = renderSource({ ...plan, finish: [] }, { tree: places.tree, cache, options, ...(fetched && { fetched }) });
    return findStandIns(
      built.objects.map(({ root }) => root),
      cache,
    );
  }

  /** The plan of an environment, made anew only where the declaration or something that planning looked at has changed. */
  #plan(environment: Environment, places: DeliveryPlaces, lookUpDeclared: LookUp): KeptPlan {
    const kept = this.#plans.get(environment.id);
    const isNested = this.#planning.has(environment.id);
    this.#planning.add(environment.id);
    const lookUp: LookUp = (kind, namespace, name) =>
      lookUpDeclared(kind, namespace, name) ?? (isDataKind(kind) ? this.#findData(environment, places, lookUpDeclared, { kind, namespace, name }) : undefined);
    const plan = kept && this.#isGoodPlan(kept, environment, places.tree, lookUp) ? kept : this.#makePlan(environment, places, lookUp);
    if (!isNested) this.#planning.delete(environment.id);
    this.#plans.set(environment.id, plan);
    return plan;
  }

  #isGoodPlan({ environment, settings, repositories, noted, lookedUp, charts }: KeptPlan, wanted: Environment, tree: FileTree, lookUp: LookUp): boolean {
    return (
      isPlannedAlike(environment, wanted) &&
      settings === this.#settings &&
      repositories === this.#repositories &&
      noted.isStill(tree) &&
      charts.every(({ spec, path }) => this.#renderings.fetched?.(spec)?.path === path) &&
      lookedUp.every(({ kind, namespace, name, found }) => lookUp(kind, namespace, name) === found)
    );
  }

  #makePlan(environment: Environment, { tree, folders }: DeliveryPlaces, lookUp: LookUp): KeptPlan {
    const noted = new NotedTree(tree);
    const where = { folders, repositories: this.#repositories };
    const lookedUp: KeptPlan['lookedUp'][number][] = [];
    const charts: KeptPlan['charts'][number][] = [];
    const plan = planEnvironment(environment, {
      tree: noted,
      fetched: (spec) => {
        const found = this.#renderings.fetched?.(spec);
        charts.push({ spec, path: found?.path });
        return found;
      },
      locate: (repoURL, path) => findSourceFolder(noted, where, repoURL, path),
      parse: (source) => this.#renderings.cache.parse(source),
      isFluxStrict: this.#settings.fluxStrictSubstitution ?? defaultRuleSettings.fluxStrictSubstitution,
      standInsOf: (kustomization) => this.#settings.standIns.get(kustomization),
      lookUp: (kind, namespace, name) => {
        const found = lookUp(kind, namespace, name);
        lookedUp.push({ kind, namespace, name, found });
        return found;
      },
    });
    return { environment, settings: this.#settings, repositories: this.#repositories, plan, noted, lookedUp, charts };
  }
}

function renderPlanned(environment: Environment, plan: EnvironmentPlan, render: () => Rendering): Rendering {
  const folder = environment.sources[0]?.folder ?? environment.declaredAt.source.path;
  if (plan.lack) {
    const { spec, location } = plan.lack;
    const message = `Its ${spec} was not fetched yet; fetch it to see what it renders to.`;
    const declined = declineRendering(folder, 'gitops/chart-not-fetched', message, location.path);
    const problems = declined.problems.map((problem) => ({ ...problem, location }));
    return withProblems(plan.problems, { ...declined, problems, lacks: [plan.lack] });
  }
  if (plan.elsewhere !== undefined) {
    const message = `Its source is ${plan.elsewhere}, which is not open in this workspace.`;
    return withProblems(plan.problems, declineRendering(folder, 'gitops/source-not-fetched', message, environment.declaredAt.source.path));
  }
  const isRefused = plan.plans.length === 0 || plan.problems.some(({ severity }) => severity === 'error');
  if (isRefused) return { folder, ok: false, objects: [], problems: plan.problems, lacks: [], dependencies: new Set() };
  return withProblems(plan.problems, render());
}

function withProblems(problems: readonly Problem[], rendering: Rendering): Rendering {
  return problems.length === 0 ? rendering : { ...rendering, problems: [...problems, ...rendering.problems] };
}

function findRepositories(tree: FileTree, folders: readonly string[]): readonly Repository[] {
  const tops = new Set(folders.map((folder) => findRepositoryTop(tree, tree.realPath(folder)) ?? folder));
  return [...tops].map((top) => readRepository(tree, top));
}

function findObject({ objects }: DeliveryModel, kind: string, namespace: string, name: string): MapNode | undefined {
  const same = objects.filter(({ id }) => id.kind === kind && id.name === name);
  return (same.find(({ id }) => id.namespace === namespace) ?? same.find(({ id }) => id.namespace === ''))?.root;
}

/** The new model with the environments of the old one wherever they are the same. */
function keepKnown(model: DeliveryModel, before: DeliveryModel | undefined): DeliveryModel {
  const known = new Map(before?.environments.map((environment) => [environment.id, environment]));
  return {
    ...model,
    environments: model.environments.map((environment) => {
      const old = known.get(environment.id);
      return old && isSameEnvironment(old, environment) ? old : environment;
    }),
  };
}

function isSameDeclaration(a: DeliveryObject | undefined, b: DeliveryObject | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && JSON.stringify(placeFound(a)) === JSON.stringify(placeFound(b)) && areSameReadings(a.root, b.root);
}

function placeFound({ foundIn }: DeliveryObject): unknown {
  return foundIn.kind === 'applicationSet' ? [foundIn.set.id, foundIn.pullRequest] : foundIn;
}

function isSameEnvironment(a: Environment, b: Environment): boolean {
  return (
    a.label === b.label &&
    a.app === b.app &&
    a.name === b.name &&
    a.order === b.order &&
    a.isProtected === b.isProtected &&
    isSameDeclaration(a.declaration, b.declaration) &&
    isSameTop(a.declaredAt, b.declaredAt) &&
    areSameSources(a.sources, b.sources)
  );
}

/** True where one plan is good for both. */
function isPlannedAlike(a: Environment, b: Environment): boolean {
  return a === b || (isSameDeclaration(a.declaration, b.declaration) && isSameTop(a.declaredAt, b.declaredAt) && areSameSources(a.sources, b.sources));
}

/** The same place, or the top of a file, whatever its text. */
function isSameTop(a: Place, b: Place): boolean {
  return a.start === b.start && a.end === b.end && (a.source === b.source || (a.end === 0 && a.source.path === b.source.path));
}

function areSameSources(a: readonly EnvironmentSource[], b: readonly EnvironmentSource[]): boolean {
  return (
    a.length === b.length &&
    a.every((source, index) => {
      const other = b[index];
      return (
        source.folder === other?.folder &&
        source.matchedBy === other?.matchedBy &&
        source.renderer === other?.renderer &&
        source.path === other.path &&
        isSameNode(source.pathNode, other.pathNode) &&
        isSameNode(source.repoURL, other.repoURL) &&
        isSameNode(source.revision, other.revision)
      );
    })
  );
}

function isSameNode(a: YamlNode | undefined, b: YamlNode | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && areSameReadings(a, b));
}

/** Kinds that Flux takes values from. */
function isDataKind(kind: string): boolean {
  return kind === 'ConfigMap' || kind === 'Secret';
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

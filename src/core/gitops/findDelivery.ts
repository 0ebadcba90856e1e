/**
 * Finds the environments of a workspace: from the declarations of Argo CD and Flux (in files, in what kustomizations
 * render to, in what other environments render to, and out of ApplicationSets), then by convention from overlay folders
 * and charts that no operator delivers. What it costs is bounded by the declarations: only folders that hold some are
 * rendered for it.
 */
import type { FileTree } from '../base/fileTree.js';
import { baseName, isInside, joinPath, parentPath, relativePath } from '../base/path.js';
import { Problems, type Place, type Problem } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import { idOfObject } from '../objects/objectId.js';
import type { Rendering } from '../objects/rendering.js';
import { areEqual } from '../yaml/equal.js';
import { scalarValue, type MapNode } from '../yaml/nodes.js';
import type { ParsedYaml } from '../yaml/parse.js';
import { isArgoSecret, isDeliveryObject, mapAt, readDeclared, type Declared, type DeclaredSource, type LookUp } from './declarations.js';
import type { DeliveryModel, DeliveryObject, Destination, Environment, EnvironmentSource, FoundIn, Renderer, Repository } from './delivery.js';
import { checkDeclaration } from './checkDeclaration.js';
import { findBootstraps } from './flux/bootstrap.js';
import { findSourceFolder } from './matchRepository.js';
import { arrangeEnvironments, type NamedEnvironment } from './arrangeEnvironments.js';
import { appOfFolderName, environmentOfValuesFile, isAside, isPullRequestName, namesInPath, splitName } from './conventions.js';
import type { EnvironmentSetting, WorkspaceSettings } from './settings.js';

/** A folder with a kustomization, as far as finding environments needs it. */
export interface KustomizationFacts {
  readonly folder: string;
  readonly file: string;
  readonly isComponent: boolean;
  /** Absolute paths of the files and folders that it names. */
  readonly references: readonly string[];
}

/** A folder with a chart. */
export interface ChartFacts {
  readonly folder: string;
  /** Absolute path of its Chart.yaml. */
  readonly file: string;
  readonly isLibrary: boolean;
  /** The chart's name, where it says one. */
  readonly name: string | undefined;
}

/** Renders what delivery asks for; each answer is kept by who gives it. */
export interface DeliveryRenderer {
  /** A kustomization alone. */
  readonly folder: (folder: string) => Rendering;
  /** An environment as its operator would render it. */
  readonly environment: (environment: Environment, lookUp: LookUp) => Rendering;
}

/** What an ApplicationSet generates. */
export type ExpandSet = (set: DeliveryObject, objects: readonly DeliveryObject[]) => { readonly applications: readonly DeliveryObject[]; readonly problems: readonly Problem[] };

export interface DeliveryInput {
  /** What is read and looked for here decides which environments there are. */
  readonly tree: FileTree;
  /** The text of a file for a place in it, whatever it says. */
  readonly textOf: (path: string) => SourceText | undefined;
  /** The workspace's folders, absolute. */
  readonly folders: readonly string[];
  readonly kustomizations: readonly KustomizationFacts[];
  readonly charts: readonly ChartFacts[];
  /** The files that hold delivery objects, parsed; templates of charts are not among them. */
  readonly manifests: readonly ParsedYaml[];
  /** False for the folder of a chart in whose templates, those of its dependencies included, no delivery object can stand. */
  readonly mayChartHold: (folder: string) => boolean;
  readonly repositories: readonly Repository[];
  readonly settings: WorkspaceSettings;
  readonly render: DeliveryRenderer;
  readonly expandSet: ExpandSet;
}

/** How deep an app of apps may hold apps of apps. */
const mostLevels = 12;

/** Declarations that hold each other may lead to ever more of them. */
const mostEnvironments = 8000;

/** Finds everything that is known of how the workspace is delivered. */
export function findDelivery(input: DeliveryInput): DeliveryModel {
  const finder = new DeliveryFinder(input);
  finder.findObjects();
  finder.findByConvention();
  return {
    environments: arrangeEnvironments(finder.environments, input.settings),
    objects: finder.objects,
    repositories: input.repositories,
    problems: finder.problems.list,
  };
}

/** What is found, as it is found: declarations lead to environments, whose renderings hold further declarations. */
class DeliveryFinder {
  readonly problems = new Problems();
  readonly environments: NamedEnvironment[] = [];
  readonly objects: DeliveryObject[] = [];
  readonly #input: DeliveryInput;
  readonly #bearing: ReadonlySet<string>;
  readonly #kustomizations: ReadonlyMap<string, KustomizationFacts>;
  /** What kustomizations name. */
  readonly #named: ReadonlySet<string>;
  readonly #closures = new Map<string, ReadonlySet<string>>();
  readonly #ids = new Set<string>();
  /** Objects by the text they were read from, to know one again that is met twice. */
  readonly #byText = new Map<string, DeliveryObject[]>();

  constructor(input: DeliveryInput) {
    this.#input = input;
    this.#bearing = new Set(input.manifests.map(({ source }) => source.path));
    this.#named = new Set(input.kustomizations.flatMap(({ references }) => references));
    this.#kustomizations = new Map(input.kustomizations.map((facts) => [facts.folder, facts]));
  }

  /** Declarations in files and renderings, level by level. */
  findObjects(): void {
    const first: DeliveryObject[] = [];
    const covered = new Set<string>();
    for (const { folder, isComponent } of this.#input.kustomizations) {
      if (isComponent) continue;
      const held = [...this.#closureOf(folder)].filter((path) => this.#bearing.has(path));
      if (held.length === 0 || this.#named.has(folder)) continue;
      const rendering = this.#input.render.folder(folder);
      // What doesn't render is read as it stands, so that a typing error doesn't empty the tree.
      if (!rendering.ok) continue;
      for (const path of held) covered.add(path);
      first.push(...objectsOf(rendering, { kind: 'rendering', environment: folderId(this.#labelOf(folder)) }));
    }
    for (const parsed of this.#input.manifests) if (!covered.has(parsed.source.path)) first.push(...objectsInFile(parsed));
    this.#follow(first, 0);
  }

  /** Takes objects in, expands sets, makes environments of declarations and follows what those render to. */
  #follow(objects: readonly DeliveryObject[], level: number): void {
    const fresh = objects.filter((object) => this.#isNew(object));
    this.objects.push(...fresh);
    const found: DeliveryObject[] = [];
    for (const object of fresh) this.#check(object);
    for (const set of fresh) {
      if (set.id.group !== 'argoproj.io' || set.id.kind !== 'ApplicationSet') continue;
      const expansion = this.#input.expandSet(set, this.objects);
      this.problems.addAll(expansion.problems);
      found.push(...expansion.applications);
    }
    for (const object of fresh) {
      const declared = readDeclared(object.id, object.root, this.#lookUp);
      if (declared && this.environments.length >= mostEnvironments) {
        const message = `The declarations lead to more than ${mostEnvironments} environments; those from this one on are left out.`;
        this.problems.warning('gitops/environments-unsupported', message, namePlace(object.root));
        return;
      }
      const environment = declared && this.#declare(object, declared);
      if (environment) found.push(...this.#objectsRenderedBy(environment));
    }
    if (level < mostLevels) {
      if (found.length > 0) this.#follow(found, level + 1);
      return;
    }
    const [left] = found.filter((object) => this.#isNew(object));
    if (!left) return;
    const message = `This stands ${mostLevels} apps of apps below the first; what is declared from here on is left out.`;
    this.problems.warning('gitops/nesting-unsupported', message, namePlace(left.root));
  }

  /** A file that a kustomization names may hold half an object, which others complete. */
  #check(object: DeliveryObject): void {
    const problems = new Problems();
    checkDeclaration(object, problems);
    const isPart = object.foundIn.kind === 'file' && this.#named.has(object.foundIn.path);
    this.problems.addAll(isPart ? problems.list.filter(({ code }) => !code.endsWith('/missing-field')) : problems.list);
  }

  readonly #lookUp: LookUp = (kind, namespace, name) => {
    const same = this.objects.filter(({ id }) => id.kind === kind && id.name === name);
    return (same.find(({ id }) => id.namespace === namespace) ?? same.find(({ id }) => id.namespace === ''))?.root;
  };

  /** False for an object that was met before: the same text that came out the same. The place nearest to an operator is kept. */
  #isNew(object: DeliveryObject): boolean {
    const { root, id } = object;
    const key = `${root.source.path}:${root.start} ${id.kind} ${id.namespace}/${id.name}`;
    const known = this.#byText.get(key) ?? [];
    const same = known.findIndex((other) => areEqual(other.root, root));
    if (same < 0) {
      this.#byText.set(key, [...known, object]);
      return true;
    }
    const before = known[same];
    if (before && nearness(object.foundIn) > nearness(before.foundIn)) {
      const nearer = { ...before, foundIn: object.foundIn };
      known[same] = nearer;
      replaceIn(this.objects, (each) => each === before, nearer);
      const environment = this.environments.find(({ declaration }) => declaration === before);
      if (environment) replaceIn(this.environments, (each) => each === environment, { ...environment, declaration: nearer });
    }
    return false;
  }

  #declare(object: DeliveryObject, declared: Declared): Environment | undefined {
    const sources = declared.sources.map((source) => this.#locate(source));
    const [main] = sources.filter((_, index) => declared.sources[index]?.path ?? declared.sources[index]?.chart).concat(sources);
    if (!main) return undefined;
    const { id } = object;
    const names = nameDeclared(object, declared, main, this.#environmentOfFinder(object.foundIn) ?? namesInPath(parentPath(this.#labelOf(object.root.source.path))).environment);
    const environment: NamedEnvironment = {
      id: this.#makeId(`${declared.operator}/${id.namespace === '' ? 'default' : id.namespace}/${id.name}`),
      ...names,
      operator: declared.operator,
      sources: [main, ...sources.filter((source) => source !== main)],
      destination: declared.destination,
      declaration: object,
      declaredAt: namePlace(object.root),
      folderLabel: this.#labelOf(main.folder ?? main.path),
    };
    this.environments.push(environment);
    return asEnvironment(environment);
  }

  /** The name of the environment in whose rendering a declaration was found, or that its set or folder says. */
  #environmentOfFinder(foundIn: FoundIn): string | undefined {
    if (foundIn.kind === 'applicationSet') return this.#environmentOfFinder(foundIn.set.foundIn);
    if (foundIn.kind === 'file') return namesInPath(parentPath(this.#labelOf(foundIn.path))).environment;
    const finder = this.environments.find(({ id }) => id === foundIn.environment);
    return finder ? (finder.isNameGuessed ? undefined : finder.name) : namesInPath(foundIn.environment.replace(/^folder\//, '')).environment;
  }

  #locate(declared: DeclaredSource): EnvironmentSource {
    const { tree } = this.#input;
    const path = declared.path?.value ?? (declared.chart ? undefined : '.');
    const matched = path === undefined ? undefined : findSourceFolder(tree, this.#input, declared.repoURL?.value, path);
    return {
      repoURL: declared.repoURL,
      revision: declared.revision,
      path: path === undefined ? (declared.chart?.value ?? '') : trimPath(path),
      pathNode: declared.path ?? declared.chart,
      folder: matched?.folder,
      matchedBy: matched?.matchedBy,
      renderer: declared.chart ? 'helm' : matched ? this.#rendererOf(matched.folder) : 'kustomize',
    };
  }

  #rendererOf(folder: string): Renderer {
    if (this.#input.tree.kind(joinPath(folder, 'Chart.yaml')) === 'file') return 'helm';
    return this.#kustomizations.has(folder) || this.#input.tree.kind(joinPath(folder, 'kustomization.yaml')) === 'file' ? 'kustomize' : 'directory';
  }

  /** The declarations among what an environment renders to: only looked for where its files hold any. */
  #objectsRenderedBy(environment: Environment): readonly DeliveryObject[] {
    if (!environment.sources.some(({ folder, renderer }) => folder !== undefined && (renderer === 'helm' ? this.#input.mayChartHold(folder) : this.#mayHold(folder)))) return [];
    const rendering = this.#input.render.environment(environment, this.#lookUp);
    return rendering.ok ? objectsOf(rendering, { kind: 'rendering', environment: environment.id }) : [];
  }

  #mayHold(folder: string): boolean {
    if (this.#kustomizations.has(folder)) return [...this.#closureOf(folder)].some((path) => this.#bearing.has(path));
    return [...this.#bearing].some((path) => isInside(path, folder));
  }

  /** Every file that a kustomization names, and those of the folders that it builds on. */
  #closureOf(folder: string): ReadonlySet<string> {
    const known = this.#closures.get(folder);
    if (known) return known;
    const closure = new Set<string>();
    this.#closures.set(folder, closure);
    const facts = this.#kustomizations.get(folder);
    for (const path of facts?.references ?? []) {
      closure.add(path);
      if (path !== folder && this.#kustomizations.has(path)) for (const inner of this.#closureOf(path)) closure.add(inner);
    }
    return closure;
  }

  /** Overlay folders and charts that no operator delivers. */
  findByConvention(): void {
    this.#followCharts();
    const delivered = this.environments.flatMap(({ operator, sources }) =>
      sources.map(({ folder, renderer }) => ({ folder, hasUnits: operator === 'flux' && renderer === 'directory' })),
    );
    const bootstraps = new Set(findBootstraps(this.objects).map(({ folder }) => folder));
    // Flux takes the kustomizations below a folder that has none as parts of it.
    const isDelivered = (folder: string): boolean =>
      bootstraps.has(folder) || delivered.some((source) => source.folder === folder || (source.hasUnits && source.folder !== undefined && isInside(folder, source.folder)));
    for (const { folder, file, isComponent } of this.#input.kustomizations) {
      if (isComponent || this.#named.has(folder) || isDelivered(folder)) continue;
      // A base that nothing builds on yet is no environment.
      if (/(^|\/)(bases?|components?)(\/|$)/.test(this.#labelOf(folder)) || isAside(this.#labelOf(folder))) continue;
      const source = this.#input.textOf(file);
      if (source) this.#addFolder(folder, 'kustomize', { source, start: 0, end: 0 }, []);
    }
    // A chart that a kustomization inflates is a part of that.
    for (const chart of this.#input.charts) if (!isDelivered(chart.folder) && !this.#named.has(chart.folder)) this.#addChart(chart);
    for (const setting of this.#input.settings.environments) this.#addSetting(setting);
  }

  /** What comes out of charts that no operator delivers: apps of apps that somebody installs by hand. */
  #followCharts(): void {
    for (const chart of this.#input.charts) {
      if (
        this.#named.has(chart.folder) ||
        this.environments.some(({ sources }) => sources.some(({ folder }) => folder === chart.folder)) ||
        !this.#input.mayChartHold(chart.folder)
      )
        continue;
      const known = this.environments.length;
      this.#addChart(chart);
      for (const added of this.environments.slice(known)) this.#follow(this.#objectsRenderedBy(asEnvironment(added)), 1);
    }
  }

  /** An entry of the settings that names a folder which nothing else found. */
  #addSetting({ path, node, values, app, name }: EnvironmentSetting): void {
    if (path === undefined || path.includes('*')) return;
    const folder = this.#input.folders.map((top) => joinPath(top, `./${path}`)).find((candidate) => this.#input.tree.kind(candidate) === 'directory');
    if (folder === undefined) {
      this.problems.warning('settings/missing-folder', `There is no folder ${path} in the workspace.`, node.get('path') ?? node);
      return;
    }
    const files = values.map((file) => joinPath(folder, `./${file}`));
    const isKnown = this.environments.some(({ sources, id }) => sources[0]?.folder === folder && (files.length === 0 || id.endsWith(`#${files.map(baseName).join(',')}`)));
    if (!isKnown) this.#addFolder(folder, this.#rendererOf(folder), node, files, { app, environment: name });
  }

  /** A chart below the charts/ of another one. */
  #isPartOfChart(folder: string): boolean {
    return this.#input.charts.some((other) => other.folder !== folder && isInside(folder, joinPath(other.folder, 'charts')));
  }

  #addFolder(folder: string, renderer: Renderer, declaredAt: Place, valueFiles: readonly string[], name?: NamesGiven): void {
    const label = this.#labelOf(folder);
    const inPath = namesInPath(label);
    const environmentName = name?.environment ?? inPath.environment;
    const app = name?.app ?? inPath.app ?? appOfFolderName(label) ?? this.#appOfSiblings(folder);
    this.environments.push({
      id: this.#makeId(folderId(valueFiles.length === 0 ? label : `${label}#${valueFiles.map(baseName).join(',')}`)),
      app: app ?? baseName(this.#topOf(folder)),
      isAppGuessed: app === undefined,
      name: environmentName ?? 'default',
      isNameGuessed: environmentName === undefined,
      operator: 'none',
      sources: [
        {
          repoURL: undefined,
          revision: undefined,
          path: this.#pathInRepository(folder),
          pathNode: undefined,
          folder,
          matchedBy: undefined,
          renderer,
          ...(valueFiles.length > 0 && { valuesFiles: valueFiles }),
        },
      ],
      destination: noDestination,
      declaration: undefined,
      declaredAt,
      folderLabel: label,
    });
  }

  /** The app of the declared environments beside a folder, where they have one in common. */
  #appOfSiblings(folder: string): string | undefined {
    const siblings = this.environments.filter(
      ({ operator, sources: [source] }) => operator !== 'none' && source?.folder !== undefined && parentPath(source.folder) === parentPath(folder),
    );
    const [only, second] = new Set(siblings.map(({ app }) => app));
    return second === undefined ? only : undefined;
  }

  /** One environment per values file that is named for one; one for the chart where none is. None for what isn't installed by itself. */
  #addChart({ folder, file, isLibrary, name }: ChartFacts): void {
    const { tree } = this.#input;
    const source = this.#input.textOf(file);
    if (isLibrary || this.#isPartOfChart(folder) || isAside(this.#labelOf(folder)) || !source) return;
    const declaredAt: Place = { source, start: 0, end: 0 };
    const app = name ?? baseName(folder);
    const files = [folder, ...['environments', 'envs', 'values', 'ci'].map((child) => joinPath(folder, child))].flatMap((parent) =>
      tree
        .list(parent)
        .map((child) => joinPath(parent, child))
        .filter((path) => /\.ya?ml$/.test(path) && environmentOfValuesFile(relativePath(folder, path)) !== undefined),
    );
    if (files.length === 0) return this.#addFolder(folder, 'helm', declaredAt, [], { app, environment: undefined });
    for (const file of files) this.#addFolder(folder, 'helm', declaredAt, [file], { app, environment: environmentOfValuesFile(relativePath(folder, file)) });
  }

  #pathInRepository(folder: string): string {
    const top = this.#input.repositories.map((repository) => repository.top).find((each) => isInside(folder, each));
    return top === undefined ? this.#labelOf(folder) : relativePath(top, folder);
  }

  #labelOf(path: string): string {
    return isInside(path, this.#topOf(path)) ? relativePath(this.#topOf(path), path) : path;
  }

  /** The workspace folder that holds a path. */
  #topOf(path: string): string {
    const byDepth = [...this.#input.folders].sort((a, b) => b.length - a.length);
    return byDepth.find((folder) => isInside(path, folder)) ?? byDepth[0] ?? '/';
  }

  #makeId(wanted: string): string {
    let id = wanted;
    for (let count = 2; this.#ids.has(id); count++) id = `${wanted}~${count}`;
    this.#ids.add(id);
    return id;
  }
}

/** How much a place says of who delivers what stands there: a file nothing, a folder a little, an operator's rendering all. */
function nearness(foundIn: FoundIn): number {
  if (foundIn.kind !== 'rendering') return 0;
  return foundIn.environment.startsWith('folder/') ? 1 : 2;
}

function replaceIn<Item>(list: Item[], isMeant: (item: Item) => boolean, replacement: Item): void {
  const at = list.findIndex(isMeant);
  if (at >= 0) list[at] = replacement;
}

interface NamesGiven {
  readonly app: string | undefined;
  readonly environment: string | undefined;
}

const noDestination: Destination = { server: undefined, cluster: undefined, namespace: undefined };

/** `folder/apps/orders/overlays/prod`. */
function folderId(label: string): string {
  return `folder/${label}`;
}

function asEnvironment(named: NamedEnvironment): Environment {
  const { id, app, name, operator, sources, destination, declaration, declaredAt } = named;
  return { id, app, name, label: `${app} ${name}`, order: 0, isProtected: false, operator, sources, destination, declaration, declaredAt };
}

function trimPath(path: string): string {
  const trimmed = path.replace(/^(\.?\/)+/, '').replace(/\/+$/, '');
  return trimmed === '' ? '.' : trimmed;
}

/** What people would call a declared environment: by its folder, its values files, its name, where it goes, where it is declared. */
function nameDeclared(
  object: DeliveryObject,
  declared: Declared,
  source: EnvironmentSource,
  finder: string | undefined,
): Pick<NamedEnvironment, 'app' | 'name' | 'isNameGuessed' | 'isAppGuessed'> {
  const { id } = object;
  const isChart = source.renderer === 'helm';
  const inPath = namesInPath(source.path);
  const inName = splitName(id.name);
  const inValues = declared.sources
    .flatMap(({ valueFiles }) => valueFiles)
    .flatMap((file) => environmentOfValuesFile(file.value) ?? [])
    .at(-1);
  const inNamespace = declared.destination.namespace && splitName(declared.destination.namespace.value).environment;
  // Of a preview the pull request tells more than the overlay that all previews share.
  const pullRequest = isPullRequestName(inName.environment) ? inName.environment : undefined;
  const environment = pullRequest ?? inPath.environment ?? inValues ?? inName.environment ?? inNamespace ?? finder ?? declared.destination.cluster?.value;
  const isTelling = inPath.app !== undefined && inPath.app !== environment && (!isChart || inName.app === undefined);
  const app = isTelling && declared.operator !== 'flux' ? inPath.app : (inName.app ?? inPath.app ?? id.name);
  return { app: app ?? id.name, name: environment ?? 'default', isNameGuessed: environment === undefined, isAppGuessed: false };
}

/** The scalar of `metadata.name`, which people look for; the whole object where it has none. */
function namePlace(root: MapNode): Place {
  return mapAt(root, 'metadata')?.get('name') ?? root;
}

function objectsOf(rendering: Rendering, foundIn: FoundIn): readonly DeliveryObject[] {
  return rendering.objects.flatMap(({ id, root }) => (isDeliveryObject(id) || isArgoSecret(root) ? [{ id, root, foundIn }] : []));
}

/** The delivery objects of a file, those in lists included. */
function objectsInFile({ source, documents }: ParsedYaml): readonly DeliveryObject[] {
  const foundIn: FoundIn = { kind: 'file', path: source.path };
  const roots = documents.flatMap(({ root }) => {
    if (root?.kind !== 'map') return [];
    const items = root.get('items');
    return scalarValue(root.get('kind'))?.endsWith('List') && items?.kind === 'sequence' ? items.items : [root];
  });
  return roots.flatMap((root) => {
    if (root.kind !== 'map') return [];
    const id = idOfObject(root);
    return (isDeliveryObject(id) || isArgoSecret(root)) && id.name !== '' ? [{ id, root, foundIn }] : [];
  });
}

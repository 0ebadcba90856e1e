/**
 * How a snapshot of files is delivered, and how it would be with other texts in the place of some files: what edits are
 * tried on before anybody makes them. What an edit doesn't touch keeps its environments and renderings.
 */
import type { FileTree } from '../core/base/fileTree.js';
import { joinPath } from '../core/base/path.js';
import { SourceText } from '../core/base/source.js';
import type { WorkspaceSettings } from '../core/gitops/settings.js';
import type { ValuesLayer } from '../core/objects/chartInputs.js';
import type { BuildOptions, BuildRequest } from '../core/kustomize/build.js';
import type { BuildCache } from '../core/kustomize/buildCache.js';
import { kustomizationFileNames } from '../core/kustomize/target.js';
import { textsAfter, type EditSources } from '../core/promote/editSources.js';
import { Delivery, type DeliveryState } from './delivery.js';
import { RootNamer } from './kustomizationRoots.js';
import { Renderings } from './renderings.js';
import type { TimedRendering } from './renderingMemo.js';
import { WorkspaceIndex } from './workspaceIndex.js';

export interface EditedDeliveryOptions {
  readonly options: BuildOptions;
  readonly cache: BuildCache;
  readonly fetched?: BuildRequest['fetched'];
  readonly editorSettings: WorkspaceSettings;
  readonly now: () => number;
}

/** What all states of one snapshot share. */
interface Shared {
  readonly renderings: Renderings;
  readonly service: Delivery;
  readonly namer: RootNamer;
  readonly index: WorkspaceIndex;
  readonly folders: readonly string[];
  /** Every file that some state has another text for. */
  readonly touched: Set<string>;
}

export class EditedDelivery {
  readonly delivery: DeliveryState;
  /** Folders with a kustomization, absolute. */
  readonly kustomizations: readonly string[];
  readonly yamlFiles: readonly string[];
  readonly #shared: Shared;
  readonly #rendered = new Map<string, TimedRendering>();
  readonly #values = new Map<string, readonly ValuesLayer[]>();

  /** @param folders the workspace's folders, absolute, as the tree has them */
  constructor(
    readonly tree: FileTree,
    folders: readonly string[],
    options: EditedDeliveryOptions | Shared,
  ) {
    const shared = 'service' in options ? options : share(tree, folders, options);
    this.#shared = shared;
    const { renderings, service, namer, index } = shared;
    const { facts } = namer.name(
      index.places.map((place) => ({ ...place, node: renderings.parse(place.file, tree)?.documents[0]?.root })),
      shared.folders,
    );
    this.kustomizations = index.places.map(({ folder }) => folder);
    this.yamlFiles = index.yamlFiles;
    this.delivery = service.at({ tree, folders: shared.folders, kustomizations: facts, charts: index.charts, yamlFiles: index.yamlFiles });
  }

  /** Renders an environment by its id; the same object for the same state. Undefined where there is no such environment. */
  render(id: string): TimedRendering | undefined {
    const known = this.#rendered.get(id);
    if (known) return known;
    const environment = this.delivery.model.environments.find((each) => each.id === id);
    const rendered = environment && this.delivery.render(environment);
    if (rendered) this.#rendered.set(id, rendered);
    return rendered;
  }

  /** The state in which files have other texts; files that aren't there are not added. */
  with(texts: ReadonlyMap<string, string>): EditedDelivery {
    const { service, touched, folders } = this.#shared;
    const tree = layTexts(this.tree, texts);
    // Renders of before are asked for after the service went on to the next state: they are made now.
    for (const { id } of this.delivery.model.environments) this.render(id);
    // The service may stand at a state beside this one, with texts of its own.
    for (const path of texts.keys()) touched.add(path);
    service.noteChanges(tree, [...touched]);
    return new EditedDelivery(tree, folders, this.#shared);
  }

  #valuesOf(id: string): readonly ValuesLayer[] {
    const environment = this.delivery.model.environments.find((each) => each.id === id);
    const known =
      this.#values.get(id) ?? (environment ? this.delivery.plansOf(environment).flatMap(({ chart }) => [...(chart?.defaultValues ?? []), ...(chart?.values ?? [])]) : []);
    this.#values.set(id, known);
    return known;
  }

  /** The same for who works edits out. */
  get sources(): EditSources {
    const { model } = this.delivery;
    return {
      targets: model.environments.map(({ id, label, sources: [source], declaration }) => ({ id, label, folder: source?.folder, declaration })),
      renderingOf: (id) => this.render(id)?.rendering,
      parse: (path) => this.delivery.parse(path),
      kustomizationFileOf: (folder) => kustomizationFileNames.map((name) => joinPath(folder, name)).find((path) => this.tree.kind(path) === 'file'),
      valuesOf: (id) => this.#valuesOf(id),
      edit: (changes) => this.with(textsAfter(changes, (path) => this.tree.read(path)) ?? new Map<string, string>()).sources,
    };
  }
}

function share(tree: FileTree, folders: readonly string[], { options, cache, fetched, editorSettings, now }: EditedDeliveryOptions): Shared {
  const renderings = new Renderings({ build: options, now, cache, ...(fetched && { fetched }) });
  const service = new Delivery(renderings, now);
  service.setEditorSettings(editorSettings);
  return { renderings, service, namer: new RootNamer(), index: new WorkspaceIndex(tree, folders), folders, touched: new Set() };
}

function layTexts(tree: FileTree, texts: ReadonlyMap<string, string>): FileTree {
  const sources = new Map([...texts].map(([path, text]) => [path, tree.read(path)?.text === text ? tree.read(path) : new SourceText(path, text)]));
  return {
    kind: (path) => tree.kind(path),
    read: (path) => sources.get(path) ?? tree.read(path),
    readBytes: (path) => {
      const source = sources.get(path);
      return source ? new TextEncoder().encode(source.text) : tree.readBytes(path);
    },
    list: (path) => tree.list(path),
    realPath: (path) => tree.realPath(path),
  };
}

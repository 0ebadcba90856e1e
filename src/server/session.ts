/**
 * What the server knows while it runs: the workspace, the settings, the open previews, the problems that were reported.
 * A change is followed by a refresh in a later turn, so that a burst of changes is rendered once, and the latest only.
 */
import type { Connection } from 'vscode-languageserver';
import { isInside } from '../core/base/path.js';
import type { Fingerprint } from './preview/mask.js';
import type { OpenPreviews, PreviewHost } from './preview/openPreviews.js';
import { mergeProblems, type FoundProblems, type ReportedProblem } from './features/diagnostics.js';
import type { FileLabel } from './fileLabels.js';
import type { Model } from './model.js';
import type { Root } from '../services/kustomizationRoots.js';
import type { ClientNotifications, ServerSettings, WorkspaceFacts } from './protocol.js';
import { pathToUri } from './uris.js';
import { findPartialFiles } from './features/partialFiles.js';
import { guardModel } from './guardModel.js';
import { BackgroundProgress } from './backgroundProgress.js';
import type { WorkspaceSource } from './workspaceSource.js';

export interface SessionOptions {
  readonly connection: Connection;
  readonly source: WorkspaceSource;
  readonly folders: readonly string[];
  readonly settings: ServerSettings;
  readonly fingerprint: Fingerprint;
  readonly makePreviews: (host: PreviewHost) => OpenPreviews;
  readonly makeLabel: (folders: readonly string[]) => FileLabel;
  readonly send: <Method extends keyof ClientNotifications>(method: Method, parameters: ClientNotifications[Method]) => void;
}

/** How long the server renders in the background before it looks for messages again. */
const sliceMilliseconds = 15;

/** Menus and lenses may lag behind the typing. */
const factsDelayMilliseconds = 300;

export class Session {
  readonly source: WorkspaceSource;
  readonly previews: OpenPreviews;
  readonly #options: SessionOptions;
  readonly #openFiles = new Set<string>();
  readonly #found = new Map<string, FoundProblems>();
  readonly #reported = new Map<string, readonly ReportedProblem[]>();
  readonly #abort = new AbortController();
  #folders: readonly string[];
  #settings: ServerSettings;
  #label: FileLabel;
  readonly #progress: BackgroundProgress;
  #refresh: NodeJS.Immediate | undefined;
  #background: NodeJS.Immediate | undefined;
  /** What the editor was told last. */
  #facts = '';
  #factsTimer: NodeJS.Timeout | undefined;
  /** The roots for which that was looked at, unless something else changed since. */
  #factsOf: readonly Root[] | undefined;
  #knowsUsers = false;
  /** False when nothing happened that a diagnostic could come from or go with. */
  #mayReportAnew = true;
  #guarded: { readonly original: Model; readonly model: Model } | undefined;
  readonly #logged = new Set<string>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.source = options.source;
    this.#progress = new BackgroundProgress(options.connection);
    this.#folders = options.folders;
    this.#settings = options.settings;
    this.#label = options.makeLabel(options.folders);
    this.source.setLoadRestrictor(options.settings.loadRestrictor);
    this.previews = options.makePreviews({
      model: () => this.model,
      renderAt: (folder, revision, signal) => (this.isTrusted ? this.source.renderAt(folder, revision, signal) : Promise.resolve(untrusted)),
      label: (path) => this.#label(path),
      labelOfFolder: (folder) => this.model.rootOf(folder)?.label ?? this.#label(folder),
      masksSecrets: () => this.#settings.maskSecrets,
      fingerprint: options.fingerprint,
      send: (change) => options.send('gitops/preview/changed', change),
    });
  }

  /** The present state; a bug of the renderer is a problem of the kustomization that met it, and costs nothing else. */
  get model(): Model {
    const model = this.source.model();
    if (this.#guarded?.original !== model) this.#guarded = { original: model, model: guardModel(model, (name, error) => this.logBug(name, error)) };
    return this.#guarded.model;
  }

  /** Renders every kustomization that wasn't yet, so that {@link Model.usersOf} knows all of them. */
  renderAll(): void {
    for (const { folder, isComponent } of this.model.roots) if (!isComponent) this.model.render(folder);
    this.#knowsUsers = true;
  }

  /** True once every kustomization was rendered: who uses a file can be told then. */
  get knowsUsers(): boolean {
    return this.#knowsUsers;
  }

  /** Writes a bug of ours to the log with its stack, once. */
  logBug(name: string, error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (this.#logged.has(stack)) return;
    this.#logged.add(stack);
    this.#options.connection.console.error(`${name}: ${stack}`);
  }

  get settings(): ServerSettings {
    return this.#settings;
  }

  get isTrusted(): boolean {
    return this.#settings.isTrusted;
  }

  get folders(): readonly string[] {
    return this.#folders;
  }

  /** Ends when the server stops. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  label(path: string): string {
    return this.#label(path);
  }

  /** What was reported for a file. */
  reportedFor(path: string): readonly ReportedProblem[] {
    return this.#reported.get(path) ?? [];
  }

  start(): void {
    this.#schedule();
  }

  stop(): void {
    this.#abort.abort();
    this.#progress.end();
    if (this.#refresh) clearImmediate(this.#refresh);
    if (this.#background) clearImmediate(this.#background);
    if (this.#factsTimer) clearTimeout(this.#factsTimer);
  }

  setBuffer(path: string, text: string | undefined): void {
    if (this.#openFiles.has(path) !== (text !== undefined)) this.#mayReportAnew = true;
    if (text === undefined) this.#openFiles.delete(path);
    else this.#openFiles.add(path);
    this.source.setBuffer(path, text);
    this.#schedule();
  }

  noteChanges(paths: readonly string[]): void {
    this.source.noteChanges(paths.filter((path) => !path.includes('/.git/')));
    if (paths.some((path) => /\/\.git\/(HEAD|logs\/HEAD|refs\/.*|packed-refs)$/.test(path))) void this.previews.refreshRevisions();
    this.#schedule();
  }

  changeFolders(added: readonly string[], removed: readonly string[]): void {
    this.#folders = [...this.#folders.filter((folder) => !removed.includes(folder)), ...added];
    this.#label = this.#options.makeLabel(this.#folders);
    this.#mayReportAnew = true;
    this.source.setFolders(this.#folders);
    this.#schedule();
  }

  setSettings(settings: ServerSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    this.#mayReportAnew = true;
    this.source.setLoadRestrictor(settings.loadRestrictor);
    if (before.maskSecrets !== settings.maskSecrets) this.previews.redraw();
    if (before.isTrusted !== settings.isTrusted) void this.previews.refreshRevisions();
    if (before.codeLens !== settings.codeLens) void this.#options.connection.sendRequest('workspace/codeLens/refresh');
    this.#schedule();
  }

  /** Looks at everything again, after something was fetched. */
  refreshAll(): void {
    this.#schedule();
  }

  #schedule(): void {
    this.#refresh ??= setImmediate(() => {
      this.#refresh = undefined;
      this.#guard('refreshing previews', () => this.previews.refresh());
      // In a turn of its own, so that the previews are on their way before.
      if (this.#background) clearImmediate(this.#background);
      this.#background = setImmediate(() => this.#guard('looking for problems', () => this.#work(this.#rootsByUrgency())));
    });
  }

  /**
   * Those whose rendering reads an open file first. A component is nothing by itself: its problems are found on the way
   * to those that use it.
   */
  #rootsByUrgency(): Root[] {
    const roots = this.model.roots.filter(({ isComponent }) => !isComponent);
    const urgent = this.#urgentRoots();
    return [...roots.filter((root) => urgent.has(root.folder)), ...roots.filter((root) => !urgent.has(root.folder))];
  }

  /** The folders of the roots that read an open file. */
  #urgentRoots(): ReadonlySet<string> {
    return new Set([...this.#openFiles].flatMap((path) => this.model.usersOf(path).map(({ folder }) => folder)));
  }

  /** Renders roots in slices, so that a keystroke never waits for the whole workspace. */
  #work(queue: Root[]): void {
    if (this.#background) clearImmediate(this.#background);
    const seen = new Set(queue.map(({ folder }) => folder));
    for (const folder of this.#found.keys()) {
      if (seen.has(folder)) continue;
      this.#found.delete(folder);
      this.#mayReportAnew = true;
    }
    let didReport = false;
    const total = queue.length;
    this.#progress.begin();
    const step = (): void => {
      const until = performance.now() + sliceMilliseconds;
      for (let root = queue.shift(); root; root = queue.shift()) {
        this.#renderForProblems(root);
        if (performance.now() > until) break;
      }
      if (queue.length > 0) {
        this.#background = setImmediate(() => this.#guard('looking for problems', step));
        this.#progress.report(total - queue.length, total);
        if (!didReport) this.#report(false);
        didReport = true;
        return;
      }
      this.#background = undefined;
      this.#progress.end();
      this.#knowsUsers = true;
      this.#report(true);
      this.#tellFacts();
    };
    step();
  }

  #guard(name: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.logBug(name, error);
    }
  }

  #renderForProblems(root: Root): void {
    const { rendering } = this.model.render(root.folder);
    const { problems, dependencies } = rendering;
    const before = this.#found.get(root.folder);
    if (before?.problems === problems && before.label === root.label) return;
    const hasSameUses = before !== undefined && isSameSet(before.dependencies, dependencies);
    if (!hasSameUses) this.#factsOf = undefined;
    if (!hasSameUses || problems.length > 0 || before.problems.length > 0 || before.label !== root.label) this.#mayReportAnew = true;
    this.#found.set(root.folder, { label: root.label, isEnvironment: root.isEnvironment, problems, dependencies });
  }

  /** Publishes what changed since the last time; clears files only when every root was looked at. */
  #report(isComplete: boolean): void {
    if (!this.#mayReportAnew) return;
    if (isComplete) this.#mayReportAnew = false;
    const urgent = this.#urgentRoots();
    const isWanted = (folder: string): boolean => this.#settings.diagnostics === 'workspace' || urgent.has(folder);
    const found = [...this.#found].flatMap(([folder, problems]) => (isWanted(folder) ? [problems] : []));
    const merged = mergeProblems(found, {
      isCheckedElsewhere: (path) => this.#settings.yamlIsValidatedElsewhere && this.#openFiles.has(path),
    });
    for (const [path, problems] of merged) {
      if (!this.#folders.some((folder) => isInside(path, folder)) && !this.#openFiles.has(path)) continue;
      if (isSame(this.#reported.get(path), problems)) continue;
      this.#reported.set(path, problems);
      this.#publish(path, problems);
    }
    if (!isComplete) return;
    for (const path of [...this.#reported.keys()]) {
      if (merged.has(path)) continue;
      this.#reported.delete(path);
      this.#publish(path, []);
    }
  }

  #publish(path: string, problems: readonly ReportedProblem[]): void {
    void this.#options.connection.sendDiagnostics({ uri: pathToUri(path), diagnostics: problems.map(({ diagnostic }) => diagnostic) });
  }

  /** Tells the editor which files are used and how: at once the first time, later when typing pauses. */
  #tellFacts(): void {
    const { roots } = this.model;
    if (this.#factsOf === roots) return;
    this.#factsOf = roots;
    if (this.#factsTimer) clearTimeout(this.#factsTimer);
    this.#factsTimer = setTimeout(() => this.#guard('telling facts', () => this.#sendFacts()), this.#facts === '' ? 0 : factsDelayMilliseconds);
  }

  #sendFacts(): void {
    const { model } = this;
    const used = new Set<string>();
    for (const { dependencies } of this.#found.values()) for (const path of dependencies) if (model.tree.kind(path) === 'file') used.add(path);
    const facts: WorkspaceFacts = {
      folders: model.roots.map(({ folder }) => pathToUri(folder)),
      usedFiles: [...used].map(pathToUri),
      partialFiles: findPartialFiles(model).map(pathToUri),
    };
    const now = JSON.stringify(facts);
    if (now === this.#facts) return;
    this.#facts = now;
    this.#options.send('gitops/workspace/changed', facts);
    if (this.#settings.codeLens) void this.#options.connection.sendRequest('workspace/codeLens/refresh');
  }
}

const untrusted = { code: 'workspace/untrusted', message: 'Git revisions are not read in Restricted Mode; trust the workspace to compare with them.' } as const;

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false;
  for (const each of a) if (!b.has(each)) return false;
  return true;
}

function isSame(before: readonly ReportedProblem[] | undefined, after: readonly ReportedProblem[]): boolean {
  return before !== undefined && JSON.stringify(before.map(({ diagnostic }) => diagnostic)) === JSON.stringify(after.map(({ diagnostic }) => diagnostic));
}

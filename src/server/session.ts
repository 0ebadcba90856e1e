/**
 * What the server knows while it runs: the workspace, the settings, the open previews, the problems that were reported.
 * A change is followed by a refresh in a later turn, so that a burst of changes is rendered once, and the latest only.
 */
import type { Connection } from 'vscode-languageserver';
import { parentPath } from '../core/base/path.js';
import type { Problem } from '../core/base/problem.js';
import type { Environment } from '../core/gitops/delivery.js';
import { isFinding, tellsState } from '../core/gitops/renderSource.js';
import { allRules } from '../core/rules/allRules.js';
import type { Finding } from '../core/rules/runRules.js';
import { isSwitchedOff, Suppressor, type SuppressionInput } from '../core/rules/suppressions.js';
import { Checks, problemsOfEnvironment, ruleSettingsOf, type CheckedState } from '../services/checks.js';
import type { TimedRendering } from '../services/renderingMemo.js';
import type { Fingerprint } from './preview/mask.js';
import type { OpenPreviews, PreviewHost } from './preview/openPreviews.js';
import type { DeliveryNotifications } from './deliveryProtocol.js';
import type { SummarySource } from './delivery/summaries.js';
import { DiagnosticsReporter } from './diagnosticsReporter.js';
import type { ReportedProblem } from './features/diagnostics.js';
import type { FileLabel } from './fileLabels.js';
import type { Model } from './model.js';
import type { Root } from '../services/kustomizationRoots.js';
import type { ClientNotifications, ServerSettings, WorkspaceFacts } from './protocol.js';
import { pathToUri } from './uris.js';
import { findPartialFiles } from './features/partialFiles.js';
import { guardModel } from './guardModel.js';
import { BackgroundProgress } from './backgroundProgress.js';
import { OpenCharts } from './templates/openCharts.js';
import { TemplateChecks } from './templates/templateProblems.js';
import type { WorkspaceSource } from './workspaceSource.js';

/** What the server tells the extension unasked. */
export type Notifications = ClientNotifications & DeliveryNotifications;

export interface SessionOptions {
  readonly connection: Connection;
  readonly source: WorkspaceSource;
  readonly folders: readonly string[];
  readonly settings: ServerSettings;
  readonly fingerprint: Fingerprint;
  readonly makePreviews: (host: PreviewHost) => OpenPreviews;
  /** The text of the table of Kubernetes' types. */
  readonly readKubernetesTable: () => string | undefined;
  readonly makeLabel: (folders: readonly string[]) => FileLabel;
  readonly send: <Method extends keyof Notifications>(method: Method, parameters: Notifications[Method]) => void;
  /** What registries said of images, once one was asked. */
  readonly tagVerdict: () => CheckedState['tagVerdict'];
  /** Called when a change was rendered and checked, and typing pauses. */
  readonly onSettled: () => void;
}

/** How long the server renders in the background before it looks for messages again. */
const sliceMilliseconds = 15;

/** Menus, lenses and the tree may lag behind the typing. */
const factsDelayMilliseconds = 300;

/** Git is asked when changes have settled. */
const gitDelayMilliseconds = 400;

/** What is wrong in declarations themselves stands under this key. */
const declarationsKey = 'declarations';

/** One thing to render and look at: a kustomization, or an environment that its operator renders otherwise. */
interface WorkItem {
  readonly key: string;
  readonly label: string;
  readonly isEnvironment: boolean;
  readonly render: () => TimedRendering;
}

export class Session {
  readonly source: WorkspaceSource;
  readonly previews: OpenPreviews;
  /** What is known of charts for language features. */
  readonly charts = new OpenCharts();
  readonly #templateChecks = new TemplateChecks(this.charts.cache);
  readonly #options: SessionOptions;
  readonly #openFiles = new Set<string>();
  readonly #reporter: DiagnosticsReporter;
  readonly #checks: Checks;
  readonly #suppressor = new Suppressor();
  #findings: readonly Finding[] = [];
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
  #gitTimer: NodeJS.Timeout | undefined;
  #deliveryTimer: NodeJS.Timeout | undefined;
  #guarded: { readonly original: Model; readonly model: Model } | undefined;
  readonly #logged = new Set<string>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.source = options.source;
    this.#progress = new BackgroundProgress(options.connection);
    this.#checks = new Checks({ onFailure: (rule, error) => this.logBug(`checking ${rule.id}`, error), readTable: options.readKubernetesTable });
    this.#reporter = new DiagnosticsReporter((path, diagnostics) => void options.connection.sendDiagnostics({ uri: pathToUri(path), diagnostics: [...diagnostics] }));
    this.#folders = options.folders;
    this.#settings = options.settings;
    this.#label = options.makeLabel(options.folders);
    this.source.setLoadRestrictor(options.settings.loadRestrictor);
    this.source.setWorkspaceSettings(options.settings.workspace);
    this.previews = options.makePreviews({
      model: () => this.model,
      renderAt: (address, signal) => (this.isTrusted ? this.source.renderAt(address, signal) : Promise.resolve(untrusted)),
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

  /** Renders every kustomization, and every chart of an environment, that wasn't yet, so that {@link Model.usersOf} knows all of them. */
  renderAll(): void {
    const { model } = this;
    for (const { folder, isComponent } of model.roots) if (!isComponent) model.render(folder);
    for (const environment of model.delivery.model.environments) if (environment.sources.some(({ renderer }) => renderer === 'helm')) model.delivery.render(environment);
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

  /** A short text that stands for a secret value in this process. */
  get fingerprint(): Fingerprint {
    return this.#options.fingerprint;
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
    return this.#reporter.reportedFor(path);
  }

  /** What summaries of environments are made of, as things are now. */
  summarySource(): SummarySource {
    return {
      model: this.model,
      label: this.#label,
      problemsOf: (environment) => this.#problemsOf(environment),
      unsaved: this.source.unsaved(),
      gitState: (top) => this.source.gitState(top),
    };
  }

  #problemsOf(environment: Environment): readonly Problem[] {
    const { model } = this;
    const problems = problemsOfEnvironment(environment, model.delivery, this.#findings);
    return this.#suppressor.apply(problems, (problem) => problem, { read: (path) => model.tree.read(path), parse: (path) => model.parse(path), files: [] }).kept;
  }

  start(): void {
    this.#schedule();
    this.#scheduleGit();
  }

  stop(): void {
    this.#abort.abort();
    this.#progress.end();
    if (this.#refresh) clearImmediate(this.#refresh);
    if (this.#background) clearImmediate(this.#background);
    for (const timer of [this.#factsTimer, this.#gitTimer, this.#deliveryTimer]) if (timer) clearTimeout(timer);
  }

  setBuffer(path: string, text: string | undefined): void {
    if (this.#openFiles.has(path) !== (text !== undefined)) this.#reporter.invalidate();
    if (text === undefined) this.#openFiles.delete(path);
    else this.#openFiles.add(path);
    const wasUnsaved = this.source.unsaved().includes(path);
    this.source.setBuffer(path, text);
    if (this.source.unsaved().includes(path) !== wasUnsaved) this.#scheduleGit();
    this.#schedule();
  }

  noteChanges(paths: readonly string[]): void {
    this.source.noteChanges(paths.filter((path) => !path.includes('/.git/') || /\/\.git\/(HEAD|config)$/.test(path)));
    if (paths.some((path) => !path.includes('/.git/') || /\/\.git\/(HEAD|index|logs\/|refs\/|packed-refs)/.test(path))) this.#scheduleGit();
    if (paths.some((path) => /\/\.git\/(HEAD|logs\/HEAD|refs\/.*|packed-refs)$/.test(path))) void this.previews.refreshRevisions();
    this.#schedule();
  }

  changeFolders(added: readonly string[], removed: readonly string[]): void {
    this.#folders = [...this.#folders.filter((folder) => !removed.includes(folder)), ...added];
    this.#label = this.#options.makeLabel(this.#folders);
    this.#reporter.invalidate();
    this.source.setFolders(this.#folders);
    this.#schedule();
  }

  setSettings(settings: ServerSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    this.#reporter.invalidate();
    this.source.setLoadRestrictor(settings.loadRestrictor);
    if (before.workspace !== settings.workspace) this.source.setWorkspaceSettings(settings.workspace);
    if (before.maskSecrets !== settings.maskSecrets) this.previews.redraw();
    if (before.isTrusted !== settings.isTrusted) {
      void this.previews.refreshRevisions();
      this.#scheduleGit();
    }
    if (before.codeLens !== settings.codeLens) void this.#options.connection.sendRequest('workspace/codeLens/refresh');
    this.#schedule();
  }

  /** Takes in what forges said of open pull requests, by the key of what was asked. */
  setForgePullRequests(answers: Parameters<WorkspaceSource['setForgePullRequests']>[0]): void {
    this.source.setForgePullRequests(answers);
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
  #rootsByUrgency(): WorkItem[] {
    const { model } = this;
    const roots = model.roots.filter(({ isComponent }) => !isComponent);
    const urgent = this.#urgentRoots();
    const toItem = ({ folder, label, isEnvironment }: Root): WorkItem => ({ key: folder, label, isEnvironment, render: () => model.render(folder) });
    return [...roots.filter((root) => urgent.has(root.folder)), ...roots.filter((root) => !urgent.has(root.folder))].map(toItem);
  }

  /** The environments that their operators render otherwise than kustomize alone. */
  #environmentsToRender(): WorkItem[] {
    const { model } = this;
    const { delivery } = model;
    return delivery.model.environments
      .filter(({ operator, sources }) => operator !== 'none' || sources.some(({ folder }) => folder === undefined || !model.rootOf(folder)))
      .map((environment) => ({ key: environment.id, label: environment.label, isEnvironment: true, render: () => delivery.render(environment) }));
  }

  /** The templates of every chart, which have all of their mistakes told, and not the first alone. */
  #templatesToRead(): WorkItem[] {
    const { model } = this;
    const folders = model.yamlFiles.filter((path) => path.endsWith('/Chart.yaml')).map(parentPath);
    return folders.map((folder) => ({
      key: `templates ${folder}`,
      label: this.#label(folder),
      isEnvironment: false,
      render: () => {
        const { problems, files } = this.#templateChecks.check(model, folder);
        return { rendering: { folder, ok: false, objects: [], problems, lacks: [], dependencies: files }, milliseconds: 0 };
      },
    }));
  }

  /** The folders of the roots that read an open file. */
  #urgentRoots(): ReadonlySet<string> {
    return new Set([...this.#openFiles].flatMap((path) => this.model.usersOf(path).map(({ folder }) => folder)));
  }

  /** Renders in slices, so that a keystroke never waits for the whole workspace: kustomizations, then what operators make of them. */
  #work(queue: WorkItem[]): void {
    if (this.#background) clearImmediate(this.#background);
    const seen = new Set(queue.map(({ key }) => key));
    let knowsEnvironments = false;
    let didReport = false;
    let total = queue.length;
    this.#progress.begin();
    const step = (): void => {
      const until = performance.now() + sliceMilliseconds;
      if (queue.length === 0 && !knowsEnvironments) {
        knowsEnvironments = true;
        queue.push(...this.#environmentsToRender(), ...this.#templatesToRead());
        for (const { key } of queue) seen.add(key);
        total += queue.length;
      }
      for (let item = queue.shift(); item; item = queue.shift()) {
        this.#look(item);
        if (performance.now() > until) break;
      }
      if (queue.length > 0 || !knowsEnvironments) {
        this.#background = setImmediate(() => this.#guard('looking for problems', step));
        this.#progress.report(total - queue.length, total);
        if (!didReport) this.#report(false);
        didReport = true;
        return;
      }
      this.#background = undefined;
      this.#progress.end();
      this.#knowsUsers = true;
      this.#reporter.keepOnly(seen.add(declarationsKey));
      this.#check();
      this.#report(true);
      this.#tellFacts();
      this.#tellDelivery();
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

  #look({ key, label, isEnvironment, render }: WorkItem): void {
    const { problems: all, dependencies } = render().rendering;
    const problems = all.every(isFinding) ? all : all.filter(isFinding);
    if (this.#reporter.note(key, { label, isEnvironment, problems, dependencies })) this.#factsOf = undefined;
  }

  /** Runs the rules; those that look at nothing that changed answer as before. */
  #check(): void {
    const { model } = this;
    const { problems } = model.delivery.model;
    this.#reporter.note(declarationsKey, { label: '', isEnvironment: false, problems, dependencies: new Set(problems.map(({ location }) => location.path)) });
    const committed = this.source.committed();
    const tagVerdict = this.#options.tagVerdict();
    this.#findings = this.#checks.run({
      ...(committed && { committed }),
      ...(tagVerdict && { tagVerdict }),
      tree: model.tree,
      delivery: model.delivery,
      kustomizations: model.roots.map(({ folder }) => folder),
      yamlFiles: model.yamlFiles,
      parse: (path) => model.parse(path),
    });
    this.#reporter.noteFindings(
      this.#findings.map(({ problem, environments }) => {
        const users = model.delivery.usersOf(problem.location.path).length;
        return { problem, names: environments.length < users ? environments.map(({ label }) => label) : [] };
      }),
    );
  }

  /** Publishes what changed since the last time; clears files only when everything was looked at. */
  #report(isComplete: boolean): void {
    const { diagnostics, yamlIsValidatedElsewhere } = this.#settings;
    this.#reporter.report({
      isWanted: (key) => diagnostics === 'workspace' || this.#readsOpenFile(key),
      isWantedIn: (path) => diagnostics === 'workspace' || this.#openFiles.has(path),
      isCheckedElsewhere: (path) => yamlIsValidatedElsewhere && this.#openFiles.has(path),
      suppressions: this.#suppressions(isComplete && diagnostics === 'workspace'),
      folders: this.#folders,
      isOpen: (path) => this.#openFiles.has(path),
      isComplete,
    });
  }

  /** @param isWhole false where not everything was looked at: then no comment is called unused */
  #suppressions(isWhole: boolean): SuppressionInput {
    const { model } = this;
    const settings = ruleSettingsOf(model.delivery.settings);
    const isAllRendered = isWhole && model.delivery.model.environments.every((environment) => !model.delivery.render(environment).rendering.problems.some(tellsState));
    return {
      read: (path) => model.tree.read(path),
      parse: (path) => model.parse(path),
      files: isWhole ? model.yamlFiles : this.#openFiles,
      isUnchecked: (name) => !isAllRendered || isSwitchedOff(name, allRules, settings),
    };
  }

  #readsOpenFile(key: string): boolean {
    const dependencies = this.#reporter.found.get(key)?.dependencies;
    return dependencies !== undefined && [...this.#openFiles].some((path) => dependencies.has(path));
  }

  /** Asks git what is not committed and not pushed, once changes have settled; never in Restricted Mode. */
  #scheduleGit(): void {
    if (this.#gitTimer) clearTimeout(this.#gitTimer);
    this.#gitTimer = setTimeout(() => {
      void this.source.refreshGit(this.isTrusted, this.signal).then(
        (hasChanged) => {
          if (!hasChanged) return;
          // What was committed may be what a rule compares with.
          this.#schedule();
          this.#tellDelivery();
        },
        (error: unknown) => {
          if (!this.signal.aborted) this.logBug('asking git', error);
        },
      );
    }, gitDelayMilliseconds);
  }

  /** Tells the editor that what it shows of environments may be old, when typing pauses. */
  #tellDelivery(): void {
    if (this.#deliveryTimer) clearTimeout(this.#deliveryTimer);
    this.#deliveryTimer = setTimeout(() => {
      this.#options.send('gitops/delivery/changed', {});
      this.#guard('looking at clusters', () => this.#options.onSettled());
    }, factsDelayMilliseconds);
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
    for (const { dependencies } of this.#reporter.found.values()) for (const path of dependencies) if (model.tree.kind(path) === 'file') used.add(path);
    const facts: WorkspaceFacts = {
      folders: model.roots.map(({ folder }) => pathToUri(folder)),
      charts: model.charts.map(pathToUri),
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

/** What is answered where git would have to be asked and must not. */
export const untrusted = { code: 'workspace/untrusted', message: 'Git revisions are not read in Restricted Mode; trust the workspace to compare with them.' } as const;

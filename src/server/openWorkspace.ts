/** Makes the server's source of models out of the workspace service: names for kustomizations, words for failures. */
import type { FileTree } from '../core/base/fileTree.js';
import { SourceText } from '../core/base/source.js';
import { noSettings, readWorkspaceSettings, type WorkspaceSettings } from '../core/gitops/settings.js';
import { parseYaml } from '../core/yaml/parse.js';
import { declineRendering } from '../core/gitops/renderSource.js';
import { chartPlanOf, type ChartPlan } from '../services/chartRenderings.js';
import type { DeliveryAt } from '../services/deliveryAt.js';
import { Failure } from '../services/failure.js';
import type { RenderingAtRevision } from './preview/openPreviews.js';
import type { CommitFacts, GitWriter, RefFacts } from '../services/ports.js';
import type { TimedRendering } from '../services/renderingMemo.js';
import type { Workspace, WorkspaceState } from '../services/workspace.js';
import type { Model } from './model.js';
import type { FailureWords, FetchAnswer, Revision } from './protocol.js';
import type { WorkspaceSource } from './workspaceSource.js';

/** The source that `workspace` is. @param writer the git that knows branches; without it nothing is edited on branches */
export function openWorkspace(workspace: Workspace, writer?: Pick<GitWriter, 'branch'>): WorkspaceSource {
  let model: { readonly state: WorkspaceState; readonly model: Model } | undefined;
  return {
    model: () => {
      const { state } = workspace;
      if (model?.state !== state) model = { state, model: toModel(state) };
      return model.model;
    },
    setBuffer: (path, text) => workspace.setBuffer(path, text),
    noteChanges: (paths) => workspace.noteChanges(paths),
    setFolders: (folders) => workspace.setFolders(folders),
    setWorkspaceSettings: (json) => workspace.setEditorSettings(readEditorSettings(json)),
    setForgePullRequests: (answers) => workspace.setForgePullRequests(answers),
    setLoadRestrictor: (loadRestrictor) => workspace.setBuildOptions({ loadRestrictor, enableHelm: true }),
    deliveryAt: (revision, signal) => orWords(() => workspace.deliveryAt(revision, signal)),
    mergeBase: (a, b, signal) => orWords(() => workspace.mergeBase(a, b, signal)),
    renderAt: ({ folder, revision, environment, chart }, signal) =>
      orWords(async () => {
        if (environment !== undefined) {
          const at = await workspace.deliveryAt(revision, signal);
          return renderEnvironmentAt(at, folder, environment, chart !== undefined && ((inputs) => workspace.renderPlannedChart(at.tree, inputs)));
        }
        const answer = typeof chart === 'object' ? await workspace.renderChartAt(folder, chart, revision, signal) : await workspace.renderAt(folder, revision, signal);
        return { rendering: answer.rendering, milliseconds: answer.milliseconds, model: { tree: answer.tree, parse: (path) => answer.parse(path) } };
      }),
    hasSameFiles: ({ folder, revision }, paths, signal) => orWords(() => workspace.hasSameFiles(folder, revision, paths, signal)),
    revisions: (folder, signal) =>
      orWords(async () => {
        const { refs, commits } = await workspace.revisions(folder, signal);
        return [{ name: 'HEAD', kind: 'head' as const, description: commits[0]?.subject ?? '' }, ...refs.map(toRevision), ...commits.map(commitToRevision)];
      }),
    unsaved: () => workspace.state.unsaved,
    committed: () => workspace.committed,
    gitState: (top) => workspace.gitState(top),
    refreshGit: (isAllowed, signal) => workspace.refreshGit(isAllowed, signal),
    edited: () => workspace.edited,
    editable: writer && { workspace, writer },
    fetch: async (specs, signal) => toAnswer(await workspace.fetch(specs, signal)),
  };
}

function toModel(state: WorkspaceState): Model {
  const { roots } = state;
  const byFolder = new Map(roots.map((root) => [root.folder, root]));
  const tree: FileTree = state.tree;
  return {
    tree,
    roots,
    workspaceFolders: state.folders,
    rootOf: (folder) => byFolder.get(folder),
    usersOf: (path) => {
      const users = new Set(state.usersOf(path));
      return roots.filter(({ folder }) => users.has(folder));
    },
    render: (folder) => state.render(folder),
    parse: (path) => state.parse(path),
    charts: state.charts,
    renderChart: (folder, inputs) => state.renderChart(folder, inputs),
    get delivery() {
      return state.delivery;
    },
    yamlFiles: state.yamlFiles,
  };
}

/** JSON is YAML too, so the settings are read as the file is; what is wrong with them the editor's schema says. */
function readEditorSettings(json: string): WorkspaceSettings {
  return json === '' ? noSettings : readWorkspaceSettings(parseYaml(new SourceText('/settings.json', json))).settings;
}

/** @param renderPlan renders a chart as planned, without what its operator does to the objects; false where that is meant */
function renderEnvironmentAt({ delivery, tree }: DeliveryAt, folder: string, id: string, renderPlan: false | ((plan: ChartPlan) => TimedRendering)): RenderingAtRevision {
  const environment = delivery.model.environments.find((candidate) => candidate.id === id);
  const plan = environment && renderPlan !== false ? chartPlanOf(delivery, environment) : undefined;
  const timed = environment
    ? plan && renderPlan !== false
      ? renderPlan(plan)
      : delivery.render(environment)
    : { rendering: declineRendering(folder, 'gitops/environment-missing', 'This environment is not declared at this revision.', folder), milliseconds: 0 };
  return { ...timed, model: { tree, parse: (path) => delivery.parse(path) } };
}

async function orWords<T>(run: () => Promise<T>): Promise<T | FailureWords> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Failure) return wordsOf(error);
    throw error;
  }
}

function wordsOf(failure: Failure): FailureWords {
  return { code: failure.code, message: `${failure.message} ${failure.action}` };
}

function toRevision({ name, kind, subject }: RefFacts): Revision {
  return { name, kind: kind === 'tag' ? 'tag' : 'branch', description: subject };
}

function commitToRevision({ hash, subject, author, date }: CommitFacts): Revision {
  return { name: hash, kind: 'commit', description: `${subject} (${author}, ${date.slice(0, 10)})` };
}

function toAnswer(results: Awaited<ReturnType<Workspace['fetch']>>): FetchAnswer {
  return {
    fetched: results.flatMap(({ spec, outcome }) => (outcome instanceof Failure ? [] : [{ spec, commit: outcome }])),
    failures: results.flatMap(({ spec, outcome }) => (outcome instanceof Failure ? [{ spec, ...wordsOf(outcome) }] : [])),
  };
}

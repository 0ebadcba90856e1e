/** Keeps a bug of the renderer from ending the server: what it throws becomes a problem at the kustomization. */
import { joinPath } from '../core/base/path.js';
import { SourceText } from '../core/base/source.js';
import type { Problem } from '../core/base/problem.js';
import { declineRendering } from '../core/gitops/renderSource.js';
import { noSettings } from '../core/gitops/settings.js';
import type { DeliveryState } from '../services/delivery.js';
import type { Model } from './model.js';
import type { TimedRendering } from '../services/renderingMemo.js';

/** The same model, whose `render` never throws. */
export function guardModel(model: Model, log: (name: string, error: unknown) => void): Model {
  const failed = new Map<string, TimedRendering>();
  const guard = (key: string, file: string, render: () => TimedRendering): TimedRendering => {
    const before = failed.get(key);
    if (before) return before;
    try {
      return render();
    } catch (error) {
      log(`rendering ${key}`, error);
      const answer = { rendering: renderingOfBug(key, file, error), milliseconds: 0 };
      failed.set(key, answer);
      return answer;
    }
  };
  let delivery: DeliveryState | undefined;
  const guardDelivery = (): DeliveryState => {
    try {
      const found = model.delivery;
      return { ...found, render: (environment) => guard(environment.id, environment.declaredAt.source.path, () => found.render(environment)) };
    } catch (error) {
      log('finding environments', error);
      return noDelivery;
    }
  };
  return {
    tree: model.tree,
    roots: model.roots,
    workspaceFolders: model.workspaceFolders,
    rootOf: (folder) => model.rootOf(folder),
    usersOf: (path) => model.usersOf(path),
    parse: (path) => model.parse(path),
    yamlFiles: model.yamlFiles,
    charts: model.charts,
    renderChart: (folder, inputs) =>
      guard(`${folder} ${'id' in inputs ? inputs.id : JSON.stringify(inputs)}`, joinPath(folder, 'Chart.yaml'), () => model.renderChart(folder, inputs)),
    get delivery() {
      return (delivery ??= guardDelivery());
    },
    render: (folder) => guard(folder, model.rootOf(folder)?.file ?? folder, () => model.render(folder)),
  };
}

/** What is known where a bug keeps environments from being found. */
const noDelivery: DeliveryState = {
  model: { environments: [], objects: [], repositories: [], problems: [] },
  settings: noSettings,
  pullRequestSources: [],
  render: () => ({ rendering: declineRendering('/', 'gitops/internal-error', 'A bug kept environments from being found.', '/'), milliseconds: 0 }),
  plansOf: () => [],
  standInsOf: () => [],
  variablesOf: () => undefined,
  parse: () => undefined,
  usersOf: () => [],
  usersStamp: () => ({}),
};

function renderingOfBug(folder: string, file: string, error: unknown): TimedRendering['rendering'] {
  const problem: Problem = {
    code: 'kustomize/internal-error',
    severity: 'error',
    message: `A bug of GitOps Workbench kept this from being rendered; please report it with the log. (${error instanceof Error ? error.message : String(error)})`,
    location: new SourceText(file, '').locate(0, 0),
  };
  return { folder, ok: false, objects: [], problems: [problem], lacks: [], dependencies: new Set([file]) };
}

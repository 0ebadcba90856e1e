/** Keeps a bug of the renderer from ending the server: what it throws becomes a problem at the kustomization. */
import { SourceText } from '../core/base/source.js';
import type { Problem } from '../core/base/problem.js';
import type { Model } from './model.js';
import type { TimedRendering } from '../services/renderingMemo.js';

/** The same model, whose `render` never throws. */
export function guardModel(model: Model, log: (name: string, error: unknown) => void): Model {
  const failed = new Map<string, TimedRendering>();
  return {
    tree: model.tree,
    roots: model.roots,
    workspaceFolders: model.workspaceFolders,
    rootOf: (folder) => model.rootOf(folder),
    usersOf: (path) => model.usersOf(path),
    parse: (path) => model.parse(path),
    render: (folder) => {
      const before = failed.get(folder);
      if (before) return before;
      try {
        return model.render(folder);
      } catch (error) {
        log(`rendering ${folder}`, error);
        const answer = { rendering: renderingOfBug(model, folder, error), milliseconds: 0 };
        failed.set(folder, answer);
        return answer;
      }
    },
  };
}

function renderingOfBug(model: Model, folder: string, error: unknown): TimedRendering['rendering'] {
  const file = model.rootOf(folder)?.file ?? folder;
  const problem: Problem = {
    code: 'kustomize/internal-error',
    severity: 'error',
    message: `A bug of GitOps Workbench kept this from being rendered; please report it with the log. (${error instanceof Error ? error.message : String(error)})`,
    location: new SourceText(file, '').locate(0, 0),
  };
  return { folder, ok: false, objects: [], problems: [problem], lacks: [], dependencies: new Set([file]) };
}

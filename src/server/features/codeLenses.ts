/** Lenses above sources: `Preview | Compare with …` on a kustomization, `Affects dev, stage, prod` on what environments use. */
import type { CodeLens, Command } from 'vscode-languageserver';
import type { Model } from '../model.js';
import { baseName } from '../../core/base/path.js';
import { chartOf, usersOf, type Previewable } from '../preview/previewables.js';
import type { ClientCommandId, ClientCommands } from '../protocol.js';
import { pathToUri } from '../uris.js';
import { listNames } from './diagnostics.js';

/**
 * The lenses of a file.
 * @param knowsUsers false while not every kustomization was rendered: whom a file affects is not told by halves
 */
export function listCodeLenses(model: Model, path: string, { knowsUsers }: { readonly knowsUsers: boolean }): CodeLens[] {
  const root = model.roots.find((candidate) => candidate.file === path);
  const chart = root || baseName(path) !== 'Chart.yaml' ? undefined : chartOf(model, path);
  const uri = pathToUri(path);
  const commands: Command[] = [];
  if (root && !root.isComponent) {
    commands.push(command('Preview', 'gitops.preview.openToSide', uri));
    if (model.roots.length > 1) commands.push(command('Compare with …', 'gitops.environments.compare', uri));
  }
  if (chart && !chart.isLibrary) {
    commands.push(
      command('Preview', 'gitops.preview.openToSide', uri),
      command('Preview with …', 'gitops.charts.chooseValues', uri),
      command('Compare with …', 'gitops.environments.compare', uri),
    );
  }
  const affected = !knowsUsers ? [] : usersOf(model, path).filter((user) => user.isEnvironment && user.folder !== root?.folder);
  if (affected.length > 0) commands.push(command(`Affects ${nameEnvironments(affected)}`, '_gitops.preview.pick', uri));
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  return commands.map((title) => ({ range, command: title }));
}

/** Short names where all are of one app, else the long ones. */
export function nameEnvironments(roots: readonly Pick<Previewable, 'label' | 'shortLabel'>[]): string {
  const shorts = roots.map(({ shortLabel }) => shortLabel);
  const areUnique = new Set(shorts).size === shorts.length;
  return listNames(areUnique ? shorts : roots.map(({ label }) => label), 6);
}

function command<Id extends ClientCommandId>(title: string, id: Id, ...parameters: ClientCommands[Id]): Command {
  return { title, command: id, arguments: parameters };
}

/** Puts a copy of the sample repository where the user says, and opens it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';

const sample = 'argocd-kustomize';

export function register(app: App): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.sample.open': async () => {
      const [parent] = (await vscode.window.showOpenDialog({ title: 'Where to Put the Sample', openLabel: 'Put It Here', canSelectFiles: false, canSelectFolders: true })) ?? [];
      if (!parent) return;
      const folder = await copySample(app, parent);
      await vscode.commands.executeCommand('vscode.openFolder', folder);
    },
    '_gitops.sample.copy': async (parent) => void (await copySample(app, vscode.Uri.parse(parent))),
  });
}

/** Copies the sample into a new folder of `parent` and commits it there, so that there is something to compare with. */
async function copySample(app: App, parent: vscode.Uri): Promise<vscode.Uri> {
  const folder = await freeFolder(parent);
  await vscode.workspace.fs.copy(vscode.Uri.joinPath(app.context.extensionUri, 'samples', sample), folder);
  const git = (...words: readonly string[]): Promise<unknown> => promisify(execFile)('git', words, { cwd: folder.fsPath });
  const author = ['-c', 'user.name=Sample Author', '-c', 'user.email=author@example.com', '-c', 'commit.gpgsign=false'];
  try {
    await git('init', '--initial-branch=main');
    await git('add', '--all');
    await git(...author, 'commit', '--quiet', '--message', 'The sample as it comes');
  } catch (error) {
    // Without git there is only no history: all else works.
    app.log.warn(`The sample has no git history: ${error instanceof Error ? error.message : String(error)}`);
  }
  return folder;
}

async function freeFolder(parent: vscode.Uri): Promise<vscode.Uri> {
  const taken = new Set((await vscode.workspace.fs.readDirectory(parent)).map(([name]) => name));
  const names = ['gitops-sample', ...Array.from({ length: 99 }, (_, index) => `gitops-sample-${index + 2}`)];
  const name = names.find((each) => !taken.has(each));
  if (name === undefined) throw new Error('There are too many samples in this folder already.');
  return vscode.Uri.joinPath(parent, name);
}

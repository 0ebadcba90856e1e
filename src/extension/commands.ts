/**
 * Every command of the extension: its title, its icon, what it is called with. package.json says the same (a test
 * compares the two). They are registered and run through bindings.ts, so a misspelt id doesn't compile.
 */
import type * as vscode from 'vscode';
import type { UriText, TextRange } from '../server/protocol.js';

export interface CommandInfo {
  readonly title: string;
  readonly icon?: string;
  /** When the command can be run at all, as package.json's `enablement`. */
  readonly enablement?: string;
  /** Run by our own code lenses and links only: not in package.json. */
  readonly internal?: true;
}

export const commands = {
  'gitops.preview.openToSide': { title: 'Open Preview to the Side', icon: '$(open-preview)' },
  'gitops.preview.compareWithHead': { title: 'Compare with HEAD', icon: '$(git-compare)', enablement: 'isWorkspaceTrusted' },
  'gitops.preview.revealSecrets': { title: 'Reveal Secrets in Preview', icon: '$(eye)' },
  'gitops.preview.maskSecrets': { title: 'Hide Secrets in Preview', icon: '$(eye-closed)' },
  'gitops.preview.showKustomization': { title: 'Show Kustomization', icon: '$(go-to-file)' },
  'gitops.preview.nextChange': { title: 'Go to Next Change of this Overlay' },
  'gitops.preview.previousChange': { title: 'Go to Previous Change of this Overlay' },
  'gitops.environments.compare': { title: 'Compare Environments…', icon: '$(compare-changes)' },
  'gitops.environments.compareRevisions': { title: 'Compare Environment at Two Revisions…', enablement: 'isWorkspaceTrusted' },
  'gitops.remote.fetch': { title: 'Fetch Remote Bases', enablement: 'isWorkspaceTrusted' },
  'gitops.server.restart': { title: 'Restart Server' },
  'gitops.log.show': { title: 'Show Log' },
  '_gitops.preview.pick': { title: 'Open the preview of an environment that uses a file', internal: true },
  '_gitops.place.show': { title: 'Show a place in a file', internal: true },
} as const satisfies Readonly<Record<string, CommandInfo>>;

export type CommandId = keyof typeof commands;

/** What each command may be called with; a command from the palette is called with nothing. */
export interface CommandArguments {
  'gitops.preview.openToSide': [target?: vscode.Uri | UriText];
  'gitops.preview.compareWithHead': [preview?: vscode.Uri];
  'gitops.preview.revealSecrets': [preview?: vscode.Uri];
  'gitops.preview.maskSecrets': [preview?: vscode.Uri];
  'gitops.preview.showKustomization': [preview?: vscode.Uri];
  'gitops.preview.nextChange': [];
  'gitops.preview.previousChange': [];
  'gitops.environments.compare': [target?: vscode.Uri | UriText];
  'gitops.environments.compareRevisions': [target?: vscode.Uri | UriText];
  'gitops.remote.fetch': [spec?: string];
  'gitops.server.restart': [];
  'gitops.log.show': [];
  '_gitops.preview.pick': [target: UriText];
  '_gitops.place.show': [uri: UriText, range: TextRange];
}

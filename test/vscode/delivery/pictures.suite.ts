import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, openFile, waitFor } from '../../support/host/workspace.js';

const prod = 'apps/orders/overlays/prod/kustomization.yaml';

/** Pictures for people: the README shows the first of each. */
describe('Pictures of environments', () => {
  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(async () => {
    await window.resize(1440, 900);
    await closeAll();
  });

  for (const [name, theme, width] of [
    ['board', 'Default Dark Modern', 1440],
    ['board-light', 'Default Light Modern', 1440],
    ['board-contrast', 'Default High Contrast', 1440],
    ['board-narrow', 'Default Dark Modern', 860],
  ] as const) {
    it(`show the board beside the tree (${name})`, async () => {
      await useTheme(theme);
      await window.resize(width, 900);
      await vscode.commands.executeCommand('gitops.environments.focus');
      const editor = await openFile(prod);
      await editUnsaved(editor, 'newTag: sha-2b9f6a13', 'newTag: sha-7c41d09e');
      await vscode.commands.executeCommand('gitops.board.open');
      await waitFor('the edited version', async () => (await window.textOf('.card[aria-label^="orders prod"]')).includes('unsaved'));
      await window.click('.card[aria-label^="orders prod"] .version');
      await window.moveMouse(700, 860);
      await settle();
      await window.screenshot(name);
    });
  }

  it('show an open environment in the tree, with its tooltip', async () => {
    await useTheme('Default Dark Modern');
    await vscode.commands.executeCommand('gitops.environments.focus');
    const row = '.pane-body .monaco-list-row[aria-label^="Environment orders prod"]';
    await waitFor('the environment', async () => (await window.textOf(row)) !== '');
    await waitFor('the tooltip', async () => {
      // The editor shows it when the mouse comes from elsewhere and rests.
      await window.moveMouse(900, 500);
      await window.hover(row);
      await settle();
      return (await window.textOf('.monaco-hover')).includes('Destination');
    });
    await settle();
    await window.screenshot('environment');
    await window.moveMouse(900, 500);
  });
});

async function useTheme(theme: string): Promise<void> {
  await vscode.workspace.getConfiguration().update('workbench.colorTheme', theme, vscode.ConfigurationTarget.Global);
}

/** Fades and layouts of the window have no event to wait for. */
async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 800));
}

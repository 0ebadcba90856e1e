import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, waitFor } from '../../support/host/workspace.js';

/** Pictures for people: the README shows the first. */
describe('Pictures of the topology', () => {
  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(closeAll);

  for (const [name, theme] of [
    ['topology', 'Default Dark Modern'],
    ['topology-light', 'Default Light Modern'],
    ['topology-contrast', 'Default High Contrast'],
  ] as const) {
    it(`show the topology with the way to production (${name})`, async () => {
      await useTheme(theme);
      await vscode.commands.executeCommand('workbench.action.closeSidebar');
      await vscode.commands.executeCommand('gitops.topology.open');
      await waitFor('the picture', async () => (await window.textOf('.node.environment')).includes('atlas prod'));
      await settle();
      await window.hover('.node.environment[aria-label^="atlas prod"]');
      await settle();
      await window.screenshot(name);
    });
  }
});

async function useTheme(theme: string): Promise<void> {
  await vscode.workspace.getConfiguration().update('workbench.colorTheme', theme, vscode.ConfigurationTarget.Global);
}

/** Fades and layouts of the window have no event to wait for. */
async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 800));
}

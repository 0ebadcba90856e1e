import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, openFile, uriOf, waitFor } from '../../support/host/workspace.js';

/** The second folder of the window: the repository that Flux follows. */
const flux = 1;
const declaration = 'delivery/dev.yaml';
const input = '.quick-input-widget';

async function previewText(): Promise<string> {
  const document = await waitFor(
    'the preview',
    () => vscode.window.visibleTextEditors.find(({ document: { uri } }) => uri.scheme === 'gitops-preview' && uri.path.includes('archive dev'))?.document,
  );
  return document.getText();
}

describe('Stand-ins for values that only a cluster has', () => {
  beforeEach(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    const editor = await openFile(declaration, flux);
    await editUnsaved(editor, '      - kind: ConfigMap\n        name: cluster-settings', '      - kind: Secret\n        name: cluster-secrets');
    // Without the ConfigMap of the repository, only the cluster knows the two variables.
    await waitFor('the missing values', async () => {
      const environments = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uriOf(declaration, flux), 100);
      return environments.some(({ command }) => command?.title.startsWith('Preview as deployed'));
    });
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await closeAll();
  });

  it('are offered with the first preview, asked for one by one, and stand in it then', async () => {
    await vscode.commands.executeCommand('gitops.environments.preview', uriOf(declaration, flux));
    await waitFor('the offer', async () => /Only the cluster knows cluster_(domain|issuer)/.test(await window.textOf('.notification-toast')));
    await window.click('.notification-toast .monaco-button:has-text("Give Values…")');
    const values: Readonly<Record<string, string>> = { cluster_domain: 'stand-in.example.com', cluster_issuer: 'stand-in-issuer' };
    for (let count = 1; count <= 2; count++) {
      const asked = await waitFor(`question ${count}`, async () => {
        const shown = await window.textOf(input);
        return shown.includes(`(${count}/2)`) && shown;
      });
      const name = Object.keys(values).find((each) => asked.includes(`value of ${each}`));
      assert.ok(name, asked);
      assert.match(asked, /Secret flux-system\/cluster-secrets/);
      await window.type(values[name] ?? '');
      await window.press('Enter');
    }
    await waitFor('the values', async () => {
      const text = await previewText();
      return text.includes('dev.stand-in.example.com') && text.includes('cert-manager.io/cluster-issuer: stand-in-issuer');
    });
  });

  it('are not asked for again, and can be changed with the command', async () => {
    await vscode.commands.executeCommand('gitops.environments.preview', uriOf(declaration, flux));
    await waitFor('the remembered values', async () => (await previewText()).includes('dev.stand-in.example.com'));
    assert.doesNotMatch(await window.textOf('.notification-toast'), /Only the cluster knows/);
    const setting = vscode.commands.executeCommand('gitops.environments.setStandIns', uriOf(declaration, flux));
    for (let count = 1; count <= 2; count++) {
      const asked = await waitFor(`question ${count}`, async () => {
        const shown = await window.textOf(input);
        return shown.includes(`(${count}/2)`) && shown;
      });
      // The remembered value is selected: typing replaces it.
      if (asked.includes('value of cluster_domain')) await window.type('other.example.com');
      await window.press('Enter');
    }
    await setting;
    await waitFor('the new value', async () => (await previewText()).includes('dev.other.example.com'));
  });
});

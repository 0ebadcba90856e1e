/** Steps in the sidebar's trees that suites have in common. Rows are named by the words for screen readers. */
import * as vscode from 'vscode';
import { window } from './inHost.js';
import { waitFor } from './workspace.js';

/** The first row whose words begin so. */
export function row(spoken: string): string {
  return `.pane-body .monaco-list-row[aria-label^="${spoken}"]`;
}

/** What a screen reader says of a row, once it fits. */
export async function waitForRow(spoken: string, fits = /^/, seconds = 20): Promise<string> {
  return waitFor(
    `${spoken} as ${fits.source}`,
    async () => {
      if ((await window.textOf(row(spoken))) === '') return undefined;
      const words = await window.attributeOf(row(spoken), 'aria-label');
      return fits.test(words) && words;
    },
    seconds,
  );
}

/** Opens a row that is closed. */
export async function expand(spoken: string): Promise<void> {
  await waitForRow(spoken);
  if ((await window.attributeOf(row(spoken), 'aria-expanded')) !== 'true') await window.click(`${row(spoken)} .monaco-tl-twistie`);
}

/** Chooses an item of a row's menu. */
export async function chooseInMenu(spoken: string, item: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await waitForRow(spoken);
    try {
      await window.rightClick(row(spoken));
      await waitFor(`the menu with ${item}`, async () => (await window.textOf('.monaco-menu')).includes(item));
      // The menu lets clicks of the first moments pass, which may belong to the click that opened it.
      await new Promise((done) => setTimeout(done, 300));
      return await window.click(`.monaco-menu .action-label:text-is("${item}")`);
    } catch (error) {
      // A tree that is drawn anew closes the menu under the mouse: whoever means it opens it again.
      if (attempt === 3) throw error;
      await window.press('Escape');
    }
  }
}

/** Presses a button of a notification, once one says that. */
export async function answerNotification(words: string, button: string): Promise<void> {
  const asked = Date.now();
  const isShown = async (): Promise<boolean> => {
    if ((await window.textOf('.notification-list-item')).includes(words)) return true;
    // VS Code holds toasts back where several come at once; the list of notifications has them all the same.
    if (Date.now() - asked > 5000) await vscode.commands.executeCommand('notifications.showList');
    return false;
  };
  await waitFor(`the notification ${words}`, isShown, 30);
  await window.click(`.notification-list-item:has-text("${words}") .monaco-button:has-text("${button}")`);
  await vscode.commands.executeCommand('notifications.hideList');
}

/** Chooses what is typed in a list whose title says that. */
export async function choosePick(title: string, text: string): Promise<void> {
  const items = '.quick-input-list .monaco-list-row';
  await waitFor(`the list ${title} with ${text}`, async () => (await window.textOf('.quick-input-title')).includes(title) && (await window.textOf(items)).includes(text), 20);
  await window.type(text);
  await waitFor(`${text} in front`, async () => (await window.attributeOf(`${items}.focused`, 'aria-label')).startsWith(text));
  await window.press('Enter');
}

/** Picks these of a list in which all are picked. */
export async function pickOnly(labels: readonly string[]): Promise<void> {
  await waitFor('the list', async () => (await window.textOf('.quick-input-list')).includes(labels[0] ?? ''), 20);
  await window.click('.quick-input-header [aria-label="Toggle all checkboxes"]');
  for (const label of labels) await window.click(`.quick-input-list .monaco-list-row:has-text("${label}")`);
  await window.press('Enter');
}

/** Takes a list or box as it stands, once its title says that. */
export async function acceptPick(title: string): Promise<void> {
  // One that is hidden keeps its words.
  await waitFor(`the list ${title}`, async () => (await window.textOf('.quick-input-title:visible')).includes(title), 30);
  await window.press('Enter');
}

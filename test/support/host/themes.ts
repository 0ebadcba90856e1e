/** Pictures of the window as it stands in each kind of theme, to be looked at by people: dark, and both with high contrast. */
import * as vscode from 'vscode';
import { window } from './inHost.js';
import { waitFor } from './workspace.js';

const themes = [
  ['dark', 'Default Dark Modern', 'vs-dark'],
  ['contrast', 'Default High Contrast', 'hc-black'],
  ['contrast-light', 'Default High Contrast Light', 'hc-light'],
] as const;

/** Takes `NAME.png` as the window is, then `NAME-dark.png` and so on; the theme is as before afterwards. */
export async function picturesOf(name: string): Promise<void> {
  await window.screenshot(name);
  for (const [suffix, theme, className] of themes) {
    await useTheme(theme);
    await waitFor(`the theme ${theme}`, async () => (await window.attributeOf('.monaco-workbench', 'class')).split(' ').includes(className));
    await window.screenshot(`${name}-${suffix}`);
  }
  await useTheme(undefined);
}

async function useTheme(theme: string | undefined): Promise<void> {
  await vscode.workspace.getConfiguration().update('workbench.colorTheme', theme, vscode.ConfigurationTarget.Global);
}

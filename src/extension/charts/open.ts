/** Opens previews of charts: the remembered inputs, or those that are asked for. */
import * as vscode from 'vscode';
import type { ChartInfo, EnvironmentInfo } from '../../server/protocol.js';
import type { App } from '../app.js';
import { previewScheme } from '../preview/previews.js';
import { showPreview } from '../preview/show.js';
import { chooseInputs, lastChoice, type ChartChoice } from './choose.js';

/** What shows a file of a chart: the environment that alone uses it, what was chosen last, or what is asked for now. */
export async function findChartPreview(app: App, uri: vscode.Uri, chart: ChartInfo, environments: readonly EnvironmentInfo[]): Promise<ChartChoice | undefined> {
  const [only, second] = environments;
  if (only && !second) return only;
  if (chart.isLibrary && !only) {
    void vscode.window.showInformationMessage(`${chart.name} is a library chart: it is rendered within the charts that take it, and none of this workspace takes ${nameOf(uri)}.`);
    return undefined;
  }
  const last = lastChoice(app.context, chart);
  const isGood = last !== undefined && (last.release !== undefined || environments.some(({ previewUri }) => previewUri === last.previewUri));
  return isGood ? last : chooseInputs(app, chart, environments, `Preview ${nameOf(uri)} with`);
}

/** Asks what the chart of `target`, of the active file or of the active preview is rendered with, and shows that. */
export async function previewChartWith(app: App, target: vscode.Uri | undefined): Promise<void> {
  const uri = target ?? vscode.window.activeTextEditor?.document.uri;
  const chart = uri && (await app.server.request('gitops/charts/of', { uri: uri.toString() }));
  if (!uri || !chart) return void vscode.window.showInformationMessage('Open a file of a chart, such as its Chart.yaml, a template or a values file.');
  if (chart.isLibrary) return void vscode.window.showInformationMessage(`${chart.name} is a library chart: it is rendered within the charts that take it.`);
  const environments = await app.server.request('gitops/environments/of', { uri: chart.folderUri });
  const choice = await chooseInputs(app, chart, environments, `Preview ${chart.name} with`);
  if (!choice) return;
  await showPreview(vscode.Uri.parse(choice.previewUri));
  if (uri.scheme === previewScheme && uri.toString() !== vscode.Uri.parse(choice.previewUri).toString()) await closeTab(uri);
}

/** What the new preview takes the place of. */
async function closeTab(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
  await vscode.window.tabGroups.close(tabs, true);
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.split('/').at(-1) ?? uri.path;
}

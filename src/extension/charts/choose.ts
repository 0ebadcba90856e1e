/**
 * What a chart's preview is rendered with: the inputs of an environment, or values files, a release name and a namespace
 * of one's own choice. Asked once per chart and remembered; "Preview Chart with…" asks again.
 */
import * as vscode from 'vscode';
import type { ChartInfo, EnvironmentInfo } from '../../server/protocol.js';
import type { App } from '../app.js';

/** A preview to show, with what it was chosen by where that was no environment. */
export interface ChartChoice {
  readonly previewUri: string;
  readonly label: string;
  readonly release?: Release;
}

interface Release {
  readonly name: string;
  readonly namespace: string;
}

/** What was chosen last for a chart. */
export function lastChoice(context: vscode.ExtensionContext, chart: ChartInfo): ChartChoice | undefined {
  return context.workspaceState.get<ChartChoice>(memoryKey(chart));
}

/** Asks, and remembers the answer. Undefined where the user chose nothing. */
export async function chooseInputs(app: App, chart: ChartInfo, environments: readonly EnvironmentInfo[], title: string): Promise<ChartChoice | undefined> {
  const last = lastChoice(app.context, chart);
  const chosen = await vscode.window.showQuickPick(listItems(chart, environments, last), { title, placeHolder: 'Environment or values file', matchOnDescription: true });
  const choice = await chosen?.choose?.(app);
  if (choice) await app.context.workspaceState.update(memoryKey(chart), choice);
  return choice;
}

type Choose = (app: App) => Promise<ChartChoice | undefined>;

interface InputItem extends vscode.QuickPickItem {
  readonly choose?: Choose;
}

function listItems(chart: ChartInfo, environments: readonly EnvironmentInfo[], last: ChartChoice | undefined): InputItem[] {
  const isLast = ({ previewUri }: EnvironmentInfo): boolean => previewUri === last?.previewUri;
  const wholes = [...environments]
    .sort((a, b) => Number(isLast(b)) - Number(isLast(a)))
    .map(({ label, description, previewUri }): InputItem => ({
      label,
      description,
      iconPath: new vscode.ThemeIcon('server-environment'),
      choose: () => Promise.resolve({ previewUri, label }),
    }));
  const withValues =
    (values: readonly string[]): Choose =>
    (app) =>
      withRelease(app, chart, values);
  const files = chart.valuesFiles.map(({ uri, label }): InputItem => ({
    label: nameOf(uri),
    description: label,
    iconPath: new vscode.ThemeIcon('file'),
    choose: withValues([uri]),
  }));
  return [
    ...wholes,
    { label: 'Values', kind: vscode.QuickPickItemKind.Separator },
    { label: 'The chart’s own values', description: 'values.yaml alone', iconPath: new vscode.ThemeIcon('symbol-constant'), choose: withValues([]) },
    ...files,
    { label: 'Several values files…', iconPath: new vscode.ThemeIcon('files'), choose: (app) => chooseSeveral(app, chart) },
    { label: 'Release name and namespace…', description: describeRelease(last?.release), iconPath: new vscode.ThemeIcon('tag'), choose: (app) => chooseRelease(app, chart) },
  ];
}

/** Values files in ascending precedence: as the list has them, those from elsewhere last. */
async function chooseSeveral(app: App, chart: ChartInfo): Promise<ChartChoice | undefined> {
  const browse = 'Other files…';
  const items = [
    ...chart.valuesFiles.map(({ uri, label }) => ({ label: nameOf(uri), description: label, uri })),
    { label: browse, description: 'from anywhere in the workspace', uri: '' },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: `Values files of ${chart.name}: a later one wins`, canPickMany: true });
  if (!chosen || chosen.length === 0) return undefined;
  const others = chosen.some(({ uri }) => uri === '')
    ? await vscode.window.showOpenDialog({ canSelectMany: true, defaultUri: vscode.Uri.parse(chart.folderUri), filters: { YAML: ['yaml', 'yml'] } })
    : [];
  if (!others) return undefined;
  return withRelease(app, chart, [...chosen.flatMap(({ uri }) => (uri === '' ? [] : [uri])), ...others.map(String)]);
}

/** The chart's own values under another name or in another namespace. */
async function chooseRelease(app: App, chart: ChartInfo): Promise<ChartChoice | undefined> {
  const release = await askRelease(app, chart);
  return release && makeChoice(app, chart, [], release);
}

/** Asks for the release's name and namespace the first time only. */
async function withRelease(app: App, chart: ChartInfo, values: readonly string[]): Promise<ChartChoice | undefined> {
  const release = readRelease(app, chart) ?? (await askRelease(app, chart));
  return release && makeChoice(app, chart, values, release);
}

async function makeChoice(app: App, { folderUri, name }: ChartInfo, values: readonly string[], release: Release): Promise<ChartChoice> {
  const { uri } = await app.server.request('gitops/charts/preview', { folderUri, values, releaseName: release.name, namespace: release.namespace });
  return { previewUri: uri, label: values.length === 0 ? name : `${name} with ${values.map(nameOf).join(', ')}`, release };
}

function readRelease(app: App, chart: ChartInfo): Release | undefined {
  return app.context.workspaceState.get<Release>(releaseKey(chart));
}

async function askRelease(app: App, chart: ChartInfo): Promise<Release | undefined> {
  const last = readRelease(app, chart);
  const name = await vscode.window.showInputBox({
    title: `Preview ${chart.name} (1/2): name of the release`,
    prompt: 'What templates see as .Release.Name',
    value: last?.name ?? chart.name,
    validateInput: (text) =>
      /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text) && text.length <= 53 ? undefined : 'Lowercase letters, digits and dashes, at most 53',
  });
  if (name === undefined) return undefined;
  const namespace = await vscode.window.showInputBox({
    title: `Preview ${chart.name} (2/2): namespace`,
    prompt: 'What templates see as .Release.Namespace',
    value: last?.namespace ?? 'default',
  });
  if (namespace === undefined) return undefined;
  const release = { name, namespace };
  await app.context.workspaceState.update(releaseKey(chart), release);
  return release;
}

function describeRelease(release: Release | undefined): string {
  return release ? `${release.name} in ${release.namespace}` : '';
}

function nameOf(uri: string): string {
  return vscode.Uri.parse(uri).path.split('/').at(-1) ?? uri;
}

function memoryKey({ folderUri }: ChartInfo): string {
  return `gitops.chartPreview ${folderUri}`;
}

function releaseKey({ folderUri }: ChartInfo): string {
  return `gitops.chartRelease ${folderUri}`;
}

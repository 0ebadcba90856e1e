/** The requests and notifications of our own protocol. */
import { ResponseError, LSPErrorCodes, type CancellationToken, type Connection } from 'vscode-languageserver';
import { findLacks } from '../services/lacks.js';
import { findLinesFrom } from './features/references.js';
import { chartOf, listPreviewables, previewableAt, previewablesOf, type Previewable } from './preview/previewables.js';
import type { ChartInfo, EnvironmentInfo, FetchAnswer, ServerNotifications, ServerRequests, UriText } from './protocol.js';
import { readSettings } from './readSettings.js';
import type { Session } from './session.js';
import { labelOfChart, makePreviewUri, parsePreviewUri, pathToUri, uriToPath, type PreviewAddress } from './uris.js';

type Handler<Method extends keyof ServerRequests> = (
  parameters: ServerRequests[Method]['params'],
  token: CancellationToken,
) => ServerRequests[Method]['result'] | Promise<ServerRequests[Method]['result']>;

export function registerCustomRequests(connection: Connection, session: Session): void {
  const onRequest = <Method extends keyof ServerRequests>(method: Method, handler: Handler<Method>): unknown => connection.onRequest(method, handler);
  const onNotification = <Method extends keyof ServerNotifications>(method: Method, handler: (parameters: ServerNotifications[Method]) => void): unknown =>
    connection.onNotification(method, handler);

  onRequest('gitops/environments/of', ({ uri }) => environmentsOf(session, uri).map(toInfo));
  onRequest('gitops/environments/all', () => listPreviewables(session.model).map(toInfo));
  onRequest('gitops/preview/uri', ({ folderUri, previewUri, revision }) => {
    const shown = previewUri === undefined ? undefined : parsePreviewUri(previewUri);
    const address = { ...(shown ?? { folder: uriToPath(folderUri) ?? '' }), revision };
    return { uri: makePreviewUri(address, labelOfAddress(session, address)) };
  });
  onRequest('gitops/preview/linesFrom', ({ previewUri, uri, line }) => {
    const path = uriToPath(uri);
    const view = session.previews.view(previewUri);
    return view && path !== undefined ? findLinesFrom(view.rendering, { path, line }) : [];
  });
  onRequest('gitops/charts/of', ({ uri }) => describeChart(session, uri));
  onRequest('gitops/charts/preview', ({ folderUri, values, releaseName, namespace }) => {
    const chart = { values: values.flatMap((each) => uriToPath(each) ?? []), releaseName, namespace };
    const address = { folder: uriToPath(folderUri) ?? '', revision: undefined, chart };
    return { uri: makePreviewUri(address, labelOfAddress(session, address)) };
  });
  onRequest('gitops/preview/open', async ({ uri }) => {
    const preview = await session.previews.open(uri);
    if (!preview) throw new ResponseError(LSPErrorCodes.RequestFailed, `${uri} is not the address of a preview.`);
    return preview;
  });
  onRequest('gitops/preview/showSecrets', ({ uri, show }) => {
    session.previews.showSecrets(uri, show);
    return null;
  });
  onRequest('gitops/revisions', ({ folderUri }, token) => session.source.revisions(uriToPath(folderUri) ?? '', signalOf(token, session)));
  onRequest('gitops/remote/fetch', ({ spec }, token) => fetchRemote(session, spec, signalOf(token, session)));
  onNotification('gitops/preview/close', ({ uri }) => session.previews.close(uri));
  onNotification('gitops/settings', (settings) => session.setSettings(readSettings(settings)));
}

/** What shows a file, environments first: itself for a kustomization or its folder, else all that use it. */
function environmentsOf(session: Session, uri: UriText): readonly Previewable[] {
  const { model } = session;
  const address = parsePreviewUri(uri);
  const shown = address && previewableAt(model, address);
  if (shown) return [shown];
  const path = address?.folder ?? uriToPath(uri);
  if (path === undefined) return [];
  session.renderAll();
  return previewablesOf(model, path);
}

function toInfo({ label, description, folder, uri, isEnvironment }: Previewable): EnvironmentInfo {
  return { label, description, folderUri: pathToUri(folder), previewUri: uri, isEnvironment };
}

function labelOfAddress(session: Session, { folder, environment, chart }: PreviewAddress): string {
  const { model } = session;
  if (typeof chart === 'object') return labelOfChart(chartOf(model, folder)?.name ?? session.label(folder), chart);
  const found = environment === undefined ? undefined : model.delivery.model.environments.find(({ id }) => id === environment);
  return found?.label ?? model.rootOf(folder)?.label ?? session.label(folder);
}

function describeChart(session: Session, uri: UriText): ChartInfo | null {
  const path = parsePreviewUri(uri)?.folder ?? uriToPath(uri);
  const chart = path === undefined ? undefined : chartOf(session.model, path);
  if (!chart) return null;
  const valuesFiles = chart.valuesFiles.map((file) => ({ uri: pathToUri(file), label: session.label(file) }));
  return { name: chart.name, folderUri: pathToUri(chart.folder), isLibrary: chart.isLibrary, valuesFiles };
}

async function fetchRemote(session: Session, spec: string | undefined, signal: AbortSignal): Promise<FetchAnswer> {
  const { model } = session;
  const specs = spec === undefined ? [...new Set(findLacks(model).map((lack) => lack.spec))] : [spec];
  if (!session.isTrusted) {
    return {
      fetched: [],
      failures: specs.map((each) => ({ spec: each, code: 'workspace/untrusted', message: 'Nothing is fetched in Restricted Mode; trust the workspace first.' })),
    };
  }
  const answer = await session.source.fetch(specs, signal);
  session.refreshAll();
  return answer;
}

/** Aborted when the editor cancels, or the server stops. */
export function signalOf(token: CancellationToken, session: Session): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort());
  return AbortSignal.any([controller.signal, session.signal]);
}

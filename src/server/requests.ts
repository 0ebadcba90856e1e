/** The requests and notifications of our own protocol. */
import { ResponseError, LSPErrorCodes, type CancellationToken, type Connection } from 'vscode-languageserver';
import { isInside } from '../core/base/path.js';
import type { Root } from '../services/kustomizationRoots.js';
import type { EnvironmentInfo, FetchAnswer, ServerNotifications, ServerRequests, UriText } from './protocol.js';
import { readSettings } from './readSettings.js';
import type { Session } from './session.js';
import { makePreviewUri, parsePreviewUri, pathToUri, uriToPath } from './uris.js';

type Handler<Method extends keyof ServerRequests> = (
  parameters: ServerRequests[Method]['params'],
  token: CancellationToken,
) => ServerRequests[Method]['result'] | Promise<ServerRequests[Method]['result']>;

export function registerCustomRequests(connection: Connection, session: Session): void {
  const onRequest = <Method extends keyof ServerRequests>(method: Method, handler: Handler<Method>): unknown => connection.onRequest(method, handler);
  const onNotification = <Method extends keyof ServerNotifications>(method: Method, handler: (parameters: ServerNotifications[Method]) => void): unknown =>
    connection.onNotification(method, handler);

  onRequest('gitops/environments/of', ({ uri }) => environmentsOf(session, uri).map(toInfo));
  onRequest('gitops/environments/all', () => session.model.roots.filter(({ isComponent }) => !isComponent).map(toInfo));
  onRequest('gitops/preview/uri', ({ folderUri, revision }) => {
    const folder = uriToPath(folderUri) ?? '';
    return { uri: makePreviewUri({ folder, revision }, session.model.rootOf(folder)?.label ?? session.label(folder)) };
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

/** The roots that show a file, environments first: itself for a kustomization or its folder, else all that use it. */
function environmentsOf(session: Session, uri: UriText): readonly Root[] {
  const { model } = session;
  const address = parsePreviewUri(uri);
  const path = address?.folder ?? uriToPath(uri);
  if (path === undefined) return [];
  const own = model.roots.find((root) => root.folder === path || root.file === path);
  if (own && !own.isComponent) return [own];
  session.renderAll();
  const users = model.usersOf(own?.file ?? path).filter((root) => !root.isComponent);
  const environments = users.filter((root) => root.isEnvironment);
  if (users.length > 0) return environments.length > 0 ? environments : users;
  // A folder of environments: those in it.
  return model.tree.kind(path) === 'directory' ? model.roots.filter((root) => root.isEnvironment && isInside(root.folder, path)) : [];
}

function toInfo(root: Root): EnvironmentInfo {
  return {
    label: root.label,
    description: root.description,
    folderUri: pathToUri(root.folder),
    previewUri: makePreviewUri({ folder: root.folder, revision: undefined }, root.label),
    isEnvironment: root.isEnvironment,
  };
}

async function fetchRemote(session: Session, spec: string | undefined, signal: AbortSignal): Promise<FetchAnswer> {
  const { model } = session;
  const specs = spec === undefined ? [...new Set(model.roots.flatMap(({ folder }) => model.render(folder).rendering.lacks.map((lack) => lack.spec)))] : [spec];
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

/**
 * The language server: keeps the model up with the editor, and answers. Whatever changes ends in one refresh that
 * renders what is looked at, then, while nothing else is to do, the rest of the workspace for its diagnostics.
 */
import {
  CodeActionKind,
  DidChangeWatchedFilesNotification,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { makeFileLabel } from './fileLabels.js';
import type { InitializationOptions, ServerSettings } from './protocol.js';
import { readSettings } from './readSettings.js';
import { OpenPreviews } from './preview/openPreviews.js';
import type { Fingerprint } from './preview/mask.js';
import { registerDeliveryRequests } from './delivery/deliveryRequests.js';
import { registerCustomRequests } from './requests.js';
import { registerLanguageFeatures } from './languageFeatures.js';
import { Session, type Notifications } from './session.js';
import { uriToPath } from './uris.js';
import type { ChangeTools } from '../services/deliverChange.js';
import type { GitAncestry, GitWriter, TextStore } from '../services/ports.js';
import { startPromotions, type StartedPromotions } from './promote/startPromotions.js';
import { registerClusterRequests } from './cluster/clusterRequests.js';
import { LiveSession, type OpenKubeconfig, type Send } from './cluster/liveSession.js';
import { Syncs } from './cluster/syncs.js';
import { registerDoctorRequests } from './doctor/doctorRequests.js';
import { Ladders, type SendDoctor } from './doctor/ladders.js';
import { Visits } from './doctor/visits.js';
import { BehindWatch } from './registries/behindWatch.js';
import { editorSecrets } from './registries/editorSecrets.js';
import { registerRegistryRequests } from './registries/registryRequests.js';
import { RegistrySession, type OpenRegistry } from './registries/registrySession.js';
import type { WorkspaceSource } from './workspaceSource.js';

export interface ServerOptions {
  /** Makes the source for a workspace; `cacheFolder` is for fetched bases. */
  readonly openWorkspace: (options: { readonly folders: readonly string[]; readonly cacheFolder: string | undefined }) => WorkspaceSource;
  /** Made anew for every process, so that what it says about secrets can't be collected. */
  readonly fingerprint: Fingerprint;
  readonly openKubeconfig: OpenKubeconfig;
  /** Keeps for a workspace which context each environment is looked at through. */
  readonly openChoices: (cacheFolder: string, folders: readonly string[]) => TextStore;
  /** Who syncs, for records of deliveries and operators' histories. */
  readonly userName: string;
  readonly openRegistry: OpenRegistry;
  /** What commits and pushes; undefined where nothing can be committed. */
  readonly changeTools?: ChangeTools;
  /** What ladders ask of git, and what pushes; undefined where there is no git. */
  readonly git?: { readonly ancestry: GitAncestry; readonly writer: GitWriter } | undefined;
  /** The text of the table of Kubernetes' types; undefined where it is missing. */
  readonly readKubernetesTable: () => string | undefined;
}

const watchedGlob = '**/*';

/** Serves `connection` until it is closed. */
export function startServer(connection: Connection, options: ServerOptions): void {
  const documents = new TextDocuments(TextDocument);
  connection.onInitialize((params) => {
    const { session, live, syncs, registries, behind, ladders, promotions } = initialize(connection, documents, params, options);
    registerLanguageFeatures(connection, session, registries);
    registerCustomRequests(connection, session);
    registerDeliveryRequests(connection, session);
    registerClusterRequests(connection, { session, live, syncs, user: options.userName, moreHints: (path) => behind.hintsOf(path) });
    registerRegistryRequests(connection, { session, registries, live });
    const visits = new Visits({ session, live, ladders, registries: registries.registries });
    registerDoctorRequests({ connection, session, live, syncs, ladders, visits, writer: options.git?.writer, user: options.userName });
    connection.onInitialized(() => {
      watch(connection, params, session);
      session.start();
    });
    connection.onShutdown(() => {
      promotions.close();
      ladders.close();
      syncs.close();
      behind.stop();
      registries.stop();
      live.stop();
      session.stop();
    });
    return capabilities();
  });
  documents.listen(connection);
  connection.listen();
}

interface ServerParts {
  readonly session: Session;
  readonly live: LiveSession;
  readonly syncs: Syncs;
  readonly registries: RegistrySession;
  readonly behind: BehindWatch;
  readonly ladders: Ladders;
  readonly promotions: StartedPromotions;
}

function initialize(connection: Connection, documents: TextDocuments<TextDocument>, params: InitializeParams, options: ServerOptions): ServerParts {
  const given = readInitializationOptions(params.initializationOptions);
  const folders = foldersOf(params);
  const source = options.openWorkspace({ folders, cacheFolder: given.cacheFolder });
  const session = new Session({
    connection,
    source,
    folders,
    settings: given.settings,
    fingerprint: options.fingerprint,
    readKubernetesTable: options.readKubernetesTable,
    makePreviews: (host) => new OpenPreviews(host),
    makeLabel: makeFileLabel,
    send: <Method extends keyof Notifications>(method: Method, parameters: Notifications[Method]) => void connection.sendNotification(method, parameters),
    tagVerdict: () => registries.verdictOf,
    onSettled: () => {
      live.workspaceChanged();
      registries.workspaceChanged();
      ladders.changed(session.model.delivery.model.environments.map(({ id }) => id));
      promotions.workspaceChanged();
    },
  });
  const send: Send = (method, parameters) => void connection.sendNotification(method, parameters);
  const { cacheFolder } = given;
  const live: LiveSession = new LiveSession({
    session,
    openKubeconfig: options.openKubeconfig,
    choices: cacheFolder === undefined ? forgetfulStore() : options.openChoices(cacheFolder, folders),
    readKubernetesTable: options.readKubernetesTable,
    isReconciled: (id) => syncs.isReconciled(id),
    onChange: (ids) => {
      syncs.poke(ids);
      ladders.changed(ids);
      behind.changed(ids);
    },
    send,
  });
  const syncs: Syncs = new Syncs({ session, live, user: options.userName, send });
  const registries: RegistrySession = new RegistrySession({
    session,
    openRegistry: options.openRegistry,
    askSecret: editorSecrets(connection),
    refreshLenses: () => {
      if (session.settings.codeLens) void connection.sendRequest('workspace/codeLens/refresh');
    },
    send: (method, parameters) => {
      void connection.sendNotification(method, parameters);
      behind.changed(session.model.delivery.model.environments.map(({ id }) => id));
    },
  });
  const behind: BehindWatch = new BehindWatch({ session, live, registries });
  const sendDoctor: SendDoctor = (method, parameters) => void connection.sendNotification(method, parameters);
  const ladders: Ladders = new Ladders({ session, live, ancestry: options.git?.ancestry, send: sendDoctor });
  const promotions: StartedPromotions = startPromotions(connection, {
    ...{ session, live, registries, ladders },
    tools: options.changeTools,
    readKubernetesTable: options.readKubernetesTable,
    user: options.userName,
  });
  const take = (document: TextDocument, isOpen: boolean): void => {
    const path = uriToPath(document.uri);
    if (path !== undefined) session.setBuffer(path, isOpen ? document.getText() : undefined);
  };
  documents.onDidChangeContent(({ document }) => take(document, true));
  documents.onDidClose(({ document }) => take(document, false));
  return { session, live, syncs, registries, behind, ladders, promotions };
}

/** For editors that name no folder to keep things in. */
function forgetfulStore(): TextStore {
  let kept: string | undefined;
  return {
    read: () => kept,
    write: (text) => {
      kept = text;
    },
  };
}

function watch(connection: Connection, params: InitializeParams, session: Session): void {
  connection.onDidChangeWatchedFiles(({ changes }) => session.noteChanges(changes.flatMap(({ uri }) => uriToPath(uri) ?? [])));
  if (params.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
    void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: watchedGlob }] });
  }
  if (params.capabilities.workspace?.workspaceFolders) {
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      session.changeFolders(paths(added), paths(removed));
    });
  }
}

function paths(folders: readonly { readonly uri: string }[]): string[] {
  return folders.flatMap(({ uri }) => uriToPath(uri) ?? []);
}

function foldersOf(params: InitializeParams): string[] {
  if (params.workspaceFolders) return paths(params.workspaceFolders);
  const root = params.rootUri ? uriToPath(params.rootUri) : undefined;
  return root === undefined ? [] : [root];
}

/** Another editor may pass nothing: then everything has the default that is safe. */
function readInitializationOptions(given: unknown): { settings: ServerSettings; cacheFolder: string | undefined } {
  const options = typeof given === 'object' && given !== null ? (given as Partial<InitializationOptions>) : {};
  return {
    settings: readSettings(options.settings),
    cacheFolder: typeof options.cacheFolder === 'string' ? options.cacheFolder : undefined,
  };
}

function capabilities(): InitializeResult {
  return {
    serverInfo: { name: 'gitops-workbench' },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      hoverProvider: true,
      definitionProvider: true,
      implementationProvider: true,
      referencesProvider: true,
      documentSymbolProvider: true,
      documentLinkProvider: { resolveProvider: false },
      codeLensProvider: { resolveProvider: false },
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.Refactor] },
      completionProvider: { triggerCharacters: ['/', ':', ' ', '-', '=', '.', '$', '"'], resolveProvider: true },
      signatureHelpProvider: { triggerCharacters: [' ', '('], retriggerCharacters: [' '] },
      documentHighlightProvider: true,
      renameProvider: { prepareProvider: true },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}

/** Starts the server process and talks to it. The only file that loads the language client library. */
import type * as vscode from 'vscode';
import { LanguageClient, TransportKind, type LanguageClientOptions, type ServerOptions } from 'vscode-languageclient/node.js';
import type { ClusterNotifications, ClusterRequests } from '../../server/clusterProtocol.js';
import type { DeliveryNotifications, DeliveryRequests } from '../../server/deliveryProtocol.js';
import type { DoctorNotifications, DoctorRequests } from '../../server/doctorProtocol.js';
import type { PromoteNotifications, PromoteQuestions, PromoteRequests } from '../../server/promoteProtocol.js';
import type { RegistriesNotifications, RegistriesQuestions, RegistriesRequests } from '../../server/registriesProtocol.js';
import type { ClientNotifications, InitializationOptions, PreviewScheme, ServerNotifications, ServerRequests } from '../../server/protocol.js';

/** Everything that the server can be asked. */
export interface Requests extends ServerRequests, DeliveryRequests, ClusterRequests, PromoteRequests, DoctorRequests, RegistriesRequests {}

/** Everything that the server says by itself. */
export interface Announcements extends ClientNotifications, DeliveryNotifications, ClusterNotifications, PromoteNotifications, DoctorNotifications, RegistriesNotifications {}

export interface ConnectionOptions {
  /** Absolute path of the server's bundle. */
  readonly serverModule: string;
  readonly log: vscode.LogOutputChannel;
  readonly options: InitializationOptions;
  /** The address of the page about a problem's code; undefined where it has none. */
  readonly pageOf: (code: string) => vscode.Uri | undefined;
  /** The user and password that are stored for a registry; null where there are none. */
  readonly secretOf: (host: string) => Promise<RegistriesQuestions['gitops/registries/secret']['result']>;
  /** The editor's session with a forge, where the user allowed it to be asked; null otherwise. Nobody is asked. */
  readonly sessionOf: (forge: PromoteQuestions['gitops/forges/session']['params']) => Promise<PromoteQuestions['gitops/forges/session']['result']>;
  readonly dispatch: <Method extends keyof Announcements>(method: Method, parameters: Announcements[Method]) => void;
}

export interface Connection {
  request<Method extends keyof Requests>(method: Method, parameters: Requests[Method]['params'], token?: vscode.CancellationToken): Promise<Requests[Method]['result']>;
  notify<Method extends keyof ServerNotifications>(method: Method, parameters: ServerNotifications[Method]): Promise<void>;
  stop(): Promise<void>;
}

const previewScheme: PreviewScheme = 'gitops-preview';

/** Starts a server; rejects where it doesn't come up. */
export async function startConnection({ serverModule, log, options, pageOf, secretOf, sessionOf, dispatch }: ConnectionOptions): Promise<Connection> {
  const run = { module: serverModule, transport: TransportKind.ipc };
  const server: ServerOptions = { run, debug: { ...run, options: { execArgv: ['--nolazy', '--inspect=6019'] } } };
  const client = new LanguageClient('gitops', 'GitOps', server, clientOptions(log, options, pageOf));
  const pass = <Method extends keyof Announcements>(method: Method): void =>
    void client.onNotification(method, (parameters: Announcements[Method]) => dispatch(method, parameters));
  pass('gitops/preview/changed');
  pass('gitops/workspace/changed');
  pass('gitops/delivery/changed');
  pass('gitops/live/changed');
  pass('gitops/live/attention');
  pass('gitops/sync/progress');
  pass('gitops/promote/progress');
  pass('gitops/pullRequests/changed');
  pass('gitops/ladder/changed');
  pass('gitops/ladder/progress');
  pass('gitops/registries/changed');
  const secret: keyof RegistriesQuestions = 'gitops/registries/secret';
  client.onRequest(secret, ({ host }: RegistriesQuestions[typeof secret]['params']) => secretOf(host));
  const forgeSession: keyof PromoteQuestions = 'gitops/forges/session';
  client.onRequest(forgeSession, (forge: PromoteQuestions[typeof forgeSession]['params']) => sessionOf(forge));
  await client.start();
  return {
    // A token that is passed as undefined would become one more parameter.
    request: (method, parameters, token) => (token ? client.sendRequest(method, parameters, token) : client.sendRequest(method, parameters)),
    notify: (method, parameters) => client.sendNotification(method, parameters),
    stop: () => client.dispose(),
  };
}

function clientOptions(log: vscode.LogOutputChannel, options: InitializationOptions, pageOf: ConnectionOptions['pageOf']): LanguageClientOptions {
  return {
    documentSelector: [
      { scheme: 'file', language: 'yaml' },
      { scheme: 'file', language: 'helm' },
      { scheme: 'file', language: 'helm-notes' },
      { scheme: 'file', pattern: '**/{kustomization.yaml,kustomization.yml,Kustomization}' },
      { scheme: 'file', language: 'json' },
      { scheme: 'file', language: 'properties' },
      { scheme: 'file', language: 'plaintext' },
      { scheme: 'file', language: 'dotenv' },
      { scheme: previewScheme },
    ],
    initializationOptions: options,
    outputChannel: log,
    traceOutputChannel: log,
    middleware: {
      // Where the page of a rule is depends on the editor: its code becomes a link here.
      handleDiagnostics: (uri, diagnostics, next) => {
        for (const diagnostic of diagnostics) {
          const target = typeof diagnostic.code === 'string' ? pageOf(diagnostic.code) : undefined;
          if (target && typeof diagnostic.code === 'string') diagnostic.code = { value: diagnostic.code, target };
        }
        next(uri, diagnostics);
      },
      // The server made the previews' text: it need not be sent back.
      didOpen: (document, next) => (document.uri.scheme === previewScheme ? Promise.resolve() : next(document)),
      didChange: (change, next) => (change.document.uri.scheme === previewScheme ? Promise.resolve() : next(change)),
      didClose: (document, next) => (document.uri.scheme === previewScheme ? Promise.resolve() : next(document)),
    },
  };
}

/** A language server and a client for it in one process, talking through streams as they would through pipes. */
import { OciRegistry } from '../../src/adapters/registry/ociRegistry.js';
import { openKubeconfig } from '../../src/adapters/kube/kubeconfig.js';
import type { GitAncestry, TextStore } from '../../src/services/ports.js';
import { PassThrough } from 'node:stream';
import {
  createConnection,
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ApplyWorkspaceEditParams,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  type WorkspaceEdit,
} from 'vscode-languageserver/node.js';
import type { ClientNotifications, PreviewChange, ServerRequests, ServerSettings, WorkspaceFacts } from '../../src/server/protocol.js';
import type { ClusterNotifications, ClusterRequests, SyncProgress } from '../../src/server/clusterProtocol.js';
import type { EditProgress, PromoteNotifications, PromoteRequests } from '../../src/server/promoteProtocol.js';
import type { ChangeTools } from '../../src/services/deliverChange.js';
import type { DeliveryNotifications, DeliveryRequests } from '../../src/server/deliveryProtocol.js';
import type { RegistriesNotifications, RegistriesRequests } from '../../src/server/registriesProtocol.js';
import { startServer } from '../../src/server/server.js';
import { pathToUri } from '../../src/server/uris.js';
import type { WorkspaceSource } from '../../src/server/workspaceSource.js';

export const testSettings: ServerSettings = {
  maskSecrets: true,
  codeLens: true,
  diagnostics: 'workspace',
  loadRestrictor: 'rootOnly',
  workspace: '',
  yamlIsValidatedElsewhere: false,
  isTrusted: true,
  kubeconfig: '',
  sandboxKubeconfig: '',
  drift: true,
};

function memoryStore(): TextStore {
  let kept: string | undefined;
  return {
    read: () => kept,
    write: (text) => {
      kept = text;
    },
  };
}

export class LspClient {
  readonly diagnostics = new Map<string, readonly Diagnostic[]>();
  readonly changes: PreviewChange[] = [];
  facts: WorkspaceFacts | undefined;
  /** How often the server said that environments may have changed. */
  deliveryChanges = 0;
  /** How often it said so of what is live. */
  liveChanges = 0;
  /** And of what registries say. */
  registryChanges = 0;
  readonly progress: SyncProgress[] = [];
  /** How runs of plans went. */
  readonly editProgress: EditProgress[] = [];
  /** Edits that the server asked for. */
  readonly edits: WorkspaceEdit[] = [];
  capabilities: InitializeResult['capabilities'] = {};
  readonly #waiting = new Set<() => void>();
  #version = 1;

  private constructor(readonly connection: ProtocolConnection) {
    connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
      this.diagnostics.set(uri, diagnostics);
      this.#wake();
    });
    connection.onNotification('gitops/preview/changed' satisfies keyof ClientNotifications, (change: PreviewChange) => {
      this.changes.push(change);
      this.#wake();
    });
    connection.onNotification('gitops/workspace/changed' satisfies keyof ClientNotifications, (facts: WorkspaceFacts) => {
      this.facts = facts;
      this.#wake();
    });
    connection.onNotification('gitops/delivery/changed' satisfies keyof DeliveryNotifications, () => {
      this.deliveryChanges++;
      this.#wake();
    });
    connection.onNotification('gitops/live/changed' satisfies keyof ClusterNotifications, () => {
      this.liveChanges++;
      this.#wake();
    });
    connection.onNotification('gitops/sync/progress' satisfies keyof ClusterNotifications, (progress: SyncProgress) => {
      this.progress.push(progress);
      this.#wake();
    });
    connection.onNotification('gitops/promote/progress' satisfies keyof PromoteNotifications, (progress: EditProgress) => {
      this.editProgress.push(progress);
      this.#wake();
    });
    connection.onNotification('gitops/registries/changed' satisfies keyof RegistriesNotifications, () => {
      this.registryChanges++;
      this.#wake();
    });
    connection.onRequest('workspace/applyEdit', ({ edit }: ApplyWorkspaceEditParams) => {
      this.edits.push(edit);
      return { applied: true };
    });
    connection.onRequest('client/registerCapability', () => null);
    connection.onRequest('workspace/codeLens/refresh', () => null);
  }

  /**
   * A client of a server over `source`, initialized.
   * @param changeTools what commits; with ancestry, git is asked for ladders and pushes of fixes too
   * @param readKubernetesTable nothing where it is left out: reading it takes a while
   */
  static async start(
    source: WorkspaceSource,
    folders: readonly string[],
    settings: Partial<ServerSettings> = {},
    changeTools?: ChangeTools & { readonly ancestry?: GitAncestry },
    readKubernetesTable: () => string | undefined = () => undefined,
  ): Promise<LspClient> {
    const [up, down] = [new PassThrough(), new PassThrough()];
    startServer(createConnection(new StreamMessageReader(up), new StreamMessageWriter(down)), {
      openWorkspace: () => source,
      fingerprint: (value) => `:${value.length}`,
      openKubeconfig: ({ kubeconfig }) => openKubeconfig({ file: kubeconfig === '' ? '/nowhere/kubeconfig' : kubeconfig }),
      openChoices: () => memoryStore(),
      // Without the credentials of whoever runs the tests.
      openRegistry: ({ insecure, secretFor }) => new OciRegistry({ credentials: { find: secretFor }, insecure }),
      userName: 'ada',
      readKubernetesTable,
      ...(changeTools && { changeTools }),
      ...(changeTools?.ancestry && { git: { ancestry: changeTools.ancestry, writer: changeTools.writer } }),
    });
    const client = new LspClient(createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up)));
    client.connection.listen();
    const result = await client.connection.sendRequest<InitializeResult>('initialize', {
      processId: null,
      rootUri: null,
      capabilities: { workspace: { workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true } } },
      workspaceFolders: folders.map((folder) => ({ uri: pathToUri(folder), name: folder })),
      initializationOptions: { settings: { ...testSettings, ...settings }, cacheFolder: '/cache' },
    });
    client.capabilities = result.capabilities;
    await client.connection.sendNotification('initialized', {});
    await client.until(() => client.facts !== undefined);
    return client;
  }

  /** One of our own requests. */
  ask<Method extends keyof ServerRequests>(method: Method, params: ServerRequests[Method]['params']): Promise<ServerRequests[Method]['result']> {
    return this.connection.sendRequest(method, params);
  }

  /** One of our own requests about environments. */
  askDelivery<Method extends keyof DeliveryRequests>(method: Method, params: DeliveryRequests[Method]['params']): Promise<DeliveryRequests[Method]['result']> {
    return this.connection.sendRequest(method, params);
  }

  /** One of our own requests about clusters. */
  askCluster<Method extends keyof ClusterRequests>(method: Method, params: ClusterRequests[Method]['params']): Promise<ClusterRequests[Method]['result']> {
    return this.connection.sendRequest(method, params);
  }

  /** One of our own requests about registries. */
  askRegistries<Method extends keyof RegistriesRequests>(method: Method, params: RegistriesRequests[Method]['params']): Promise<RegistriesRequests[Method]['result']> {
    return this.connection.sendRequest(method, params);
  }

  /** One of our own requests about edits that are delivered through git. */
  askPromote<Method extends keyof PromoteRequests>(method: Method, params: PromoteRequests[Method]['params']): Promise<PromoteRequests[Method]['result']> {
    return this.connection.sendRequest(method, params);
  }

  /** A request of the protocol at a position. */
  at<Result>(method: string, uri: string, line: number, character: number, more: object = {}): Promise<Result> {
    return this.connection.sendRequest(method, { textDocument: { uri }, position: { line, character }, ...more });
  }

  async open(path: string, text: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didOpen', { textDocument: { uri: pathToUri(path), languageId: 'yaml', version: this.#version++, text } });
  }

  async change(path: string, text: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didChange', { textDocument: { uri: pathToUri(path), version: this.#version++ }, contentChanges: [{ text }] });
  }

  async close(path: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri: pathToUri(path) } });
  }

  async noteChange(path: string): Promise<void> {
    await this.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: pathToUri(path), type: 2 }] });
  }

  messagesFor(path: string): readonly string[] {
    return (this.diagnostics.get(pathToUri(path)) ?? []).map(({ message }) => message);
  }

  /** Comes back when `holds`, looked at after everything that the server sends. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((done) => {
      const look = (): void => {
        if (!holds()) return;
        this.#waiting.delete(look);
        done();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    this.connection.dispose();
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}

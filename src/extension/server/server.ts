/**
 * The server process as the features see it: typed requests and notifications. The client library is loaded and the
 * process started only when something needs it; a restart keeps the features' listeners.
 */
import * as vscode from 'vscode';
import type { ServerNotifications } from '../../server/protocol.js';
import type { Announcements, Connection, Requests } from './connection.js';
import { allowedSession } from '../pullRequests/allowed.js';
import { readSecret } from '../registries/credentials.js';
import { findRulePages } from '../rulePages/pages.js';
import { currentSettings } from './serverSettings.js';
import { onSettingsChange } from '../bindings.js';

type Listener = (parameters: never) => void;

export class Server implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #restarted = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #connection: Promise<Connection> | undefined;
  #isDisposed = false;
  #sandboxKubeconfig = '';

  /** Fires after a restart: what was opened on the server must be opened again. */
  readonly onDidRestart = this.#restarted.event;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#log = log;
    const sendSettings = (): void => void this.sendSettings();
    this.#subscriptions = [onSettingsChange(sendSettings), vscode.workspace.onDidGrantWorkspaceTrust(sendSettings), vscode.extensions.onDidChange(sendSettings)];
  }

  /** Tells a running server the settings as they are now. */
  async sendSettings(): Promise<void> {
    if (this.#connection) await this.notify('gitops/settings', currentSettings(this.#context.workspaceState, this.#sandboxKubeconfig));
  }

  /** Tells the server of a sandbox by the path of its kubeconfig; an empty one when it has ended. */
  async useSandbox(kubeconfig: string): Promise<void> {
    this.#sandboxKubeconfig = kubeconfig;
    await this.sendSettings();
  }

  /** True once something needed the server. */
  get isStarted(): boolean {
    return this.#connection !== undefined;
  }

  /** Starts the process if it isn't running. */
  async start(): Promise<void> {
    await this.#connect();
  }

  async restart(): Promise<void> {
    await this.#end();
    await this.#connect();
    this.#restarted.fire();
  }

  async request<Method extends keyof Requests>(method: Method, parameters: Requests[Method]['params'], token?: vscode.CancellationToken): Promise<Requests[Method]['result']> {
    return (await this.#connect()).request(method, parameters, token);
  }

  async notify<Method extends keyof ServerNotifications>(method: Method, parameters: ServerNotifications[Method]): Promise<void> {
    await (await this.#connect()).notify(method, parameters);
  }

  /** Hears a notification of the server, over restarts too. */
  on<Method extends keyof Announcements>(method: Method, listener: (parameters: Announcements[Method]) => void): vscode.Disposable {
    const listeners = this.#listeners.get(method) ?? new Set();
    this.#listeners.set(method, listeners);
    listeners.add(listener);
    return new vscode.Disposable(() => listeners.delete(listener));
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    this.#isDisposed = true;
    await this.#end();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions, this.#restarted).dispose();
  }

  #connect(): Promise<Connection> {
    if (this.#isDisposed) throw new vscode.CancellationError();
    if (this.#connection) return this.#connection;
    const connecting = this.#launch();
    this.#connection = connecting;
    // One that didn't come up is tried again when the next request needs it.
    connecting.catch(() => {
      if (this.#connection === connecting) this.#connection = undefined;
    });
    return connecting;
  }

  async #end(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) await (await connection).stop();
  }

  async #launch(): Promise<Connection> {
    const { startConnection } = await import('./connection.js');
    const pageOf = await findRulePages(this.#context.extensionUri, this.#context.extension.id);
    return startConnection({
      serverModule: this.#context.asAbsolutePath('dist/server.js'),
      log: this.#log,
      options: {
        settings: currentSettings(this.#context.workspaceState, this.#sandboxKubeconfig),
        cacheFolder: vscode.Uri.joinPath(this.#context.globalStorageUri, 'remote').fsPath,
      },
      pageOf,
      sessionOf: allowedSession,
      secretOf: async (host) => (await readSecret(this.#context, host)) ?? null,
      dispatch: (method, parameters) => {
        for (const listener of this.#listeners.get(method) ?? []) (listener as (given: unknown) => void)(parameters);
      },
    });
  }
}

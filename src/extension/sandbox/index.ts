/**
 * The sandbox as a process of the extension: a cluster to try things in, on this machine only. It is started when it is
 * asked for, connected by its own kubeconfig, and ends with the window. One that was started together with the window, as
 * by `npm start`, is connected when the window opens.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { ask, tellFailure } from '../ask.js';
import { registerCommands, setContextKey } from '../bindings.js';
import { currentContextOf, isOnThisMachine, kubeconfigIn, sandboxBeside } from './output.js';

/** A sandbox that has said nothing for this long won't come up, in milliseconds. */
const patience = 30_000;

export function register(app: App): vscode.Disposable {
  const sandbox = new SandboxProcess(app);
  void app.guard('sandbox', () => sandbox.join());
  return vscode.Disposable.from(
    sandbox,
    registerCommands(app.guard, {
      'gitops.sandbox.start': () => sandbox.start(),
      'gitops.sandbox.stop': () => sandbox.stop(),
    }),
  );
}

interface RunningSandbox {
  /** Undefined for one that somebody else started, and ends. */
  readonly child: ChildProcess | undefined;
  readonly kubeconfig: string;
  readonly context: string;
}

class SandboxProcess implements vscode.Disposable {
  readonly #app: App;
  #running: RunningSandbox | undefined;
  #starting: ChildProcess | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  /** Connects the sandbox that was started together with this window, if there is one, and looks at what its operators deliver. */
  async join(): Promise<void> {
    const kubeconfig = sandboxBeside(process.env);
    if (kubeconfig === undefined || !vscode.workspace.isTrusted) return;
    const text = await readFile(kubeconfig, 'utf8');
    const context = currentContextOf(text);
    if (context === undefined || !isOnThisMachine(text)) return this.#app.log.warn(`${kubeconfig} is no kubeconfig of a sandbox: nothing was connected.`);
    this.#running = { child: undefined, kubeconfig, context };
    await vscode.commands.executeCommand('gitops.environments.focus');
    const environments = await this.#app.delivery.load();
    await this.#app.server.useSandbox(kubeconfig);
    await vscode.commands.executeCommand('gitops.clusters.connect', { context });
    const delivered = environments.filter(({ id, operator }) => operator !== 'none' && this.#app.live.environment(id)?.context === undefined);
    if (delivered.length > 0) await ask(this.#app, 'gitops/cluster/choose', { ids: delivered.map(({ id }) => id), context });
    await this.#app.live.refresh();
  }

  async start(): Promise<void> {
    if (!vscode.workspace.isTrusted) return tellFailure(this.#app, { code: 'workspace/untrusted', message: '' });
    if (this.#running || this.#starting) return void vscode.window.showInformationMessage('The sandbox runs already.');
    const started = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: 'Starting the sandbox…' }, () => this.#launch());
    this.#running = started;
    setContextKey('gitops.sandboxRuns', true);
    await this.#app.server.useSandbox(started.kubeconfig);
    await vscode.commands.executeCommand('gitops.clusters.connect', { context: started.context });
    await this.#offer(started.context);
    this.#tellStarted(started);
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (!running?.child) return void vscode.window.showInformationMessage(running ? `${running.context} ends with what started this window.` : 'No sandbox runs from here.');
    await ask(this.#app, 'gitops/cluster/disconnect', { context: running.context });
    this.#end();
    await this.#app.server.useSandbox('');
    await this.#app.live.refresh();
  }

  dispose(): void {
    this.#end();
  }

  #end(): void {
    const child = this.#running?.child ?? this.#starting;
    this.#running = undefined;
    this.#starting = undefined;
    setContextKey('gitops.sandboxRuns', false);
    child?.kill();
  }

  /** Starts the command line's sandbox with the Node that runs this, and waits for its kubeconfig. */
  async #launch(): Promise<RunningSandbox> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const words = [this.#app.context.asAbsolutePath('dist/cli.js'), 'sandbox', '--format', 'json', ...(folder === undefined ? [] : ['--workspace', folder])];
    const child = spawn(process.execPath, words, { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#starting = child;
    try {
      const kubeconfig = await this.#kubeconfigOf(child);
      const context = currentContextOf(await readFile(kubeconfig, 'utf8'));
      if (context === undefined) throw new Error(`The sandbox's kubeconfig ${kubeconfig} names no current context.`);
      child.once('exit', (code) => this.#lose(child, code));
      return { child, kubeconfig, context };
    } catch (error) {
      child.kill();
      throw error;
    } finally {
      this.#starting = undefined;
    }
  }

  #kubeconfigOf(child: ChildProcess): Promise<string> {
    return new Promise((done, fail) => {
      let [printed, complaints] = ['', ''];
      const timer = setTimeout(() => fail(new Error(`The sandbox did not come up within ${patience / 1000} s.`)), patience);
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        this.#app.log.info(`sandbox: ${text.trimEnd()}`);
        const kubeconfig = kubeconfigIn(printed);
        if (kubeconfig === undefined) return;
        clearTimeout(timer);
        done(kubeconfig);
      });
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        complaints += text;
        this.#app.log.warn(`sandbox: ${text.trimEnd()}`);
      });
      child.once('error', fail);
      child.once('exit', (code) => {
        clearTimeout(timer);
        fail(new Error(`The sandbox ended with status ${code ?? 'unknown'}${complaints === '' ? '' : `: ${complaints.trim().split('\n').at(-1) ?? ''}`}`));
      });
    });
  }

  /** Environments without a cluster may be tried here; those with one of their own are left to it. */
  async #offer(context: string): Promise<void> {
    const environments = (await this.#app.delivery.load()).filter(({ id }) => this.#app.live.environment(id)?.context === undefined);
    if (environments.length === 0) return;
    const items = environments.map(({ id, label, namespace }) => ({ label, description: namespace ?? '', picked: true, id }));
    const chosen = await vscode.window.showQuickPick(items, { title: 'Environments to look at in the sandbox', canPickMany: true, ignoreFocusOut: true });
    if (!chosen || chosen.length === 0) return;
    await ask(this.#app, 'gitops/cluster/choose', { ids: chosen.map(({ id }) => id), context });
    await this.#app.live.refresh();
  }

  #tellStarted({ kubeconfig, context }: RunningSandbox): void {
    const copy = 'Copy KUBECONFIG';
    void vscode.window
      .showInformationMessage(`The sandbox runs as ${context}. It is for trying things: nothing of it is real, and it ends with this window.`, copy)
      .then((answer) => (answer === copy ? vscode.env.clipboard.writeText(kubeconfig) : undefined));
  }

  #lose(child: ChildProcess, code: number | null): void {
    if (this.#running?.child !== child) return;
    this.#running = undefined;
    setContextKey('gitops.sandboxRuns', false);
    void vscode.window.showWarningMessage(`The sandbox ended (status ${code ?? 'unknown'}).`, 'Show Log').then((answer) => {
      if (answer === 'Show Log') this.#app.log.show();
    });
    void this.#app.guard('sandbox', async () => {
      await this.#app.server.useSandbox('');
      await this.#app.live.refresh();
    });
  }
}

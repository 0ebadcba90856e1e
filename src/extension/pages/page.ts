/**
 * A page of ours in a webview panel: one at a time, drawn by a script that is shipped with the extension, under a policy
 * that loads nothing else. It gets its content when it says that it is ready and whenever that changes while it is seen;
 * a hidden page is thrown away and restores itself. Late content is dropped.
 */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export interface PageOptions<Content> {
  readonly viewType: string;
  readonly title: string;
  /** The bundle in `dist/`, and the style in `media/webview/`, without extension. */
  readonly name: string;
  /** What the page is to show now; `failed` where that can't be told. */
  readonly load: () => Promise<Content>;
  /** What a failure to load looks like to the page. */
  readonly failed: (message: string) => Content;
  /** Anything but the two messages that every page may send. */
  readonly onMessage: (message: unknown) => void;
}

export class Page<Content> implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #options: PageOptions<Content>;
  readonly #serializer: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;
  #newest = 0;

  constructor(context: vscode.ExtensionContext, options: PageOptions<Content>) {
    this.#context = context;
    this.#options = options;
    // The editor brings the panel back after the window was reloaded.
    this.#serializer = vscode.window.registerWebviewPanelSerializer(options.viewType, {
      deserializeWebviewPanel: (panel) => {
        this.#adopt(panel);
        return Promise.resolve();
      },
    });
  }

  /** Shows the page, in the active column or where it is already. */
  open(): void {
    if (this.#panel) return this.#panel.reveal(undefined, false);
    const { viewType, title } = this.#options;
    this.#adopt(vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active, { enableFindWidget: true }));
  }

  /** Sends the present content, if the page is seen. */
  async refresh(): Promise<void> {
    const panel = this.#panel;
    if (!panel?.visible) return;
    const asked = ++this.#newest;
    const content = await this.#options.load().catch((error: unknown) => this.#options.failed(error instanceof Error ? error.message : String(error)));
    if (asked === this.#newest && panel === this.#panel) await panel.webview.postMessage(content);
  }

  dispose(): void {
    this.#serializer.dispose();
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel?.dispose();
    this.#panel = panel;
    const { extensionUri } = this.#context;
    const roots = ['dist', 'media'].map((folder) => vscode.Uri.joinPath(extensionUri, folder));
    panel.webview.options = { enableScripts: true, localResourceRoots: roots };
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media/icon.png');
    panel.webview.onDidReceiveMessage((message: unknown) => {
      if (isReady(message)) void this.refresh();
      else this.#options.onMessage(message);
    });
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined;
    });
    panel.webview.html = this.#html(panel.webview);
  }

  #html(webview: vscode.Webview): string {
    const { extensionUri } = this.#context;
    const nonce = randomBytes(16).toString('base64url');
    const uri = (path: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, path)).toString();
    const { name, title } = this.#options;
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${uri('media/webview/page.css')}">
<link rel="stylesheet" href="${uri(`media/webview/${name}.css`)}">
<title>${title}</title>
</head>
<body>
<script nonce="${nonce}" src="${uri(`dist/${name}.js`)}"></script>
</body>
</html>`;
  }
}

/** Every page says this when its script runs, and when the user asks to try again. */
function isReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && (message.kind === 'ready' || message.kind === 'retry');
}

/**
 * Read-only documents with the Applications that an ApplicationSet generates. They follow the set while it is written;
 * its line is kept up with the edits above it. What the generators refuse stands in comments at the top.
 */
import * as vscode from 'vscode';
import type { GeneratedApplications } from '../../server/deliveryProtocol.js';
import type { UriText } from '../../server/protocol.js';
import type { App } from '../app.js';
import { countOf } from '../delivery/words.js';
import { followLine } from './applicationSets.js';

export const generatedScheme = 'gitops-generated';

/** The set that a document is generated from. */
interface SetAddress {
  readonly uri: UriText;
  readonly line: number;
}

/** This long after the last keystroke the documents are generated again, in milliseconds. */
const pause = 250;

export class GeneratedDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;
  /** Where the set of each open document is now. */
  readonly #sets = new Map<string, SetAddress>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  readonly onDidChange = this.#changed.event;

  constructor(app: App) {
    this.#app = app;
    const delivered = app.delivery.onDidAnswer(() => this.#refreshAll());
    this.#subscriptions = vscode.Disposable.from(
      delivered,
      vscode.workspace.registerTextDocumentContentProvider(generatedScheme, this),
      vscode.workspace.onDidChangeTextDocument((event) => this.#follow(event)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === generatedScheme) this.#sets.delete(uri.toString());
      }),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const key = uri.toString();
    const set = this.#sets.get(key) ?? readAddress(uri);
    this.#sets.set(key, set);
    return textOf(await this.#app.server.request('gitops/delivery/generated', set));
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    vscode.Disposable.from(this.#subscriptions, this.#changed).dispose();
  }

  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const uri = document.uri.toString();
    for (const [key, set] of this.#sets) {
      if (set.uri !== uri) continue;
      const line = contentChanges.reduce((at, { range, text }) => followLine(at, { first: range.start.line, last: range.end.line, lines: text.split('\n').length - 1 }), set.line);
      this.#sets.set(key, { uri, line });
      clearTimeout(this.#timers.get(key));
      this.#timers.set(
        key,
        setTimeout(() => this.#changed.fire(vscode.Uri.parse(key)), pause),
      );
    }
  }

  /** Generators may read other files: clusters, config files, the folders of the repository. */
  #refreshAll(): void {
    for (const key of this.#sets.keys()) this.#changed.fire(vscode.Uri.parse(key));
  }
}

/** The address of the document for the set at a line (0-based); its name is what the tab shows. */
export function generatedUri(uri: vscode.Uri, line: number): vscode.Uri {
  const name = (uri.path.split('/').at(-1) ?? '').replace(/\.(ya?ml|json)$/, '');
  const address: SetAddress = { uri: uri.toString(), line };
  return vscode.Uri.from({ scheme: generatedScheme, path: `/${name} (generated).yaml`, query: JSON.stringify(address) });
}

function readAddress({ query }: vscode.Uri): SetAddress {
  const address: unknown = JSON.parse(query);
  const isAddress = typeof address === 'object' && address !== null && 'uri' in address && 'line' in address;
  if (!isAddress || typeof address.uri !== 'string' || typeof address.line !== 'number') throw new Error('This is not the address of generated Applications.');
  return { uri: address.uri, line: address.line };
}

function textOf(generated: GeneratedApplications | null): string {
  if (!generated) return '# There is no ApplicationSet at this place any more.\n';
  const { text, count, problems } = generated;
  const notes = problems.map(({ severity, message, place }) => `# ${severity}: ${message.replaceAll('\n', ' ')} (${place.label})\n`);
  return `# ${count === 0 ? 'No Application is generated' : countOf(count, 'Application')}\n${[...new Set(notes)].join('')}${text}`;
}

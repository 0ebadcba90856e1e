/**
 * Tells the state of a preview: above its first line while the input is broken, with a jump to the place to mend, and
 * always in the language status of the status bar, where a screen reader finds it.
 */
import * as vscode from 'vscode';
import type { BrokenState, PreviewState } from '../../server/protocol.js';
import type { ClientCommands } from '../../server/protocol.js';
import { previewScheme, type Previews } from './previews.js';

export function registerBanner(previews: Previews): vscode.Disposable {
  const lenses = new BannerLenses(previews);
  const status = vscode.languages.createLanguageStatusItem('gitops.preview', { scheme: previewScheme });
  status.name = 'GitOps preview';
  const update = (): void => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const state = uri?.scheme === previewScheme ? previews.state(uri) : undefined;
    if (state) showStatus(status, state);
  };
  return vscode.Disposable.from(
    lenses,
    status,
    vscode.languages.registerCodeLensProvider({ scheme: previewScheme }, lenses),
    previews.onDidChangeState(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
}

class BannerLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(private readonly previews: Previews) {
    const told = new Map<string, string>();
    this.#subscription = previews.onDidChangeState((state) => {
      const now = JSON.stringify(state.broken ?? null);
      if ((told.get(state.uri) ?? 'null') === now) return;
      told.set(state.uri, now);
      this.#changed.fire();
    });
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const state = this.previews.state(document.uri);
    if (!state?.broken) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    return bannerCommands(state.broken, state).map((command) => new vscode.CodeLens(top, command));
  }

  dispose(): void {
    vscode.Disposable.from(this.#changed, this.#subscription).dispose();
  }
}

/** One row above the first line: what is wrong, where, and what helps. The row is as wide as the editor, so it is kept short. */
function bannerCommands(broken: BrokenState, state: PreviewState): vscode.Command[] {
  const { place } = broken;
  const more = broken.errors > 1 ? ` (+${broken.errors - 1})` : '';
  const prefix = state.isRendered ? 'Last good render' : 'Not rendered';
  const commands: vscode.Command[] = [{ title: `$(error)\u00a0${prefix}: ${firstClause(broken.message)}${more}`, tooltip: broken.message, ...goTo(place) }];
  if (place) commands.push({ title: `Go to ${place.label.split('/').at(-1) ?? place.label}`, tooltip: place.label, ...goTo(place) });
  if (broken.lacks.length > 0 && vscode.workspace.isTrusted) {
    const fetch: keyof ClientCommands = 'gitops.remote.fetch';
    commands.push({ title: '$(cloud-download)\u00a0Fetch remote base', command: fetch });
  }
  return commands;
}

/** A problem's message says what is wrong, then what to do. */
function firstClause(message: string): string {
  return message.split(/; |\. /)[0]?.replace(/\.$/, '') ?? message;
}

function goTo(place: BrokenState['place']): { command: string; arguments?: unknown[] } {
  const show: keyof ClientCommands = '_gitops.place.show';
  const problems = 'workbench.actions.view.problems';
  return place ? { command: show, arguments: [place.uri, place.range] } : { command: problems };
}

function showStatus(status: vscode.LanguageStatusItem, state: PreviewState): void {
  const { broken } = state;
  status.severity = broken ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
  status.text = broken ? '$(error) Not rendered' : `$(check) ${state.objects} objects`;
  status.detail = broken ? broken.message : `${state.label}, rendered in ${state.milliseconds.toFixed(1)} ms${warningsText(state.warnings)}`;
  status.accessibilityInformation = { label: broken ? `The preview can't be rendered: ${broken.message}` : `Preview of ${state.label}: ${state.objects} objects` };
  if (broken) status.command = { title: broken.place ? 'Show' : 'Problems', ...goTo(broken.place) };
  else status.command = undefined;
}

function warningsText(warnings: number): string {
  if (warnings === 0) return '';
  return warnings === 1 ? ', 1 warning' : `, ${warnings} warnings`;
}

/**
 * What a preview shows besides its text: marks on the lines that its overlay made, and, while the input can't be
 * rendered, a line that says so above the dimmed last good text. Marks differ in shape, not only in color.
 */
import * as vscode from 'vscode';
import type { ChangeMark, PreviewState } from '../../server/protocol.js';
import { onSettingsChange, readSetting } from '../bindings.js';
import { previewScheme, type Previews } from './previews.js';

export function registerDecorations(context: vscode.ExtensionContext, previews: Previews): vscode.Disposable {
  const types = makeTypes(context);
  const paint = (editor: vscode.TextEditor): void => {
    if (editor.document.uri.scheme !== previewScheme) return;
    const state = previews.state(editor.document.uri);
    if (state) paintEditor(editor, isSideOfComparison(editor) ? { ...state, marks: [] } : state, types);
  };
  const paintAll = (): void => vscode.window.visibleTextEditors.forEach(paint);
  return vscode.Disposable.from(
    types.added,
    types.changed,
    types.stale,
    previews.onDidChangeState(paintAll),
    vscode.window.onDidChangeVisibleTextEditors(paintAll),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.scheme === previewScheme) paintAll();
    }),
    vscode.window.tabGroups.onDidChangeTabs(paintAll),
    onSettingsChange(paintAll),
  );
}

/** A diff editor has marks of its own, which mean something else. */
function isSideOfComparison(editor: vscode.TextEditor): boolean {
  const uri = editor.document.uri.toString();
  return !vscode.window.tabGroups.all.some(
    ({ activeTab, viewColumn }) =>
      activeTab?.input instanceof vscode.TabInputText && activeTab.input.uri.toString() === uri && (editor.viewColumn === undefined || editor.viewColumn === viewColumn),
  );
}

interface DecorationTypes {
  readonly added: vscode.TextEditorDecorationType;
  readonly changed: vscode.TextEditorDecorationType;
  readonly stale: vscode.TextEditorDecorationType;
}

function makeTypes(context: vscode.ExtensionContext): DecorationTypes {
  const mark = (kind: ChangeMark['kind'], color: string): vscode.TextEditorDecorationType =>
    vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      gutterIconPath: vscode.Uri.joinPath(context.extensionUri, `media/preview/${kind}.svg`),
      gutterIconSize: 'contain',
      overviewRulerColor: new vscode.ThemeColor(color),
      overviewRulerLane: vscode.OverviewRulerLane.Left,
    });
  return {
    added: mark('added', 'editorOverviewRuler.addedForeground'),
    changed: mark('changed', 'editorOverviewRuler.modifiedForeground'),
    stale: vscode.window.createTextEditorDecorationType({ isWholeLine: true, opacity: '0.45' }),
  };
}

function paintEditor(editor: vscode.TextEditor, state: PreviewState, types: DecorationTypes): void {
  const shows = readSetting('gitops.preview.markChanges') ? state.marks : [];
  const rangesOf = (kind: ChangeMark['kind']): vscode.Range[] => shows.filter((mark) => mark.kind === kind).map(({ first, last }) => new vscode.Range(first, 0, last, 0));
  editor.setDecorations(types.added, rangesOf('added'));
  editor.setDecorations(types.changed, rangesOf('changed'));
  const isStale = state.broken !== undefined && state.isRendered;
  editor.setDecorations(types.stale, isStale ? [new vscode.Range(0, 0, Math.max(0, editor.document.lineCount - 1), 0)] : []);
}

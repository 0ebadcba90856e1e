/** Hover, definition and outline of a preview: all read off the rendering behind the text that the editor shows. */
import type { DocumentSymbol, Hover, LocationLink } from 'vscode-languageserver';
import type { Position } from '../../core/base/source.js';
import { isTemplateStep } from '../../core/helm/manifestOrigins.js';
import { lineOfRendering, originChain } from '../../core/objects/rendering.js';
import type { YamlNode } from '../../core/yaml/nodes.js';
import type { FileLabel } from '../fileLabels.js';
import { describeOrigin } from '../features/originHover.js';
import { listObjectSymbols } from '../features/objectSymbols.js';
import { pathToUri } from '../uris.js';
import { isSecretLine } from './mask.js';
import type { PreviewView } from './openPreviews.js';

export interface PreviewFeatureOptions {
  readonly label: FileLabel;
  readonly rootOf: (path: string) => YamlNode | undefined;
}

/** Where the hovered line comes from. */
export function hoverPreview(view: PreviewView, position: Position, options: PreviewFeatureOptions): Hover | undefined {
  const found = lineOfRendering(view.rendering, position.line);
  if (!found) return undefined;
  const masked = view.masksSecrets && isSecretLine(found.object, found.printed);
  return {
    contents: { kind: 'markdown', value: describeOrigin(found.object, found.printed, { ...options, masked }) },
    range: contentRange(view.text, position.line),
  };
}

/** The place that sets the line's value, and what it overrode after it. */
export function findDefinitions(view: PreviewView, position: Position): LocationLink[] {
  const found = lineOfRendering(view.rendering, position.line);
  if (!found) return [];
  const [winner] = originChain(found.printed.value);
  if (!winner || winner.location.path === '') return [];
  const { range } = winner.location;
  return [{ originSelectionRange: contentRange(view.text, position.line), targetUri: pathToUri(winner.location.path), targetRange: range, targetSelectionRange: range }];
}

/** The actions of templates that wrote the line, innermost first: the template's own, then what included it. */
export function findTemplates(view: PreviewView, position: Position): LocationLink[] {
  const found = lineOfRendering(view.rendering, position.line);
  const step = found && (found.printed.value.step ?? found.printed.key?.step);
  if (!isTemplateStep(step)) return [];
  return [step, ...step.calls].flatMap(({ source, start, end }) => {
    if (source.path === '') return [];
    const { path, range } = source.locate(start, end);
    return [{ originSelectionRange: contentRange(view.text, position.line), targetUri: pathToUri(path), targetRange: range, targetSelectionRange: range }];
  });
}

/** The outline: objects and their fields. */
export function listPreviewSymbols(view: PreviewView): DocumentSymbol[] {
  const lines = view.text.split('\n');
  return listObjectSymbols(view.rendering, (line) => lines[line]?.length ?? 0);
}

/** A line without its indentation. */
function contentRange(text: string, line: number): { start: Position; end: Position } {
  const content = text.split('\n', line + 1)[line] ?? '';
  return { start: { line, character: content.length - content.trimStart().length }, end: { line, character: content.length } };
}

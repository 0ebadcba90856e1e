/** Language features of charts' templates and values files, as answers to the editor's questions; undefined where a file is neither. */
import {
  MarkupKind,
  ResponseError,
  type CompletionItem,
  type DocumentHighlight,
  type DocumentSymbol,
  type Hover,
  type Location,
  type LocationLink,
  type ReferenceParams,
  type RenameParams,
  type SignatureHelp,
  type TextDocumentPositionParams,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { joinPath } from '../../core/base/path.js';
import type { SourceText } from '../../core/base/source.js';
import type { Session } from '../session.js';
import { pathToUri, uriToPath } from '../uris.js';
import { completeTemplate, completeValues } from './completion.js';
import { describeTarget } from './hover.js';
import { findTemplateDefinitions, findTemplateReferences, highlightTemplates, listTemplateSymbols } from './navigate.js';
import { isTemplateFile, type OpenCharts, type OpenChart } from './openCharts.js';
import { prepareTemplateRename, renameTarget, type RenameOptions } from './rename.js';
import { describeCall } from './signatureHelp.js';
import { targetAt, type Target } from './targets.js';

/** A file of a chart with what is known of the charts that it is part of. */
interface ChartFileAt {
  readonly source: SourceText;
  readonly offset: number;
  readonly charts: readonly OpenChart[];
  readonly isTemplate: boolean;
}

/** Answers for files of charts. */
export class TemplateFeatures {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get charts(): OpenCharts {
    return this.#session.charts;
  }

  hover(params: TextDocumentPositionParams): Hover | undefined {
    const at = this.#at(params);
    const target = at && this.#targetOf(at);
    if (!target) return undefined;
    const { settings, fingerprint } = this.#session;
    const value = describeTarget(target, at.charts, { label: (path) => this.#session.label(path), masksSecrets: settings.maskSecrets, fingerprint });
    return value === undefined ? undefined : { contents: { kind: MarkupKind.Markdown, value }, range: target.source.locate(target.start, target.end).range };
  }

  definition(params: TextDocumentPositionParams): LocationLink[] | undefined {
    const at = this.#at(params);
    const target = at && this.#targetOf(at);
    return target && (findTemplateDefinitions(target, at.charts) ?? undefined);
  }

  references(params: ReferenceParams): Location[] | undefined {
    const at = this.#at(params);
    const target = at && this.#targetOf(at);
    return target && findTemplateReferences(target, at.charts, params.context.includeDeclaration);
  }

  highlights(params: TextDocumentPositionParams): DocumentHighlight[] | null {
    const at = this.#at(params);
    const target = at && this.#targetOf(at);
    return target ? highlightTemplates(target, at.charts) : null;
  }

  completion(params: TextDocumentPositionParams): CompletionItem[] | undefined {
    const at = this.#at(params);
    if (!at || at.charts.length === 0) return undefined;
    const request = { charts: at.charts, source: at.source, offset: at.offset, masksSecrets: this.#session.settings.maskSecrets };
    if (at.isTemplate) return completeTemplate(request) ?? [];
    const inText = completeTemplate(request);
    return inText ?? (this.#isValuesFile(at) ? completeValues(request) : undefined);
  }

  signatureHelp(params: TextDocumentPositionParams): SignatureHelp | null {
    const at = this.#at(params);
    return at?.isTemplate === true ? describeCall(at.source.text, at.offset, at.charts) : null;
  }

  symbols(uri: string): DocumentSymbol[] | undefined {
    const path = uriToPath(uri);
    if (path === undefined || !isTemplateFile(this.#session.model, path)) return undefined;
    const source = this.#session.model.tree.read(path);
    const parsed = this.charts.chartsOf(this.#session.model, path).flatMap(({ index }) => index.parsed.get(path) ?? [])[0] ?? (source && this.charts.cache.parse(source, path));
    return parsed && listTemplateSymbols(parsed);
  }

  prepareRename(params: TextDocumentPositionParams): { range: Hover['range'] & object; placeholder: string } | null {
    const at = this.#at(params);
    const target = at && this.#targetOf(at);
    const prepared = target && prepareTemplateRename(target, this.#renameOptions());
    if (!prepared) return null;
    if ('refusal' in prepared) throw new ResponseError(refusedCode, prepared.refusal);
    return prepared;
  }

  rename(params: RenameParams): WorkspaceEdit | null {
    const at = this.#at(params);
    const target = at && this.#targetOf(at);
    if (!target) return null;
    const renamed = renameTarget(target, params.newName, this.#renameOptions());
    if ('refusal' in renamed) throw new ResponseError(refusedCode, renamed.refusal);
    const changes: Record<string, TextEdit[]> = {};
    for (const { location, newText } of renamed.changes) (changes[pathToUri(location.path)] ??= []).push({ range: location.range, newText });
    return { changes };
  }

  #renameOptions(): RenameOptions {
    const session = this.#session;
    return {
      placeOf: (source, start) => `${session.label(source.path)}:${source.positionAt(start).line + 1}`,
      chartsOf: (path) => this.charts.chartsOf(session.model, path),
    };
  }

  #targetOf({ charts, source, offset, isTemplate }: ChartFileAt): Target | undefined {
    const target = targetAt(charts, source, offset);
    // A word in braces of a file that isn't run is no function.
    return !isTemplate && target?.what.kind === 'function' ? undefined : target;
  }

  #isValuesFile({ source, charts }: ChartFileAt): boolean {
    // One that is being written may not be readable.
    const isOwn = ({ index, environments }: OpenChart): boolean =>
      index.units.some(({ chart }) => joinPath(chart.path, 'values.yaml') === source.path) ||
      environments.some(({ layers }) => layers.some((layer) => layer.kind === 'file' && layer.path === source.path));
    return charts.some(isOwn);
  }

  /** A template, or a file that gives a chart values. */
  #at({ textDocument, position }: TextDocumentPositionParams): ChartFileAt | undefined {
    const { model } = this.#session;
    const path = uriToPath(textDocument.uri);
    const source = path === undefined ? undefined : model.tree.read(path);
    if (path === undefined || !source) return undefined;
    const isTemplate = isTemplateFile(model, path);
    if (!isTemplate && !/\.ya?ml$/.test(path)) return undefined;
    const charts = this.charts.chartsOf(model, path);
    return charts.length === 0 && !isTemplate ? undefined : { source, offset: source.offsetAt(position), charts, isTemplate };
  }
}

/** What the editor shows as it is: the request was fine, and is refused (RequestFailed of the protocol). */
const refusedCode = -32803;

/** Completion in templates (values, members, functions, named templates, variables) and of the keys of a chart's values in values files. */
import { CompletionItemKind, InsertTextFormat, MarkupKind, type CompletionItem } from 'vscode-languageserver';
import { joinPath } from '../../core/base/path.js';
import type { SourceText } from '../../core/base/source.js';
import { actionContextAt, type ActionContext, type PathBase } from '../../core/chartLanguage/actionContext.js';
import { scopeAt } from '../../core/chartLanguage/analyzeTree.js';
import { builtinAt, builtinObjects, keywords, type BuiltinMember } from '../../core/chartLanguage/builtinObjects.js';
import { anyKey, memberOf, unknown, type KeyPath, type Ref } from '../../core/chartLanguage/refs.js';
import type { ScopeAt } from '../../core/chartLanguage/treeFacts.js';
import { documentationOf, keysBelow } from '../../core/chartLanguage/valuesKeys.js';
import { builtinFunctions } from '../../core/template/functions/builtins.js';
import { helmFunctions } from '../../core/template/functions/helm.js';
import type { TemplateFunction } from '../../core/template/values.js';
import type { Pair } from '../../core/yaml/nodes.js';
import { findYamlCursor } from '../features/yamlCursor.js';
import { describeFunction, documentationOfTemplate, shownValue } from './describe.js';
import { isSecretValue } from './masking.js';
import type { OpenChart } from './openCharts.js';

export interface TemplateCompletionRequest {
  readonly charts: readonly OpenChart[];
  readonly source: SourceText;
  readonly offset: number;
  readonly masksSecrets: boolean;
}

/** What can be written at an offset of a template; undefined outside of actions. */
export function completeTemplate(request: TemplateCompletionRequest): CompletionItem[] | undefined {
  const { source, offset } = request;
  const context = actionContextAt(source.text, offset);
  if (!context) return undefined;
  const { range } = source.locate(context.start, context.end);
  return offersFor(context, request).map((item) => ({ ...item, textEdit: { range, newText: item.insertText ?? item.label }, filterText: item.label }));
}

function offersFor(context: ActionContext, request: TemplateCompletionRequest): CompletionItem[] {
  switch (context.kind) {
    case 'path':
    case 'key':
      return uniqueItems(request.charts.flatMap((chart) => scopesAt(chart, request).flatMap((scope) => memberOffers(refOf(scope, context.base), chart, request))));
    case 'variable':
      return variableOffers(request);
    case 'templateName':
      return templateOffers(request.charts);
    case 'word':
      return [
        ...functionOffers(),
        ...(context.isFirst ? keywordOffers() : []),
        ...variableOffers(request),
        { label: '.', kind: CompletionItemKind.Variable, detail: 'the dot', sortText: 'd' },
      ];
  }
}

/** The scopes at the offset: one for each dot that the template is run with. */
function scopesAt({ index }: OpenChart, { source, offset }: TemplateCompletionRequest): readonly ScopeAt[] {
  const all = index.trees.filter((each) => each.source === source && (each.tree.nameRange === undefined || (offset >= each.tree.nameRange.start && offset <= each.tree.root.end)));
  const inner = all.filter(({ tree }) => tree.nameRange !== undefined);
  const chosen = inner.length > 0 ? inner : all;
  return chosen.slice(0, 24).map(({ tree, dot }) => scopeAt(tree, dot, offset));
}

function refOf(scope: ScopeAt, { variable, names }: PathBase): Ref {
  const base = variable === '' ? scope.dot : variable === '$' ? scope.root : (scope.variables.get(variable) ?? unknown);
  return names.reduce<Ref>(memberOf, base);
}

function memberOffers(ref: Ref, chart: OpenChart, request: TemplateCompletionRequest): CompletionItem[] {
  switch (ref.kind) {
    case 'root':
      return builtinObjects.map(memberItem);
    case 'subcharts':
      return chart.index.units
        .filter(({ path }) => path.length === ref.unit.length + 1 && ref.unit.every((key, at) => path[at] === key))
        .map(({ path, chart: below }) => ({ label: path.at(-1) ?? '', kind: CompletionItemKind.Module, detail: `chart ${below.metadata.name} ${below.metadata.version}` }));
    case 'member':
      return (builtinAt(ref.path)?.members ?? []).map(memberItem);
    case 'dict':
      return [...ref.entries.keys()].map((label) => ({ label, kind: CompletionItemKind.Field }));
    case 'union':
      return ref.refs.flatMap((each) => memberOffers(each, chart, request));
    case 'value':
      return valueOffers(ref.path, chart, request);
    case 'list':
    case 'unknown':
      return [];
  }
}

function valueOffers(path: KeyPath, { index, sources }: OpenChart, { masksSecrets }: TemplateCompletionRequest): CompletionItem[] {
  const wildcard = path.indexOf(anyKey);
  const known = wildcard < 0 ? keysBelow(path, sources, index.units) : keysOfItems(path, wildcard, sources);
  return [...known].map(([label, pair]) => valueItem(label, pair, [...path, label], masksSecrets));
}

/** The keys of all that a loop goes over. */
function keysOfItems(path: KeyPath, wildcard: number, sources: OpenChart['sources']): ReadonlyMap<string, Pair> {
  const found = new Map<string, Pair>();
  for (const { root, prefix } of sources) {
    if (!prefix.every((key, at) => path[at] === key) || prefix.length > wildcard) continue;
    let nodes = [root as Pair['value']];
    for (const key of path.slice(prefix.length)) {
      nodes = nodes.flatMap((node) => {
        if (node.kind === 'sequence') return key === anyKey ? node.items : [];
        if (node.kind === 'map') return key === anyKey ? node.pairs.map(({ value }) => value) : (node.get(key) ?? []);
        return [];
      });
    }
    for (const node of nodes) if (node.kind === 'map') for (const pair of node.pairs) if (!found.has(pair.key.value)) found.set(pair.key.value, pair);
  }
  return found;
}

function valueItem(label: string, pair: Pair, path: KeyPath, masksSecrets: boolean): CompletionItem {
  const shown = masksSecrets && isSecretValue(path) ? '••••••••' : shownValue(pair.value);
  const words = documentationOf(pair, path);
  const isMap = pair.value.kind === 'map';
  return {
    label,
    kind: isMap ? CompletionItemKind.Module : CompletionItemKind.Field,
    detail: shown,
    sortText: `b${label}`,
    ...(words !== undefined && { documentation: { kind: MarkupKind.PlainText, value: words } }),
  };
}

function memberItem({ name, documentation, signature, members }: BuiltinMember): CompletionItem {
  return {
    label: name,
    kind: signature === undefined ? (members ? CompletionItemKind.Module : CompletionItemKind.Property) : CompletionItemKind.Method,
    ...(signature !== undefined && { detail: signature }),
    sortText: `a${name}`,
    documentation: { kind: MarkupKind.Markdown, value: documentation },
  };
}

function variableOffers(request: TemplateCompletionRequest): CompletionItem[] {
  const names = new Set(['$', ...request.charts.flatMap((chart) => scopesAt(chart, request).flatMap(({ variables }) => [...variables.keys()]))]);
  return [...names].map((label) => ({ label, kind: CompletionItemKind.Variable, detail: label === '$' ? 'the whole scope' : 'variable', sortText: `c${label}` }));
}

function templateOffers(charts: readonly OpenChart[]): CompletionItem[] {
  return uniqueItems(
    charts.flatMap(({ index }) =>
      [...index.definitions.values()].map((definition): CompletionItem => {
        const words = documentationOfTemplate(definition, index);
        return {
          label: definition.name,
          kind: CompletionItemKind.Function,
          detail: definition.file.name,
          ...(words !== undefined && { documentation: { kind: MarkupKind.PlainText, value: words } }),
        };
      }),
    ),
  );
}

/** All functions that templates of charts know, by their names. */
export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map([...builtinFunctions, ...helmFunctions]);

function functionOffers(): CompletionItem[] {
  return [...templateFunctions.values()].map((each) => ({
    label: each.name,
    kind: CompletionItemKind.Function,
    detail: each.signature,
    insertText: snippetOf(each),
    insertTextFormat: InsertTextFormat.Snippet,
    sortText: `e${each.name}`,
    documentation: { kind: MarkupKind.Markdown, value: describeFunction(each) },
  }));
}

/** The name, and a place for each argument. */
function snippetOf({ name, signature }: TemplateFunction): string {
  const words = signature.split(' ').slice(1);
  const places = words.filter((word) => !word.endsWith('...') && !word.startsWith('['));
  if (name === 'include') return 'include "${1:NAME}" ${2:.}';
  return [name, ...places.map((word, index) => `\${${index + 1}:${word.replaceAll(/[\\$}]/g, '')}}`)].join(' ');
}

function keywordOffers(): CompletionItem[] {
  return keywords.map(({ name, snippet, documentation }) => ({
    label: name,
    kind: CompletionItemKind.Keyword,
    insertText: snippet,
    insertTextFormat: InsertTextFormat.Snippet,
    sortText: `f${name}`,
    documentation: { kind: MarkupKind.Markdown, value: documentation },
  }));
}

function uniqueItems(items: readonly CompletionItem[]): CompletionItem[] {
  const known = new Map<string, CompletionItem>();
  for (const item of items) if (!known.has(item.label)) known.set(item.label, item);
  return [...known.values()];
}

/** The keys that a chart knows, in a file that gives it values. */
export function completeValues({ charts, source, offset, masksSecrets }: TemplateCompletionRequest): CompletionItem[] {
  const position = source.positionAt(offset);
  const cursor = findYamlCursor(source.text.split(/\r?\n/), position.line, position.character);
  if (cursor?.position !== 'key' || cursor.path.some((step) => typeof step === 'number')) return [];
  const range = { start: { line: position.line, character: cursor.start }, end: { line: position.line, character: cursor.end } };
  const path = cursor.path.map(String);
  return uniqueItems(
    charts.flatMap(({ index, sources }) => {
      const own = index.units.find(({ chart }) => joinPath(chart.path, 'values.yaml') === source.path);
      const from = [...(own?.path ?? []), ...path];
      return [
        ...keysBelow(
          from,
          sources.filter((each) => each.root.source.path !== source.path),
          index.units,
        ),
      ]
        .filter(([label]) => !cursor.siblings.has(label))
        .map(([label, pair]) => {
          const newText = `${label}:${pair.value.kind === 'map' ? '\n  ' : ' '}`;
          return { ...valueItem(label, pair, [...from, label], masksSecrets), textEdit: { range, newText }, filterText: label };
        });
    }),
  );
}

/**
 * Completion in a kustomization: fields by the table of fields, words and booleans, paths where a path belongs, and the
 * names that the bases offer (images, workloads, targets).
 */
import { CompletionItemKind, InsertTextFormat, MarkupKind, type CompletionItem } from 'vscode-languageserver';
import { isInside, joinPath, relativePath } from '../../core/base/path.js';
import type { Field, FieldType, TextMeaning } from '../../core/kustomize/fields/field.js';
import { typeAtPath } from '../../core/kustomize/fields/kustomizationFields.js';
import { kustomizationFileNames } from '../../core/kustomize/target.js';
import { describeField } from './fieldHover.js';
import { listImageNames, listScalableNames, type InputObject } from './inputObjects.js';
import { findYamlCursor, type YamlCursor } from './yamlCursor.js';

export interface CompletionContext {
  readonly lines: readonly string[];
  readonly line: number;
  readonly character: number;
  /** The kustomization's folder and its file. */
  readonly folder: string;
  readonly file: string;
  readonly listFolder: (path: string) => readonly { readonly name: string; readonly isFolder: boolean }[];
  /** Folders with a kustomization, anywhere in the workspace. */
  readonly kustomizationFolders: readonly { readonly folder: string; readonly isComponent: boolean }[];
  readonly inputs: () => readonly InputObject[];
}

interface Offer {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly insert?: string;
  readonly isSnippet?: boolean;
  readonly detail?: string;
  readonly documentation?: string;
  readonly isDeprecated?: boolean;
  readonly sort?: string;
  /** Ask again after it is taken: a folder leads on. */
  readonly leadsOn?: boolean;
}

/** What can be written at the cursor. */
export function completeKustomization(context: CompletionContext): CompletionItem[] {
  const cursor = findYamlCursor(context.lines, context.line, context.character);
  if (!cursor) return [];
  const type = typeOfCursor(cursor.path);
  if (!type) return [];
  return offersFor(cursor, type, context).map((offer, index) => toItem(offer, index, cursor, context));
}

function typeOfCursor(path: YamlCursor['path']): FieldType | undefined {
  if (path[0] === 'openapi' && path[1] === 'path') return { kind: 'string', meaning: 'file' };
  return typeAtPath(path);
}

function offersFor(cursor: YamlCursor, type: FieldType, context: CompletionContext): readonly Offer[] {
  if (cursor.position === 'key' && type.kind === 'list' && !cursor.isItem) {
    if (type.item.kind === 'object') return fieldOffers(type.item.fields, cursor, '- ', '  ');
    return valueOffers({ ...cursor, path: [...cursor.path, 0] }, type.item, context).map((offer) => ({ ...offer, insert: `- ${offer.insert ?? offer.label}` }));
  }
  if (cursor.position === 'key' && type.kind === 'object') return fieldOffers(type.fields, cursor, '', '');
  if (cursor.position === 'key' && !cursor.isItem) return [];
  return valueOffers(cursor, type, context);
}

function fieldOffers(fields: readonly Field[], cursor: YamlCursor, prefix: string, indent: string): readonly Offer[] {
  return fields
    .filter((field) => !cursor.siblings.has(field.name))
    .map((field, index) => ({
      label: field.name,
      kind: CompletionItemKind.Field,
      insert: `${prefix}${field.name}:${snippetOf(field.type, indent)}`,
      isSnippet: true,
      documentation: describeField(field),
      isDeprecated: field.deprecated !== undefined,
      sort: `${field.deprecated === undefined ? 'a' : 'z'}${String(index).padStart(3, '0')}`,
    }));
}

/** What follows the colon. The editor indents the lines of a snippet as the line that it is put in. */
function snippetOf(type: FieldType, indent: string): string {
  switch (type.kind) {
    case 'boolean':
      return ' ${1|true,false|}';
    case 'string':
      return type.values ? ` \${1|${type.values.map(({ value }) => value).join(',')}|}` : type.meaning === 'yaml' ? ` |-\n${indent}  $0` : ' $0';
    case 'integer':
      return ' ${1:1}';
    case 'list':
      return `\n${indent}  - $0`;
    case 'object':
    case 'map':
      return `\n${indent}  $0`;
    case 'any':
      return ' $0';
  }
}

function valueOffers(cursor: YamlCursor, type: FieldType, context: CompletionContext): readonly Offer[] {
  if (type.kind === 'boolean') return ['true', 'false'].map((word) => ({ label: word, kind: CompletionItemKind.Value }));
  if (type.kind === 'object' && cursor.isItem) return fieldOffers(type.fields, cursor, '', '');
  if (type.kind !== 'string') return [];
  if (type.values) return type.values.map(({ value, documentation }) => ({ label: value, kind: CompletionItemKind.EnumMember, documentation }));
  const meaning = type.meaning;
  if (meaning === 'file' || meaning === 'folder' || meaning === 'fileOrFolder' || meaning === 'fileOrYaml' || meaning === 'keyAndFile') return pathOffers(cursor, meaning, context);
  return nameOffers(cursor, context);
}

/** Names out of the bases, for the fields that refer to objects. */
function nameOffers(cursor: YamlCursor, context: CompletionContext): readonly Offer[] {
  const pattern = cursor.path.map((step) => (typeof step === 'number' ? '[]' : step)).join('.');
  if (pattern === 'images.[].name') return listImageNames(context.inputs()).map((label) => ({ label, kind: CompletionItemKind.Constant, detail: 'image' }));
  if (pattern === 'replicas.[].name') return listScalableNames(context.inputs()).map((label) => ({ label, kind: CompletionItemKind.Constant, detail: 'workload' }));
  const selectorField = /(?:^|\.)(?:target|source|select|reject\.\[\]|objref)\.(kind|name|group|version|namespace)$/.exec(pattern)?.[1];
  return selectorField === undefined ? [] : selectorOffers(selectorField as 'kind' | 'name' | 'group' | 'version' | 'namespace', cursor, context);
}

function selectorOffers(part: 'kind' | 'name' | 'group' | 'version' | 'namespace', cursor: YamlCursor, context: CompletionContext): readonly Offer[] {
  const others = (['kind', 'name', 'group', 'version', 'namespace'] as const).filter((other) => other !== part);
  const fitting = context.inputs().filter(({ id }) => others.every((other) => matchesSibling(cursor.siblings.get(other), id[other])));
  const details = new Map<string, Set<string>>();
  for (const { id } of fitting) {
    if (id[part] === '') continue;
    const detail = details.get(id[part]) ?? new Set();
    details.set(id[part], detail.add(part === 'kind' ? id.name : id.kind));
  }
  return [...details].sort(([a], [b]) => (a < b ? -1 : 1)).map(([label, detail]) => ({ label, kind: CompletionItemKind.Constant, detail: [...detail].slice(0, 4).join(', ') }));
}

function matchesSibling(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === '' || wanted === value || /[.*+?|()[\]]/.test(wanted);
}

function pathOffers(cursor: YamlCursor, meaning: TextMeaning, context: CompletionContext): readonly Offer[] {
  const quote = /^["']/.exec(cursor.typed)?.[0] ?? '';
  const key = meaning === 'keyAndFile' ? (/^["']?[^=/]*=/.exec(cursor.typed)?.[0] ?? quote) : quote;
  const typed = cursor.typed.slice(key.length);
  const folderPart = typed.slice(0, typed.lastIndexOf('/') + 1);
  const takesFolders = meaning === 'folder' || meaning === 'fileOrFolder' || meaning === 'fileOrYaml';
  const offers = entryOffers(context, folderPart, meaning, takesFolders);
  if (takesFolders && folderPart.replaceAll('../', '') === '') offers.push(...knownFolders(context, cursor.path[0] === 'components', folderPart));
  const seen = new Set<string>();
  return offers.filter((offer) => !seen.has(offer.label) && seen.add(offer.label)).map((offer) => ({ ...offer, insert: `${key}${offer.insert ?? offer.label}` }));
}

/** What stands in the folder that was typed so far. */
function entryOffers(context: CompletionContext, folderPart: string, meaning: TextMeaning, takesFolders: boolean): Offer[] {
  const base = joinPath(context.folder, folderPart === '' ? '.' : folderPart);
  const offers: Offer[] = [];
  for (const { name, isFolder } of context.listFolder(base)) {
    const path = joinPath(base, name);
    if (path === context.file || name.startsWith('.git')) continue;
    const label = `${folderPart}${name}`;
    if (isFolder) {
      const isKustomization = context.kustomizationFolders.some(({ folder }) => folder === path);
      if (isKustomization && takesFolders) offers.push({ label, kind: CompletionItemKind.Folder, detail: 'kustomization', sort: `b${label}` });
      else offers.push({ label: `${label}/`, kind: CompletionItemKind.Folder, sort: `d${label}`, leadsOn: true });
    } else if (meaning !== 'folder' && isWanted(name, meaning)) offers.push({ label, kind: CompletionItemKind.File, sort: `a${label}` });
  }
  if (folderPart === '' || /^(\.\.\/)+$/.test(folderPart)) offers.push({ label: `${folderPart}../`, kind: CompletionItemKind.Folder, sort: 'e', leadsOn: true });
  return offers;
}

/** The workspace's kustomizations, by the way to them from here. */
function knownFolders(context: CompletionContext, wantsComponents: boolean, folderPart: string): Offer[] {
  return context.kustomizationFolders
    .filter(({ folder, isComponent }) => isComponent === wantsComponents && !isInside(context.folder, folder))
    .map(({ folder, isComponent }) => ({ path: relativePath(context.folder, folder), isComponent }))
    .filter(({ path }) => path.startsWith(folderPart))
    .map(({ path, isComponent }) => ({
      label: path,
      kind: CompletionItemKind.Module,
      detail: isComponent ? 'component' : 'kustomization',
      sort: `c${String(path.split('/').length).padStart(2, '0')}${path}`,
    }));
}

function isWanted(name: string, meaning: TextMeaning): boolean {
  if ((kustomizationFileNames as readonly string[]).includes(name)) return false;
  return meaning === 'keyAndFile' || meaning === 'file' || /\.(ya?ml|json)$/i.test(name);
}

function toItem(offer: Offer, index: number, cursor: YamlCursor, context: CompletionContext): CompletionItem {
  const range = { start: { line: context.line, character: cursor.start }, end: { line: context.line, character: cursor.end } };
  const item: CompletionItem = {
    label: offer.label,
    kind: offer.kind,
    textEdit: { range, newText: offer.insert ?? offer.label },
    insertTextFormat: offer.isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    filterText: offer.isSnippet ? offer.label : (offer.insert ?? offer.label),
    sortText: offer.sort ?? String(index).padStart(4, '0'),
  };
  if (offer.detail !== undefined) item.detail = offer.detail;
  if (offer.documentation !== undefined) item.documentation = { kind: MarkupKind.Markdown, value: offer.documentation };
  if (offer.isDeprecated) item.tags = [1];
  if (offer.leadsOn) item.command = { title: 'Go on', command: 'editor.action.triggerSuggest' };
  return item;
}

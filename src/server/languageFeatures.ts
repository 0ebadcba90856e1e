/** Puts the language features behind the requests of the language server protocol. */
import {
  CodeActionKind,
  MarkupKind,
  ResponseError,
  type CancellationToken,
  type CompletionItem,
  type CompletionList,
  type Connection,
  type Definition,
  type Hover,
  type Location,
  type LocationLink,
  type TextDocumentPositionParams,
} from 'vscode-languageserver';
import type { SourceText } from '../core/base/source.js';
import { lineOfRendering } from '../core/objects/rendering.js';
import type { YamlNode } from '../core/yaml/nodes.js';
import type { ParsedYaml } from '../core/yaml/parse.js';
import { listCodeActions } from './features/codeActions.js';
import { listCodeLenses } from './features/codeLenses.js';
import { completeKustomization } from './features/completion.js';
import { describeFieldAt } from './features/fieldHover.js';
import { findFileReferences, type FileReference } from '../core/kustomize/fileReferences.js';
import { listInputObjects } from './features/inputObjects.js';
import { findLinesFrom, type SourceLine } from './features/references.js';
import { describeSubstitutionAt } from './features/substitutionHover.js';
import { isKustomizationFile, kustomizationFileOf } from './kustomizationFile.js';
import { parentPath } from '../core/base/path.js';
import { listHookLenses } from './preview/hookLenses.js';
import { usersOf } from './preview/previewables.js';
import { findDefinitions, findTemplates, hoverPreview, listPreviewSymbols, type PreviewFeatureOptions } from './preview/previewFeatures.js';
import { describeImage, imageFieldOf } from './registries/imageHover.js';
import { listPolicyLenses, policyNotesOn } from './registries/policyLenses.js';
import type { RegistrySession } from './registries/registrySession.js';
import { completeTag, resolveTag } from './registries/tagCompletion.js';
import { describeField } from './promote/setHere.js';
import type { PromoteCommands } from './promoteProtocol.js';
import { signalOf } from './requests.js';
import { findLacks } from '../services/lacks.js';
import { isCancelled } from '../services/failure.js';
import type { Session } from './session.js';
import { TemplateFeatures } from './templates/templateFeatures.js';
import { pathToUri, uriToPath } from './uris.js';

export function registerLanguageFeatures(connection: Connection, session: Session, registries: RegistrySession): void {
  /** A feature that breaks costs its own answer only. */
  const guarded =
    <Params, Answer>(name: string, answer: (params: Params) => Answer) =>
    (params: Params): Answer | null => {
      try {
        return answer(params);
      } catch (error) {
        session.logBug(name, error);
        return null;
      }
    };
  /** The same for what may be refused in words that the editor shows. */
  const refusing =
    <Params, Answer>(name: string, answer: (params: Params) => Answer) =>
    (params: Params): Answer | null => {
      try {
        return answer(params);
      } catch (error) {
        if (error instanceof ResponseError) throw error;
        session.logBug(name, error);
        return null;
      }
    };
  /** The same for what is answered later. */
  const guardedLater =
    <Params, Answer>(name: string, answer: (params: Params, signal: AbortSignal) => Promise<Answer>) =>
    async (params: Params, token: CancellationToken): Promise<Answer | null> => {
      try {
        return await answer(params, signalOf(token, session));
      } catch (error) {
        if (!isCancelled(error)) session.logBug(name, error);
        return null;
      }
    };
  const charts = new TemplateFeatures(session);
  connection.onHover(guardedLater('hover', async (params, signal) => charts.hover(params) ?? hover(session, params) ?? (await hoverImage(session, registries, params, signal))));
  connection.onDefinition(guarded('definition', (params) => charts.definition(params) ?? definition(session, params)));
  connection.onImplementation(guarded('template', ({ textDocument, position }) => templates(session, textDocument.uri, position)));
  connection.onReferences(
    guarded('references', (params) => {
      const [named, rendered] = [charts.references(params), references(session, params)];
      return named ? [...named, ...(rendered ?? [])] : rendered;
    }),
  );
  connection.onDocumentHighlight(guarded('highlights', (params) => charts.highlights(params)));
  connection.onSignatureHelp(guarded('signature help', (params) => charts.signatureHelp(params)));
  connection.onPrepareRename(refusing('rename', (params) => charts.prepareRename(params)));
  connection.onRenameRequest(refusing('rename', (params) => charts.rename(params)));
  connection.onDocumentSymbol(guarded('outline', ({ textDocument }) => outline(session, textDocument.uri) ?? charts.symbols(textDocument.uri) ?? null));
  connection.onDocumentLinks(guarded('links', ({ textDocument }) => documentLinks(session, textDocument.uri)));
  connection.onCodeLens(guarded('lenses', ({ textDocument }) => codeLenses(session, registries, textDocument.uri)));
  connection.onCodeAction(guarded('quick fixes', ({ textDocument, range }) => codeActions(session, textDocument.uri, range)));
  connection.onCompletionResolve(
    async (item, token) => (await guardedLater('completion', (asked: CompletionItem, signal) => resolveTag(asked, registries.registries, Date.now(), signal))(item, token)) ?? item,
  );
  connection.onCompletion(
    guardedLater('completion', async (params, signal) => (await tagCompletion(session, registries, params, signal)) ?? completion(session, params) ?? charts.completion(params)),
  );
}

function outline(session: Session, uri: string): ReturnType<typeof listPreviewSymbols> | null {
  const view = session.previews.view(uri);
  return view ? listPreviewSymbols(view) : null;
}

function codeLenses(session: Session, registries: RegistrySession, uri: string): ReturnType<typeof listCodeLenses> | null {
  const view = session.previews.view(uri);
  if (view && session.settings.codeLens) return listHookLenses(view.rendering);
  const path = uriToPath(uri);
  if (path === undefined || !session.settings.codeLens) return null;
  const parsed = registries.chosenPolicies.length > 0 ? session.model.parse(path) : undefined;
  return [...listCodeLenses(session.model, path, session), ...(parsed ? listPolicyLenses(parsed, registries.chosenPolicies) : [])];
}

function previewOptions(session: Session): PreviewFeatureOptions {
  return { label: (path) => session.label(path), rootOf: (path) => rootNode(session, path) };
}

function rootNode(session: Session, path: string): YamlNode | undefined {
  return session.model.parse(path)?.documents[0]?.root;
}

/** A file of the workspace with the root of its first document. */
interface OpenKustomization {
  readonly path: string;
  readonly folder: string;
  readonly source: SourceText;
  readonly root: YamlNode | undefined;
}

function kustomizationAt(session: Session, uri: string): OpenKustomization | undefined {
  const path = uriToPath(uri);
  if (path === undefined || !isKustomizationFile(path)) return undefined;
  const parsed = session.model.parse(path);
  return parsed && { path, folder: parentPath(path), source: parsed.source, root: parsed.documents[0]?.root };
}

function hover(session: Session, { textDocument, position }: TextDocumentPositionParams): Hover | null {
  const view = session.previews.view(textDocument.uri);
  if (view) return hoverPreview(view, position, previewOptions(session)) ?? null;
  const substitution = hoverSubstitution(session, textDocument.uri, position);
  if (substitution) return substitution;
  const open = kustomizationAt(session, textDocument.uri);
  const found = open?.root && describeFieldAt(open.root, open.source.offsetAt(position));
  if (!open || !found) return null;
  return { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: open.source.locate(found.start, found.end).range };
}

/** What the registry has of the image at a position. */
async function hoverImage(session: Session, registries: RegistrySession, { textDocument, position }: TextDocumentPositionParams, signal: AbortSignal): Promise<Hover | null> {
  const path = uriToPath(textDocument.uri);
  const parsed = path === undefined || !/\.ya?ml$|\/Kustomization$/.test(path) ? undefined : session.model.parse(path);
  const found = path === undefined || !parsed ? undefined : imageFieldOf(parsed, parsed.source.offsetAt(position), isKustomizationFile(path));
  const notes = policyNotesOn(parsed?.source.text.split('\n')[position.line] ?? '', registries.chosenPolicies);
  const markdown = found && (await describeImage(found.field, registries.registries, notes, Date.now(), signal));
  return found && markdown !== undefined ? { contents: { kind: MarkupKind.Markdown, value: markdown }, range: found.range } : null;
}

/** The tags of the image at a position; undefined where no tag belongs there. */
function tagCompletion(
  session: Session,
  { registries }: RegistrySession,
  { textDocument, position }: TextDocumentPositionParams,
  signal: AbortSignal,
): Promise<CompletionList | undefined> {
  const path = uriToPath(textDocument.uri);
  const source = path === undefined || !/\.ya?ml$|\/Kustomization$/.test(path) ? undefined : session.model.tree.read(path);
  if (path === undefined || !source) return Promise.resolve(undefined);
  const lines = source.text.split(/\r?\n/);
  return completeTag({ ...position, model: session.model, registries, lines, isKustomization: isKustomizationFile(path), isTrusted: session.isTrusted, now: Date.now() }, signal);
}

function hoverSubstitution(session: Session, uri: string, position: TextDocumentPositionParams['position']): Hover | undefined {
  const path = uriToPath(uri);
  const parsed = path === undefined ? undefined : session.model.parse(path);
  if (path === undefined || !parsed?.source.text.includes('${')) return undefined;
  const found = describeSubstitutionAt(session.model, parsed, parsed.source.offsetAt(position), (each) => session.label(each));
  return found && { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: found.range };
}

function definition(session: Session, { textDocument, position }: TextDocumentPositionParams): LocationLink[] | Definition | null {
  const view = session.previews.view(textDocument.uri);
  if (view) return findDefinitions(view, position);
  const open = kustomizationAt(session, textDocument.uri);
  if (!open?.root) return null;
  const offset = open.source.offsetAt(position);
  const reference = findFileReferences(open.root, open.folder).find(({ start, end }) => offset >= start && offset <= end);
  const target = reference && targetOf(session, reference);
  if (!reference || target === undefined) return null;
  const start = { line: 0, character: 0 };
  const range = { start, end: start };
  return [{ originSelectionRange: open.source.locate(reference.start, reference.end).range, targetUri: pathToUri(target), targetRange: range, targetSelectionRange: range }];
}

/** The actions that wrote a line of a rendered chart. */
function templates(session: Session, uri: string, position: TextDocumentPositionParams['position']): LocationLink[] | null {
  const view = session.previews.view(uri);
  return view ? findTemplates(view, position) : null;
}

/** The file that a reference opens: of a folder its kustomization. */
function targetOf(session: Session, reference: FileReference): string | undefined {
  const { tree } = session.model;
  const kind = tree.kind(reference.path);
  if (kind === 'file') return reference.path;
  return kind === 'directory' ? kustomizationFileOf(tree, reference.path) : undefined;
}

function references(session: Session, { textDocument, position }: TextDocumentPositionParams): Location[] | null {
  const source = sourceLineOf(session, textDocument.uri, position.line);
  if (!source) return null;
  session.renderAll();
  const users = usersOf(session.model, source.path);
  const environments = users.filter(({ isEnvironment }) => isEnvironment);
  const found: Location[] = [];
  for (const { uri, render } of environments.length > 0 ? environments : users) {
    const { rendering } = render();
    for (const line of findLinesFrom(rendering, source)) {
      const text = lineText(rendering, line);
      found.push({ uri, range: { start: { line, character: text.length - text.trimStart().length }, end: { line, character: text.length } } });
    }
  }
  return found;
}

/** The line of a source: the asked one, or the one that sets a line of a preview. */
function sourceLineOf(session: Session, uri: string, line: number): SourceLine | undefined {
  const view = session.previews.view(uri);
  if (!view) {
    const path = uriToPath(uri);
    return path === undefined ? undefined : { path, line };
  }
  const value = lineOfRendering(view.rendering, line)?.printed.value;
  if (!value) return undefined;
  const location = value.source.locate(value.start, value.end);
  return { path: location.path, line: location.range.start.line };
}

function lineText(rendering: Parameters<typeof lineOfRendering>[0], line: number): string {
  const found = lineOfRendering(rendering, line);
  return found?.object.printed.text.split('\n')[line - found.object.firstLine] ?? '';
}

function documentLinks(session: Session, uri: string): { range: Location['range']; target: string; tooltip: string }[] | null {
  const open = kustomizationAt(session, uri);
  if (!open?.root) return null;
  return findFileReferences(open.root, open.folder).flatMap((reference) => {
    const target = targetOf(session, reference);
    if (target === undefined) return [];
    return [{ range: open.source.locate(reference.start, reference.end).range, target: pathToUri(target), tooltip: `Open ${session.label(target)}` }];
  });
}

function codeActions(session: Session, uri: string, range: Location['range']): ReturnType<typeof listCodeActions> | null {
  const path = uriToPath(uri);
  if (path === undefined) return offerSetHere(session, uri, range.start);
  const { model } = session;
  const reported = session.reportedFor(path);
  if (reported.length === 0) return null;
  const source = model.tree.read(path);
  return listCodeActions(range, {
    reported,
    lacks: reported.some(({ problem }) => problem.code.endsWith('-fetched')) ? findLacks(model).filter(({ location }) => location.path === path) : [],
    isTrusted: session.isTrusted,
    textAt: ({ location }) => source?.text.slice(source.offsetAt(location.range.start), source.offsetAt(location.range.end)) ?? '',
    workspaceFolders: session.folders,
    canComment: (position) => /\.ya?ml$/.test(path) && !isWithinText(model.parse(path), position),
  });
}

/** "Set this here" at a field of a preview. */
function offerSetHere(session: Session, uri: string, position: Location['range']['start']): ReturnType<typeof listCodeActions> | null {
  const field = describeField(session, uri, position);
  if (!field || field.refusal !== undefined) return null;
  const title = `Set ${field.path.slice(field.path.lastIndexOf('.') + 1)} here for ${field.environmentLabel}…`;
  const id: keyof PromoteCommands = '_gitops.setHere.ask';
  return [{ title, kind: CodeActionKind.Refactor, command: { title, command: id, arguments: [uri, position] } }];
}

/** True within a scalar that goes over several lines: what looks like a comment there is text. */
function isWithinText(parsed: ParsedYaml | undefined, position: Location['range']['start']): boolean {
  const visit = (node: YamlNode, offset: number): boolean => {
    if (offset < node.start || offset > node.end) return false;
    if (node.kind === 'scalar') return node.source.text.slice(node.start, node.end).includes('\n') && node.source.locate(node.start, node.start).range.start.line < position.line;
    return node.kind === 'map' ? node.pairs.some(({ value }) => visit(value, offset)) : node.items.some((item) => visit(item, offset));
  };
  const offset = parsed?.source.offsetAt(position) ?? 0;
  return parsed?.documents.some(({ root }) => root !== undefined && visit(root, offset)) ?? true;
}

function completion(session: Session, { textDocument, position }: TextDocumentPositionParams): ReturnType<typeof completeKustomization> | null {
  const open = kustomizationAt(session, textDocument.uri);
  if (!open) return null;
  const { model } = session;
  return completeKustomization({
    lines: open.source.text.split(/\r?\n/),
    line: position.line,
    character: position.character,
    folder: open.folder,
    file: open.path,
    listFolder: (path) => model.tree.list(path).map((name) => ({ name, isFolder: model.tree.kind(`${path}/${name}`) === 'directory' })),
    kustomizationFolders: model.roots.filter(({ folder }) => folder !== open.folder),
    inputs: () =>
      open.root
        ? listInputObjects(open.root, open.folder, {
            render: (folder) => {
              const { rendering } = model.render(folder);
              return rendering.ok ? rendering : undefined;
            },
            documents: (path) => model.parse(path)?.documents.flatMap(({ root }) => root ?? []) ?? [],
            kind: (path) => model.tree.kind(path),
          })
        : [],
  });
}

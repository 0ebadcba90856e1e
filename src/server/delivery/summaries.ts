/** Environments as the tree and the board show them: names, state, images, findings, and how far a change has come. */
import { joinPath } from '../../core/base/path.js';
import type { Place, Problem } from '../../core/base/problem.js';
import type { Location } from '../../core/base/source.js';
import { findImages } from '../../core/gitops/environmentImages.js';
import type { Environment, EnvironmentSource } from '../../core/gitops/delivery.js';
import type { Rendering } from '../../core/objects/rendering.js';
import type { GitState } from '../../services/ports.js';
import type { EnvironmentDetails, EnvironmentSummary, DeliveryState, FindingCounts, FindingSummary, ImageSummary, KindSummary, RenderState } from '../deliveryProtocol.js';
import { labelLocation, type FileLabel } from '../fileLabels.js';
import { kustomizationFileOf } from '../kustomizationFile.js';
import type { Model } from '../model.js';
import type { Place as ProtocolPlace, UriText } from '../protocol.js';
import { makePreviewUri, pathToUri } from '../uris.js';

/** What summaries are made of. */
export interface SummarySource {
  readonly model: Model;
  readonly label: FileLabel;
  /** All problems that an environment has, those that rules found included. */
  readonly problemsOf: (environment: Environment) => readonly Problem[];
  /** Open files with changes that are not saved, absolute. */
  readonly unsaved: readonly string[];
  /** What git says of the repository at `top`; undefined where it wasn't asked. */
  readonly gitState: (top: string) => GitState | undefined;
}

/** All environments, in the model's order. */
export function summarizeEnvironments(source: SummarySource): readonly EnvironmentSummary[] {
  return source.model.delivery.model.environments.map((environment) => summarize(environment, source));
}

/** One environment. */
export function summarize(environment: Environment, source: SummarySource): EnvironmentSummary {
  const { model, label } = source;
  const { id, app, name, order, isProtected, operator, destination } = environment;
  const { rendering } = model.delivery.render(environment);
  const [main] = environment.sources;
  const file = main && sourceFile(main, model);
  return {
    id,
    app,
    name,
    label: environment.label,
    order,
    isProtected,
    operator,
    renderer: main?.renderer ?? 'unsupported',
    state: stateOf(rendering, label),
    repoURL: main?.repoURL?.value,
    revision: main?.revision?.value,
    path: main?.path ?? '',
    server: destination.server?.value,
    cluster: destination.cluster?.value,
    namespace: destination.namespace?.value ?? commonNamespace(rendering),
    declaredAt: toPlace(environment.declaredAt, label),
    sourceAt: file === undefined ? undefined : placeOfFile(file, label),
    folderUri: main?.folder === undefined ? undefined : pathToUri(main.folder),
    previewUri: previewUriOf(environment, model),
    images: imagesOf(rendering, label),
    findings: countFindings(source.problemsOf(environment)),
    delivery: deliveryOf(environment, rendering, source),
  };
}

/** The address of an environment's preview: its folder's own where its operator adds nothing. Undefined where nothing can be rendered here. */
export function previewUriOf(environment: Environment, model: Model): UriText | undefined {
  const folder = environment.sources[0]?.folder;
  if (folder === undefined) return undefined;
  const isFoldersOwn = model.rootOf(folder) !== undefined && model.render(folder).rendering === model.delivery.render(environment).rendering;
  return makePreviewUri({ folder, revision: undefined, ...(!isFoldersOwn && { environment: environment.id }) }, environment.label);
}

/** The objects by kind and the findings of an environment. */
export function describeEnvironment(environment: Environment, source: SummarySource): EnvironmentDetails {
  const { rendering } = source.model.delivery.render(environment);
  return { kinds: listKinds(rendering, source.label), findings: source.problemsOf(environment).map((problem) => describeFinding(problem, source.label)) };
}

export function describeFinding({ severity, code, message, location }: Problem, label: FileLabel): FindingSummary {
  return { severity, code, message, place: placeOf(location, label) };
}

function listKinds({ objects }: Rendering, label: FileLabel): readonly KindSummary[] {
  const kinds = new Map<string, { kind: string; group: string; objects: KindSummary['objects'][number][] }>();
  for (const { id, root, firstLine } of objects) {
    const key = `${id.kind}.${id.group}`;
    const entry = kinds.get(key) ?? { kind: id.kind, group: id.group, objects: [] };
    kinds.set(key, entry);
    entry.objects.push({ name: id.name, namespace: id.namespace, place: toPlace(root, label), previewLine: firstLine });
  }
  return [...kinds.values()].sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0));
}

function sourceFile({ folder, renderer }: EnvironmentSource, { tree }: Model): string | undefined {
  if (folder === undefined) return undefined;
  if (renderer === 'helm') return joinPath(folder, 'Chart.yaml');
  return kustomizationFileOf(tree, folder) ?? folder;
}

function stateOf({ ok, problems }: Rendering, label: FileLabel): RenderState {
  if (ok) return { kind: 'rendered' };
  const error = problems.find(({ severity }) => severity === 'error');
  if (error) return { kind: 'broken', message: error.message, place: placeOf(error.location, label) };
  const [reason] = problems;
  if (reason?.code === 'gitops/source-not-fetched' || reason?.code === 'gitops/chart-not-fetched') return { kind: 'elsewhere', message: reason.message };
  return { kind: 'unsupported', message: reason?.message ?? 'This engine does not render it.' };
}

/** The namespace that all objects with one share. */
function commonNamespace({ objects }: Rendering): string | undefined {
  const namespaces = new Set(objects.flatMap(({ id }) => (id.namespace === '' ? [] : [id.namespace])));
  const [only, second] = namespaces;
  return second === undefined ? only : undefined;
}

function imagesOf(rendering: Rendering, label: FileLabel): readonly ImageSummary[] {
  return findImages(rendering).map(({ name, tag, digest, setAt }) => ({ name, tag, digest, setAt: toPlace(setAt, label) }));
}

function countFindings(problems: readonly Problem[]): FindingCounts {
  const count = (severity: Problem['severity']): number => problems.filter((problem) => problem.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), infos: count('info') };
}

function deliveryOf(environment: Environment, { dependencies }: Rendering, { model, unsaved, gitState }: SummarySource): DeliveryState {
  const isUsed = (path: string): boolean => dependencies.has(path) || environment.declaredAt.source.path === path;
  const [main] = environment.sources;
  const repository = main?.folder === undefined ? undefined : nearestRepository(main.folder, model);
  const git = repository && gitState(repository.top);
  const revision = main?.revision?.value;
  const branch = revision !== undefined && git?.branches.some(({ name }) => name === revision) ? revision : undefined;
  const tracked = branch ?? repository?.branch;
  return {
    unsaved: unsaved.filter(isUsed).map(pathToUri),
    uncommitted: git?.changed.filter(isUsed).map(pathToUri),
    unpushed: git?.branches.find(({ name }) => name === tracked)?.ahead,
    otherBranch: branch !== undefined && repository?.branch !== undefined && repository.branch !== branch ? repository.branch : undefined,
  };
}

/** The repository that a folder is in; undefined where it is in none that is known. */
export function nearestRepository(folder: string, { delivery }: Model): { readonly top: string; readonly branch: string | undefined } | undefined {
  const { repositories } = delivery.model;
  return repositories.filter(({ top }) => folder === top || folder.startsWith(`${top}/`)).sort((a, b) => b.top.length - a.top.length)[0];
}

/** A range of a file as the editor takes it. */
export function toPlace({ source, start, end }: Place, label: FileLabel): ProtocolPlace {
  return placeOf(source.locate(start, end), label);
}

function placeOf(location: Location, label: FileLabel): ProtocolPlace {
  return { uri: pathToUri(location.path), range: location.range, label: labelLocation(location, label) };
}

function placeOfFile(path: string, label: FileLabel): ProtocolPlace {
  const start = { line: 0, character: 0 };
  return { uri: pathToUri(path), range: { start, end: start }, label: label(path) };
}

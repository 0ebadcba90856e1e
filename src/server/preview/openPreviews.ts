/**
 * The previews that the editor shows: for each its last good rendering, the text made of it, and what was sent. After a
 * change of the workspace each is rendered again, and what differs is sent as one edit.
 */
import type { FileTree } from '../../core/base/fileTree.js';
import { joinPath } from '../../core/base/path.js';
import type { Location } from '../../core/base/source.js';
import { declineRendering } from '../../core/gitops/renderSource.js';
import { renderingText, type Rendering } from '../../core/objects/rendering.js';
import { labelLocation, type FileLabel } from '../fileLabels.js';
import { kustomizationFileOf } from '../kustomizationFile.js';
import type { Model } from '../model.js';
import { chartPlanOf } from '../../services/chartRenderings.js';
import type { TimedRendering } from '../../services/renderingMemo.js';
import type { BrokenState, ChangeMark, FailureWords, Place, PreviewChange, PreviewState, PreviewText, UriText } from '../protocol.js';
import { labelOfChart, parsePreviewUri, pathToUri, type PreviewAddress } from '../uris.js';
import { findChangeMarks } from './marks.js';
import { filesOfValues, findValueMarks } from './valueMarks.js';
import { isSecret, maskSecret, type Fingerprint } from './mask.js';
import { chartOf } from './previewables.js';
import { findOwnFiles } from './ownFiles.js';
import { findReplacement } from './textEdit.js';

/** A rendering at a git revision, with the model of the files there. */
export interface RenderingAtRevision extends TimedRendering {
  readonly model: Pick<Model, 'tree' | 'parse'>;
}

export interface PreviewHost {
  readonly model: () => Model;
  readonly renderAt: (address: PreviewAddress & { readonly revision: string }, signal: AbortSignal) => Promise<RenderingAtRevision | FailureWords>;
  readonly label: FileLabel;
  readonly labelOfFolder: (folder: string) => string;
  readonly masksSecrets: () => boolean;
  readonly fingerprint: Fingerprint;
  readonly send: (change: PreviewChange) => void;
}

/** What a position in a preview's text belongs to. */
export interface PreviewView {
  readonly address: PreviewAddress;
  readonly rendering: Rendering;
  readonly text: string;
  readonly masksSecrets: boolean;
}

interface OpenPreview {
  readonly uri: UriText;
  readonly address: PreviewAddress;
  readonly abort: AbortController;
  current: PreviewText;
  /** The rendering that was looked at last, good or not. */
  seen: Rendering | undefined;
  good: TimedRendering | undefined;
  failure: FailureWords | undefined;
  showsSecrets: boolean | undefined;
  filesOf: Pick<Model, 'tree' | 'parse'> | undefined;
}

export class OpenPreviews {
  readonly #open = new Map<UriText, OpenPreview>();

  constructor(private readonly host: PreviewHost) {}

  /** Follows a preview from now on. Undefined where the URI is no preview's. */
  async open(uri: UriText): Promise<PreviewText | undefined> {
    const address = parsePreviewUri(uri);
    if (!address) return undefined;
    const known = this.#open.get(uri);
    if (known) return known.current;
    const preview = this.#begin(uri, address);
    this.#open.set(uri, preview);
    if (address.revision === undefined) this.#renderNow(preview);
    else await this.#renderAtRevision(preview, address.revision);
    preview.current = this.#describe(preview, 1);
    return preview.current;
  }

  close(uri: UriText): void {
    this.#open.get(uri)?.abort.abort();
    this.#open.delete(uri);
  }

  /** Renders what follows the workspace again, and sends what changed. */
  refresh(): void {
    for (const preview of this.#open.values()) {
      if (preview.address.revision === undefined && this.#renderNow(preview)) this.#update(preview);
    }
  }

  /** Reads the previews of git revisions again, after a commit or a checkout moved what their names stand for. */
  async refreshRevisions(): Promise<void> {
    for (const preview of [...this.#open.values()]) {
      const { revision } = preview.address;
      if (revision === undefined || /^[0-9a-f]{40}$/.test(revision)) continue;
      await this.#renderAtRevision(preview, revision);
      this.#update(preview);
    }
  }

  /** Shows or hides secrets in one preview. */
  showSecrets(uri: UriText, show: boolean): void {
    const preview = this.#open.get(uri);
    if (!preview) return;
    preview.showsSecrets = show;
    this.#update(preview);
  }

  /** Makes all texts anew, after a change of settings. */
  redraw(): void {
    for (const preview of this.#open.values()) this.#update(preview);
  }

  /** What the editor shows at `uri`; undefined where nothing was rendered. */
  view(uri: UriText): PreviewView | undefined {
    const preview = this.#open.get(uri);
    if (!preview?.good) return undefined;
    return { address: preview.address, rendering: preview.good.rendering, text: preview.current.text, masksSecrets: this.#masks(preview) };
  }

  /** The folders that are followed as they are now. */
  get folders(): readonly string[] {
    return [...this.#open.values()].filter(({ address }) => address.revision === undefined).map(({ address }) => address.folder);
  }

  #begin(uri: UriText, address: PreviewAddress): OpenPreview {
    const current: PreviewText = {
      uri,
      version: 0,
      label: this.#labelOf(address),
      folderUri: pathToUri(address.folder),
      kustomizationUri: pathToUri(address.folder),
      revision: address.revision,
      objects: 0,
      warnings: 0,
      milliseconds: 0,
      marks: [],
      secrets: 'none',
      broken: undefined,
      isRendered: false,
      text: '',
    };
    return { uri, address, abort: new AbortController(), current, seen: undefined, good: undefined, failure: undefined, showsSecrets: undefined, filesOf: undefined };
  }

  /** Answers whether there is anything new. */
  #renderNow(preview: OpenPreview): boolean {
    const model = this.host.model();
    const timed = renderAddress(model, preview.address);
    if (timed.rendering === preview.seen) return false;
    preview.seen = timed.rendering;
    preview.filesOf = model;
    if (timed.rendering.ok) preview.good = timed;
    return true;
  }

  async #renderAtRevision(preview: OpenPreview, revision: string): Promise<void> {
    const answer = await this.host.renderAt({ ...preview.address, revision }, preview.abort.signal);
    if ('code' in answer) {
      preview.failure = answer;
      return;
    }
    preview.failure = undefined;
    preview.seen = answer.rendering;
    preview.filesOf = answer.model;
    if (answer.rendering.ok) preview.good = answer;
  }

  #update(preview: OpenPreview): void {
    const before = preview.current;
    const after = this.#describe(preview, before.version + 1);
    const { text, ...state } = after;
    if (isSameState(before, after)) return;
    preview.current = after;
    this.host.send({ ...state, baseVersion: before.version, edit: findReplacement(before.text, text) });
  }

  #describe(preview: OpenPreview, version: number): PreviewText {
    const { good, seen, filesOf, address } = preview;
    const broken = this.#brokenState(preview);
    const rendering = good?.rendering;
    const file = filesOf && (kustomizationFileOf(filesOf.tree, address.folder) ?? chartFileOf(filesOf.tree, address.folder));
    const state: PreviewState = {
      uri: preview.uri,
      version,
      label: this.#labelOf(address),
      folderUri: pathToUri(address.folder),
      kustomizationUri: pathToUri(file ?? address.folder),
      revision: address.revision,
      objects: rendering?.objects.length ?? 0,
      warnings: seen?.problems.filter(({ severity }) => severity === 'warning').length ?? 0,
      milliseconds: good?.milliseconds ?? 0,
      marks: rendering && filesOf ? this.#marksOf(address, rendering, filesOf) : [],
      secrets: !rendering?.objects.some(isSecret) ? 'none' : this.#masks(preview) ? 'masked' : 'revealed',
      broken,
      isRendered: rendering !== undefined,
    };
    return { ...state, text: rendering ? this.#textOf(preview, rendering) : placeholder(broken) };
  }

  /** What the overlay, or the values of the environment, made of the rest. */
  #marksOf({ folder, environment, chart }: PreviewAddress, rendering: Rendering, filesOf: Pick<Model, 'tree' | 'parse'>): readonly ChangeMark[] {
    if (chart === undefined) return findChangeMarks(rendering, findOwnFiles(filesOf, folder));
    if (chart !== 'environment') return findValueMarks(rendering, new Set(chart.values));
    const { delivery } = this.host.model();
    const found = delivery.model.environments.find(({ id }) => id === environment);
    const inputs = found && chartPlanOf(delivery, found)?.chart;
    return inputs ? findValueMarks(rendering, filesOfValues(inputs, folder)) : [];
  }

  #textOf(preview: OpenPreview, rendering: Rendering): string {
    const masks = this.#masks(preview);
    return masks ? renderingText(rendering, (object) => maskSecret(object, this.host.fingerprint)) : renderingText(rendering);
  }

  #masks(preview: OpenPreview): boolean {
    return preview.showsSecrets === undefined ? this.host.masksSecrets() : !preview.showsSecrets;
  }

  #brokenState({ seen, failure }: OpenPreview): BrokenState | undefined {
    if (failure) return { message: failure.message, place: undefined, errors: 1, lacks: [] };
    if (!seen || seen.ok) return undefined;
    const errors = seen.problems.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    return {
      message: first?.message ?? seen.problems[0]?.message ?? 'This could not be rendered.',
      place: first && this.#placeOf(first.location),
      errors: errors.length,
      lacks: seen.lacks.map(({ spec }) => spec),
    };
  }

  #labelOf({ folder, environment, chart }: PreviewAddress): string {
    if (typeof chart === 'object') return labelOfChart(chartOf(this.host.model(), folder)?.name ?? this.host.labelOfFolder(folder), chart);
    const found = environment === undefined ? undefined : this.host.model().delivery.model.environments.find(({ id }) => id === environment);
    return found?.label ?? this.host.labelOfFolder(folder);
  }

  #placeOf(location: Location): Place {
    return { uri: pathToUri(location.path), range: location.range, label: labelLocation(location, this.host.label) };
  }
}

function chartFileOf(tree: FileTree, folder: string): string | undefined {
  const file = joinPath(folder, 'Chart.yaml');
  return tree.kind(file) === 'file' ? file : undefined;
}

/** A folder as kustomize renders it, a chart as helm does, or either as the operator of an environment does. */
function renderAddress(model: Model, { folder, environment, chart }: PreviewAddress): TimedRendering {
  if (typeof chart === 'object') return model.renderChart(folder, chart);
  if (environment === undefined) return model.render(folder);
  const { delivery } = model;
  const found = delivery.model.environments.find(({ id }) => id === environment);
  if (found) return chart === undefined ? delivery.render(found) : model.renderChart(folder, found);
  return { rendering: declineRendering(folder, 'gitops/environment-missing', 'This environment is not declared any more.', folder), milliseconds: 0 };
}

/** True when there is nothing to tell: how long it took does not count. */
function isSameState(before: PreviewText, after: PreviewText): boolean {
  const told = ({ version: _version, milliseconds: _milliseconds, text: _text, ...state }: PreviewText): string => JSON.stringify(state);
  return before.text === after.text && told(before) === told(after);
}

/** What stands in a preview that never could be rendered. */
function placeholder(broken: BrokenState | undefined): string {
  if (!broken) return '# This kustomization makes no objects.\n';
  const where = broken.place ? `#   ${broken.place.label}\n` : '';
  return `# This kustomization can't be rendered yet.\n#\n#   ${broken.message.replaceAll('\n', '\n#   ')}\n${where}`;
}

/**
 * Remote entries of kustomizations and where they were fetched to. Nothing is fetched but on request; what was fetched
 * stays pinned to the commit or content that came then, in an index that later sessions read, so that rendering needs no
 * network.
 */
import { joinPath, parentPath } from '../core/base/path.js';
import { parseRemoteEntry } from '../core/kustomize/remote.js';
import { parseRemoteChart, type RemoteChart } from '../core/objects/remoteChart.js';
import type { FetchedEntry } from '../core/objects/rendering.js';
import { Failure } from './failure.js';
import type { RemoteFetcher, TextStore } from './ports.js';

/** One entry of the index. */
export interface FetchedRemote extends FetchedEntry {
  /** The commit; for a file the hash of its content, for a chart its version and the digest of its archive. */
  readonly version: string;
}

const indexVersion = 1;

export class RemoteBases {
  readonly #fetcher: RemoteFetcher;
  readonly #store: TextStore;
  readonly #entries: Map<string, FetchedRemote>;

  constructor(fetcher: RemoteFetcher, store: TextStore) {
    this.#fetcher = fetcher;
    this.#store = store;
    this.#entries = new Map([...readIndex(store.read())].filter(([, entry]) => fetcher.has(entry.path)));
  }

  /** Where an entry was fetched to; undefined where it wasn't. For {@link BuildRequest.fetched}. */
  readonly fetched = (spec: string): FetchedRemote | undefined => this.#entries.get(spec);

  /**
   * Fetches an entry, again where it was fetched before, and pins it.
   * @param spec the entry as it stands in the kustomization
   * @throws Failure where it can't be had
   */
  async fetch(spec: string, signal: AbortSignal): Promise<FetchedRemote> {
    const chart = parseRemoteChart(spec);
    if (chart) return this.#keep(spec, await this.#fetchChart(chart, signal));
    const remote = parseRemoteEntry(spec);
    if (!remote) throw new Failure('remote/not-remote', `${spec} is not a remote entry.`, 'Check the entry in the kustomization.');
    const entry = remote.kind === 'file' ? await this.#fetchFile(remote, signal) : await this.#fetchRepository(spec, remote, signal);
    return this.#keep(spec, entry);
  }

  #keep(spec: string, entry: FetchedRemote): FetchedRemote {
    this.#entries.set(spec, entry);
    this.#save();
    return entry;
  }

  async #fetchChart(chart: RemoteChart, signal: AbortSignal): Promise<FetchedRemote> {
    const { path, version } = await this.#fetcher.chart(chart, signal);
    return { path, root: path, version };
  }

  async #fetchFile(remote: Parameters<RemoteFetcher['file']>[0], signal: AbortSignal): Promise<FetchedRemote> {
    const { path, version } = await this.#fetcher.file(remote, signal);
    return { path, root: parentPath(path), version };
  }

  async #fetchRepository(spec: string, remote: Parameters<RemoteFetcher['repository']>[0], signal: AbortSignal): Promise<FetchedRemote> {
    const asksForSubmodules = remote.submodules && /[?&]submodules=/.test(spec);
    const { path: root, version } = await this.#fetcher.repository(remote, { submodules: asksForSubmodules }, signal);
    const path = remote.path === undefined ? root : joinPath(root, remote.path);
    if (!this.#fetcher.has(path)) {
      throw new Failure('remote/missing-path', `${remote.repository} has no ${remote.path ?? ''} at ${version.slice(0, 12)}.`, 'Check the path after the repository, and the ref.');
    }
    return { path, root, version };
  }

  /** Another process may have written meanwhile: its entries stay. */
  #save(): void {
    const entries = { ...Object.fromEntries(readIndex(this.#store.read())), ...Object.fromEntries(this.#entries) };
    this.#store.write(`${JSON.stringify({ version: indexVersion, entries }, undefined, 1)}\n`);
  }
}

/** The entries of an index; none where it is missing, damaged, or of another version. */
function readIndex(text: string | undefined): ReadonlyMap<string, FetchedRemote> {
  const entries = new Map<string, FetchedRemote>();
  const index = text === undefined ? undefined : parseJson(text);
  if (!isRecord(index) || index['version'] !== indexVersion || !isRecord(index['entries'])) return entries;
  for (const [spec, value] of Object.entries(index['entries'])) {
    if (!isRecord(value)) continue;
    const { path, root, version } = value;
    if (typeof path === 'string' && typeof root === 'string' && typeof version === 'string') entries.set(spec, { path, root, version });
  }
  return entries;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

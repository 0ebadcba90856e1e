/**
 * Gets the archive of a chart from a repository: over HTTP by the repository's index, or from an OCI registry. What comes is
 * checked against the digest that the index or the registry names. Signatures (.prov) are not looked at.
 */
import { createHash } from 'node:crypto';
import { SourceText } from '../../core/base/source.js';
import { chooseVersion, readIndexEntries, type IndexEntry } from '../../core/helm/chartVersions.js';
import type { RemoteChart } from '../../core/objects/remoteChart.js';
import type { RepositoryName, TagList } from '../../core/registry/imageFacts.js';
import { parseYaml } from '../../core/yaml/parse.js';
import { Failure } from '../../services/failure.js';
import { fetchFile } from '../remote/fetchFile.js';
import type { BasicCredential } from './helmRepositories.js';

/** What fetching a chart asks of the client of registries. */
export interface ChartRegistry {
  tags(name: RepositoryName, signal: AbortSignal): Promise<TagList>;
  /** The layer of an artifact that has a media type, its digest checked; undefined where there is no such artifact. */
  layer(name: RepositoryName, reference: string, mediaType: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

export interface FetchChartWith {
  readonly registry: ChartRegistry;
  /** The name and password for an address of a repository, where the user has them. */
  readonly credentialFor: (address: URL) => BasicCredential | undefined;
}

export interface FetchedArchive {
  readonly bytes: Uint8Array;
  readonly version: string;
}

const chartLayer = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const oldChartLayer = 'application/tar+gzip';
const largestIndex = 128 * 1024 * 1024;
const largestArchive = 32 * 1024 * 1024;
const longestSeconds = 120;

/** The archive of the version that is meant. @throws Failure where it can't be had */
export function fetchChart(chart: RemoteChart, world: FetchChartWith, signal: AbortSignal): Promise<FetchedArchive> {
  return chart.repository.startsWith('oci://') ? fetchFromRegistry(chart, world.registry, signal) : fetchFromRepository(chart, world, signal);
}

async function fetchFromRepository(chart: RemoteChart, { credentialFor }: FetchChartWith, signal: AbortSignal): Promise<FetchedArchive> {
  const { repository, name } = chart;
  if (!URL.canParse(repository)) throw new Failure('remote/unsafe-address', `${repository} is not an address of the web.`, 'Use https or oci.');
  const get = (address: URL, mostBytes: number): Promise<Uint8Array> => {
    const credential = credentialFor(address);
    const headers = credential && { authorization: `Basic ${Buffer.from(`${credential.user}:${credential.password}`).toString('base64')}` };
    return fetchFile(address.href, signal, { mostBytes, longestSeconds, ...(headers && { headers }) });
  };
  const index = await get(below(repository, 'index.yaml'), largestIndex);
  const entries = readIndexEntries(parseYaml(new SourceText('index.yaml', new TextDecoder().decode(index))), name);
  if (!entries)
    throw new Failure('remote/missing-path', `${repository} has something else than an index of charts.`, 'Check the address: it is the folder that index.yaml lies in.');
  const entry = chooseEntry(entries, chart);
  const address = below(repository, entry.urls[0] ?? '');
  const bytes = await get(address, largestArchive);
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (entry.digest !== '' && entry.digest !== digest) {
    throw new Failure(
      'remote/wrong-digest',
      `${address.href} is not what the index of ${repository} names: its digest differs.`,
      'Tell who keeps the repository; nothing was kept of it.',
    );
  }
  return { bytes, version: entry.version };
}

function chooseEntry(entries: readonly IndexEntry[], chart: RemoteChart): IndexEntry {
  const version = chooseVersion(
    entries.map((each) => each.version),
    chart.version,
    chart.devel,
  );
  const entry = entries.find((each) => each.version === version);
  if (!entry) throw noVersion(chart, entries.length > 0);
  return entry;
}

/** An address relative to the repository's, whose query holds for what lies below it (helm's ResolveReferenceURL). */
function below(repository: string, reference: string): URL {
  const base = new URL(repository);
  const { search } = base;
  base.pathname = base.pathname.replace(/\/*$/, '/');
  if (!URL.canParse(reference, base.href))
    throw new Failure('remote/unsafe-address', `${reference} is no address that a chart can be fetched from.`, 'Tell who keeps the repository.');
  const url = new URL(reference, base.href);
  if (url.search === '' && !URL.canParse(reference)) url.search = search;
  return url;
}

async function fetchFromRegistry(chart: RemoteChart, registry: ChartRegistry, signal: AbortSignal): Promise<FetchedArchive> {
  const [host = '', ...path] = chart.repository.slice('oci://'.length).replace(/\/+$/, '').split('/');
  const name: RepositoryName = { registry: host, repository: [...path, chart.name].join('/') };
  const isExact = /^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(chart.version);
  const version = isExact ? chart.version : await chooseTag(chart, name, registry, signal);
  // A tag has no plus sign, so charts have an underscore in its place there.
  const reference = version.replaceAll('+', '_');
  for (const mediaType of [chartLayer, oldChartLayer]) {
    const bytes = await registry.layer(name, reference, mediaType, signal);
    if (bytes) return { bytes, version };
  }
  throw noVersion(chart, true);
}

async function chooseTag(chart: RemoteChart, name: RepositoryName, registry: ChartRegistry, signal: AbortSignal): Promise<string> {
  const { tags } = await registry.tags(name, signal);
  const version = chooseVersion(
    tags.map((tag) => tag.replaceAll('_', '+')),
    chart.version,
    chart.devel,
  );
  if (version === undefined) throw noVersion(chart, tags.length > 0);
  return version;
}

function noVersion({ repository, name, version }: RemoteChart, hasChart: boolean): Failure {
  const what = hasChart ? `no version of ${name} that is ${version === '' ? 'released' : version}` : `no chart ${name}`;
  return new Failure('remote/unknown-version', `${repository} has ${what}.`, 'Check the name and the version of the chart.');
}

/**
 * Which version of a chart in a repository is meant, and what an index says of it (helm v3.22 pkg/repo/index.go Get and
 * SortEntries, pkg/registry GetTagMatchingVersionOrConstraint, pkg/action/pull.go for `--devel`).
 */
import { compareVersions, parseVersion, type Version } from '../template/functions/semver.js';
import { Failure } from '../template/values.js';
import { scalarValue, type MapNode } from '../yaml/nodes.js';
import type { ParsedYaml } from '../yaml/parse.js';
import { isCompatible } from './activeChart.js';

/** A version of a chart in an index. */
export interface IndexEntry {
  readonly version: string;
  /** Where its archive is: addresses, or paths below the repository's. */
  readonly urls: readonly string[];
  /** Of the archive, as sixty-four hexadecimal digits; empty where the index names none. */
  readonly digest: string;
}

/**
 * The version that `wanted` means: just that one, or the highest in the range; undefined where there is none.
 * @param versions in any order; what is no version is left out
 * @param devel true where pre-releases count for the latest
 */
export function chooseVersion(versions: readonly string[], wanted: string, devel: boolean): string | undefined {
  if (wanted !== '' && versions.includes(wanted)) return wanted;
  const range = wanted === '' ? (devel ? '>0.0.0-0' : '*') : wanted;
  const known = versions.flatMap((text): readonly { readonly text: string; readonly version: Version }[] => {
    const version = parseVersion(text);
    return version instanceof Failure ? [] : [{ text, version }];
  });
  known.sort((a, b) => compareVersions(b.version, a.version));
  return known.find(({ text }) => isCompatible(range, text))?.text;
}

/** What an index says of one chart; undefined where it is no index, an empty list where it has no such chart. */
export function readIndexEntries({ documents }: ParsedYaml, name: string): readonly IndexEntry[] | undefined {
  const root = documents[0]?.root;
  const entries = root?.kind === 'map' ? root.get('entries') : undefined;
  if (entries?.kind !== 'map') return undefined;
  const list = entries.get(name);
  return (list?.kind === 'sequence' ? list.items : []).flatMap((item) => (item.kind === 'map' ? readEntry(item) : []));
}

function readEntry(item: MapNode): readonly IndexEntry[] {
  const version = scalarValue(item.get('version')) ?? '';
  const urls = item.get('urls');
  const texts = (urls?.kind === 'sequence' ? urls.items : []).flatMap((url) => scalarValue(url) ?? []);
  return version === '' || texts.length === 0 ? [] : [{ version, urls: texts, digest: (scalarValue(item.get('digest')) ?? '').replace(/^sha256:/, '') }];
}

/** The order of tags for people: newest first, and those that were probably meant by a tag that there isn't. */
import { compareVersions, parseVersion, type Version } from '../gitops/flux/images/semver.js';
import { nearestName } from '../kustomize/decode/nearestField.js';

/**
 * The tags, newest first: versions by their order, then what has a date by that, then the rest with its numbers compared as
 * numbers (`main-120` before `main-99`).
 * @param times milliseconds since 1970 of those of which it is known
 */
export function newestFirst(tags: readonly string[], times: ReadonlyMap<string, number>): readonly string[] {
  const keys = tags.map((tag) => ({ tag, version: versionOf(tag), time: times.get(tag), parts: tag.match(/\d+|\D+/g) ?? [] }));
  return keys
    .sort((a, b) => {
      if (a.version && b.version) return compareVersions(b.version, a.version) || compareNaturally(b.parts, a.parts);
      if (a.version || b.version) return a.version ? -1 : 1;
      if (a.time !== undefined && b.time !== undefined && a.time !== b.time) return b.time - a.time;
      if ((a.time === undefined) !== (b.time === undefined)) return a.time === undefined ? 1 : -1;
      return compareNaturally(b.parts, a.parts);
    })
    .map(({ tag }) => tag);
}

/** The tags of which only a date tells which is newer: those that are no versions and hold no number to go by, such as commits and branches. */
export function undatedTags(tags: readonly string[], times: ReadonlyMap<string, number>): readonly string[] {
  return tags.filter((tag) => !times.has(tag) && !versionOf(tag) && (isCommit(tag) || !/^(?:\d+|[a-z]+[-_.]?\d+)$/i.test(tag)));
}

function isCommit(tag: string): boolean {
  return /^(?:sha-)?[0-9a-f]{7,64}$/.test(tag) && /[a-f]/.test(tag);
}

/** A tag that is meant as a version: with two numbers at least. `20240115` is a date, and `3` a channel. */
function versionOf(tag: string): Version | undefined {
  return /^v?\d{1,6}\.\d/.test(tag) ? parseVersion(tag) : undefined;
}

/** Compares texts that were split into digits and the rest: numbers as numbers. */
function compareNaturally(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x = '', y = ''] = [a[index], b[index]];
    if (x === y) continue;
    if (/^\d/.test(x) && /^\d/.test(y)) {
      const [p, q] = [x.replace(/^0+/, ''), y.replace(/^0+/, '')];
      if (p.length !== q.length) return p.length - q.length;
      if (p !== q) return p < q ? -1 : 1;
    }
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

/** More tags than this are not compared letter by letter. */
const mostCompared = 2000;

/** At most `most` tags that may have been meant by `wanted`, the likeliest first; none where nothing is near. */
export function nearestTags(wanted: string, tags: readonly string[], most: number): readonly string[] {
  const found: string[] = [];
  const take = (candidates: readonly (string | undefined)[]): void => {
    for (const each of candidates) if (each !== undefined && each !== wanted && !found.includes(each)) found.push(each);
  };
  const bare = wanted.toLowerCase().replace(/^v(?=\d)/, '');
  take(tags.filter((tag) => tag.toLowerCase().replace(/^v(?=\d)/, '') === bare));
  // A commit that is written longer or shorter than the tag.
  if (/[0-9a-f]{7,}$/.test(wanted)) take(tags.filter((tag) => tag.length >= 7 && (tag.startsWith(wanted) || wanted.startsWith(tag))));
  take(nearVersions(wanted, tags));
  const slack = Math.max(2, Math.floor(wanted.length / 3));
  let left = tags.filter((tag) => Math.abs(tag.length - wanted.length) <= slack && !found.includes(tag)).slice(0, mostCompared);
  while (found.length < most) {
    const near = nearestName(left, wanted);
    if (near === undefined) break;
    take([near]);
    left = left.filter((tag) => tag !== near);
  }
  return found.slice(0, most);
}

/** The newest versions of the same minor version, then of the same major one, written in the same form. */
function nearVersions(wanted: string, tags: readonly string[]): readonly string[] {
  const version = versionOf(wanted);
  if (!version) return [];
  const isRelease = version.pre === '';
  const others = newestFirst(
    tags.filter((tag) => {
      const other = versionOf(tag);
      return other?.major === version.major && (other.pre === '') === isRelease && formOf(tag) === formOf(wanted);
    }),
    new Map(),
  );
  const sameMinor = others.filter((tag) => versionOf(tag)?.minor === version.minor);
  return [...sameMinor.slice(0, 1), ...others.slice(0, 1)];
}

/** `v` where a version is written with one, and how many numbers it has. */
function formOf(tag: string): string {
  return `${tag.startsWith('v') ? 'v' : ''}${/^v?([\d.]*)/.exec(tag)?.[1]?.split('.').length ?? 0}`;
}

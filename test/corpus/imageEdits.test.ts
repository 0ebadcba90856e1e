/**
 * Every image of every overlay of the corpus gets another version and goes back: an edit changes the bytes of the version
 * alone, the render then says just that, and the way back restores the text.
 */
import assert from 'node:assert/strict';
import { findImageNodes } from '../../src/core/gitops/environmentImages.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import { readImage, writeImage, type ImageVersion } from '../../src/core/promote/imageVersion.js';
import { diffLines } from '../../src/core/promote/lineDiff.js';
import { moveImage, type MoveOutcome } from '../../src/core/promote/moveImage.js';
import { findLargeCorpus, loadLargeCorpus, loadSmallCorpus, type CorpusCase } from '../support/corpus.js';
import type { EditTarget } from '../../src/core/promote/editSources.js';
import { kustomizeSources, type KustomizeSources } from '../support/kustomizeSources.js';

const version: ImageVersion = { tag: 'v9.8.7-moved', digest: undefined };

interface Counts {
  overlays: number;
  images: number;
  inPlace: number;
  entries: number;
  mixed: number;
  restored: number;
  /** Edits of a base that others are built on. */
  withOthers: number;
  readonly refused: string[];
}

describe('versions of images in the corpus', () => {
  it('are moved by an edit of the version alone, in the cases of this repository', () => {
    const counts = moveAll(loadSmallCorpus(), 1);
    assert.ok(counts.images > 0);
    assert.deepEqual(counts.refused, []);
  });

  const folder = findLargeCorpus();
  // A part of it by default; all of it takes a minute.
  if (folder !== undefined) {
    it('are moved by an edit of the version alone, in public repositories', async function () {
      this.timeout(600_000);
      const cases = (await loadLargeCorpus(folder)).filter(({ suite }) => suite === 'kustomize');
      const step = process.env['RUN_SLOW_TESTS'] === undefined ? 9 : 1;
      const counts = moveAll(cases, step);
      assert.ok(counts.images > 20);
      assert.deepEqual(counts.refused, []);
      if (step === 1) console.log(`      ${JSON.stringify(counts)}`);
    });
  }
});

/** What is built of the same repository is looked at with each edit, where all of it is looked at. */
function openRepositories(cases: readonly CorpusCase[], isAlone: boolean): (each: CorpusCase) => KustomizeSources {
  const keyOf = ({ repo, options }: CorpusCase): string => `${repo} ${JSON.stringify(options)}`;
  const opened = new Map<string, KustomizeSources>();
  return (each) => {
    const key = isAlone ? each.id : keyOf(each);
    const folders = isAlone ? [each.folder] : [...new Set(cases.filter((other) => keyOf(other) === key).map(({ folder }) => folder))];
    const sources = opened.get(key) ?? kustomizeSources(each.tree, folders, each.options);
    opened.set(key, sources);
    return sources;
  };
}

function moveAll(cases: readonly CorpusCase[], step: number): Counts {
  const sourcesOf = openRepositories(cases, step > 1);
  const counts: Counts = { overlays: 0, images: 0, inPlace: 0, entries: 0, mixed: 0, restored: 0, withOthers: 0, refused: [] };
  for (const [index, each] of cases.entries()) {
    if (index % step !== 0) continue;
    const sources = sourcesOf(each);
    const target = sources.targets.find(({ id }) => id === each.folder);
    const rendering = sources.renderingOf(each.folder);
    const names = rendering?.ok ? imageNames(rendering) : new Map<string, readonly string[]>();
    if (names.size > 0) counts.overlays++;
    for (const [name, texts] of names) {
      counts.images++;
      if (target) moveOne({ id: each.id, name, texts, target }, sources, counts);
    }
  }
  return counts;
}

interface MovedImage {
  readonly id: string;
  readonly name: string;
  /** Different references of it in the render. */
  readonly texts: readonly string[];
  readonly target: EditTarget;
}

function moveOne(image: MovedImage, sources: KustomizeSources, counts: Counts): void {
  const { id, name, texts, target } = image;
  const moved = moveImage({ target, name, version, together: new Set() }, sources);
  if (moved.kind !== 'moved') return void counts.refused.push(`${id} ${name}: ${moved.kind === 'refused' ? moved.reason : moved.kind}`);
  const kinds = new Set(moved.edits.map(({ kind }) => kind));
  if (kinds.size > 1) counts.mixed++;
  else if (kinds.has('entry')) counts.entries++;
  else counts.inPlace++;
  const isExchange = checkBytes(moved, sources, `${id} ${name}`);
  if (moved.alsoMoved.length > 0) counts.withOthers++;
  if (moved.along.length === 0) checkRender(moved, sources, image);
  const [old, another] = texts;
  const before = old === undefined ? undefined : readImage(old).version;
  if (before === undefined || another !== undefined || !isExchange) return;
  const back = moveImage({ target, name, version: before, together: new Set() }, moved.sources);
  assert.equal(back.kind, 'moved', `${id} ${name} goes back`);
  if (back.kind !== 'moved') return;
  for (const path of pathsOf(moved)) assert.equal(back.sources.parse(path)?.source.text, sources.parse(path)?.source.text, `${id} ${name} is restored in ${path}`);
  counts.restored++;
}

/** In place: lines keep all that stands before and behind the version. Entries: nothing but lines that are new. True where versions were exchanged and nothing was added. */
function checkBytes(moved: Extract<MoveOutcome, { kind: 'moved' }>, sources: KustomizeSources, what: string): boolean {
  let isExchange = moved.edits.every(({ kind }) => kind === 'in place');
  for (const path of pathsOf(moved)) {
    const hunks = diffLines(sources.parse(path)?.source.text ?? '', moved.sources.parse(path)?.source.text ?? '');
    for (const { before, after } of hunks) {
      if (moved.edits.every(({ kind }) => kind === 'entry')) {
        const isOwn = after.every((line) => /^\s*(?:-?\s*(?:images|name|newTag|digest):.*|\s*|[\]}].*|.*newTag.*)\r?\n?$/.test(line)) || before.length === 1;
        assert.ok(isOwn, `${what}: ${JSON.stringify(after)}`);
        continue;
      }
      if (moved.edits.some(({ kind }) => kind === 'entry')) continue;
      // An entry that had another name alone gets a version.
      isExchange &&= before.length === after.length;
      if (before.length === 0 && after.every((line) => /^\s*newTag: v9\.8\.7-moved\r?\n?$/.test(line))) continue;
      // A digest goes that would go over the tag.
      const kept = before.length > after.length ? before.filter((line) => !/^\s*digest:/.test(line)) : before;
      assert.equal(after.length, kept.length, `${what}: ${JSON.stringify({ before, after })}`);
      after.forEach((line, index) => {
        const [head = '', tail = ''] = line.split('v9.8.7-moved');
        const heads = [head.replace(/:$/, ''), head.replace(/newTag: (["']?)$/, 'digest: $1')];
        assert.ok(heads.some((each) => kept[index]?.startsWith(each)) && kept[index]?.endsWith(tail), `${what}: ${kept[index] ?? ''} becomes ${line}`);
      });
    }
  }
  return isExchange;
}

/** The text of the render with the version exchanged is the text of the render after the edit. */
function checkRender(moved: Extract<MoveOutcome, { kind: 'moved' }>, sources: KustomizeSources, { id, name, texts, target }: MovedImage): void {
  const [before, after] = [sources.renderingOf(target.id), moved.sources.renderingOf(target.id)];
  assert.ok(before && after);
  const wanted = writeImage(name, version);
  const containers = new Set<unknown>(before.objects.flatMap(({ root }) => findImageNodes(root)));
  const expected = before.objects.flatMap(({ printed }) =>
    printed.text.split('\n').map((line, index) => {
      const value = printed.lines[index]?.value;
      return value?.kind === 'scalar' && containers.has(value) && texts.includes(value.value) ? line.replace(/image: .*/, `image: ${wanted}`) : line;
    }),
  );
  const actual = after.objects.flatMap(({ printed }) =>
    printed.text.split('\n').map((line) => line.replace(/image: (["'])(.*)\1$/, (whole: string, _quote: string, value: string) => (value === wanted ? `image: ${value}` : whole))),
  );
  // Names of generated objects follow their content.
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    const different = actual.filter((line, index) => line !== expected[index]);
    assert.ok(
      different.every((line) => /-[a-z0-9]{10}(?:\s|$)/.test(line)),
      `${id} ${name}: ${different.slice(0, 3).join(' | ')}`,
    );
  }
}

function imageNames(rendering: Rendering): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { id, root } of rendering.objects) {
    if (id.kind === 'CustomResourceDefinition') continue;
    for (const { value } of findImageNodes(root)) {
      const { name } = readImage(value);
      const known = found.get(name) ?? [];
      if (name !== '' && !known.includes(value)) found.set(name, [...known, value]);
    }
  }
  return found;
}

function pathsOf({ edits }: Extract<MoveOutcome, { kind: 'moved' }>): readonly string[] {
  return [...new Set(edits.flatMap(({ changes }) => changes.map(({ location }) => location.path)))];
}

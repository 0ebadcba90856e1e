/**
 * What an author waits for: one character typed in an overlay's kustomization or patch, until the new preview text and
 * the diagnostics are there. And the same overlays through a `kustomize build` process, where there is one.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { buildKustomization } from '../../src/core/kustomize/build.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { renderingText, type Rendering } from '../../src/core/objects/rendering.js';
import type { FileTree } from '../../src/core/base/fileTree.js';
import { isInside } from '../../src/core/base/path.js';
import type { YamlNode } from '../../src/core/yaml/nodes.js';
import type { CorpusCase } from '../support/corpus.js';
import { withFile } from '../support/folderTree.js';
import { formatMs, quantile, type Row } from './table.js';

export interface KeystrokeOptions {
  /** How many overlays are edited, spread over the corpus. */
  readonly overlays: number;
  readonly keystrokes: number;
  /** How many of them also go through the `kustomize` process. */
  readonly processes: number;
  /** The command, or undefined where there is none. */
  readonly kustomize: string | undefined;
}

interface Edit {
  readonly file: string;
  readonly text: string;
  /** Where characters are typed: the end of a plain text value. */
  readonly offset: number;
}

export function measureKeystrokes(cases: readonly CorpusCase[], options: KeystrokeOptions): readonly Row[] {
  const cache = new BuildCache();
  const times: number[] = [];
  const edited: CorpusCase[] = [];
  const overlays = cases.filter((each) => each.expected.ok && each.suite !== 'krusty' && each.suite !== 'probes' && isOverlay(each, cache));
  for (const each of spread(overlays, options.overlays)) {
    const edit = findEdit(each, build(each, each.tree, cache), cache);
    if (!edit) continue;
    edited.push(each);
    for (let count = 1; count <= options.keystrokes; count++) times.push(typeOnce(each, edit, count, cache));
  }
  const median = quantile(times, 0.5);
  const p95 = quantile(times, 0.95);
  const rows: Row[] = [
    {
      what: `keystroke to preview and diagnostics, median (${edited.length} overlays, ${times.length} keystrokes)`,
      measured: formatMs(median),
      budget: 'under 5 ms',
      value: median,
    },
    { what: 'keystroke to preview and diagnostics, p95', measured: formatMs(p95), budget: 'under 20 ms', value: p95 },
  ];
  // With charts kustomize would run helm.
  const plain = edited.filter((each) => !each.options.enableHelm);
  return [...rows, ...compareWithProcess(spread(plain, options.processes), median, options.kustomize)];
}

function build(each: CorpusCase, tree: FileTree, cache: BuildCache): Rendering {
  return buildKustomization({ tree, folder: each.folder, options: each.options, cache });
}

/** True for a kustomization that stands on others outside of its folder; a folder of plain manifests would be too easy. */
function isOverlay(each: CorpusCase, cache: BuildCache): boolean {
  const { ok, dependencies } = build(each, each.tree, cache);
  return ok && [...dependencies].some((file) => !isInside(file, each.folder) && each.tree.kind(file) === 'file');
}

/** Milliseconds from the changed buffer to the text and the problems; the text of the file differs each time. */
function typeOnce(each: CorpusCase, edit: Edit, count: number, cache: BuildCache): number {
  const typed = 'abcdefghijklmnopqrstuvwxyz'.repeat(4).slice(0, count);
  const text = edit.text.slice(0, edit.offset) + typed + edit.text.slice(edit.offset);
  const start = performance.now();
  const rendering = build(each, withFile(each.tree, edit.file, text), cache);
  const output = renderingText(rendering);
  const elapsed = performance.now() - start;
  if (output === '' && rendering.problems.length === 0) throw new Error(`${each.id}: neither output nor problems`);
  return elapsed;
}

/** A text value in the kustomization itself, or else in a patch or resource beside it, that can be typed into without breaking the build. */
function findEdit(each: CorpusCase, rendering: Rendering, cache: BuildCache): Edit | undefined {
  const own = [...rendering.dependencies].filter((file) => path.posix.dirname(file) === each.folder && each.tree.kind(file) === 'file');
  own.sort((a, b) => Number(isKustomization(b)) - Number(isKustomization(a)));
  for (const file of own) {
    const source = each.tree.read(file);
    if (!source || source.text.length > 200_000) continue;
    const offsets = cache.parse(source).documents.flatMap((document) => (document.root ? textEnds(document.root) : []));
    for (const offset of offsets.reverse().slice(0, 5)) {
      const text = `${source.text.slice(0, offset)}x${source.text.slice(offset)}`;
      if (build(each, withFile(each.tree, file, text), cache).ok) return { file, text: source.text, offset };
    }
  }
  return undefined;
}

function isKustomization(file: string): boolean {
  return /^kustomization(?:\.ya?ml)?$/i.test(path.posix.basename(file));
}

/** The ends of plain text values below a node. */
function textEnds(node: YamlNode): readonly number[] {
  if (node.kind === 'scalar') return node.style === 'plain' && node.tag === '!!str' && node.end > node.start ? [node.end] : [];
  return node.kind === 'map' ? node.pairs.flatMap((pair) => textEnds(pair.value)) : node.items.flatMap(textEnds);
}

function compareWithProcess(cases: readonly CorpusCase[], ours: number, kustomize: string | undefined): readonly Row[] {
  const what = '`kustomize build` process on the same overlays, median';
  if (kustomize === undefined) return [{ what, measured: 'no kustomize on the PATH', budget: 'at least 20x slower than a keystroke' }];
  const times = cases.map((each) => {
    const start = performance.now();
    const restrictor = each.options.loadRestrictor === 'none' ? ['--load-restrictor', 'LoadRestrictionsNone'] : [];
    const run = spawnSync(kustomize, ['build', each.folder, ...restrictor], { maxBuffer: 1 << 28 });
    if (run.status !== 0) throw new Error(`${each.id}: kustomize build failed`);
    return performance.now() - start;
  });
  const median = quantile(times, 0.5);
  return [{ what: `${what} (${times.length} runs)`, measured: `${formatMs(median)}, ${Math.round(median / ours)}x`, budget: 'at least 20x slower than a keystroke' }];
}

/** `count` items at even distances. */
export function spread<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]).filter((item) => item !== undefined);
}

/**
 * Mutated kustomizations, patches and manifests against the renderer. Whatever comes in, a build has to end in time,
 * with output or with an error that points into a file, and a cache must never show.
 */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../src/core/base/fileTree.js';
import { buildKustomization } from '../../src/core/kustomize/build.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { renderingText, type Rendering } from '../../src/core/objects/rendering.js';
import { checkProblems } from './checkProblems.js';
import { mutateText } from './mutate.js';
import { Random } from './random.js';

/** What is mutated: the files of a folder by absolute path, and the folder that is built. */
export interface FuzzSeed {
  readonly id: string;
  readonly files: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** The longest that one build of a small, mutated input may take. */
const mostMs = 3000;

/** One round: picks a seed, mutates one or two of its files, and checks the properties. The same number gives the same round. */
export function fuzzKustomize(seeds: readonly FuzzSeed[], round: number, warm: BuildCache): void {
  const random = new Random(round);
  const seed = random.pick(seeds);
  const files: Record<string, string> = { ...seed.files };
  const names = Object.keys(files);
  const donor = Object.values(random.pick(seeds).files);
  for (let count = 1 + random.below(2); count > 0; count--) {
    const name = random.pick(names);
    files[name] = mutateText(files[name] ?? '', random, donor);
  }
  try {
    checkBuild(files, seed.folder, warm);
  } catch (error) {
    const shown = names.filter((name) => files[name] !== seed.files[name]).map((name) => `--- ${name}\n${(files[name] ?? '').slice(0, 1500)}`);
    throw new Error(`round ${round} (${seed.id}): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${shown.join('\n')}`, { cause: error });
  }
}

function checkBuild(files: Readonly<Record<string, string>>, folder: string, warm: BuildCache): void {
  const tree = new MemoryTree(files);
  const build = (cache: BuildCache): Rendering => buildKustomization({ tree, folder, options: { loadRestrictor: 'rootOnly', enableHelm: false }, cache });
  const start = performance.now();
  const rendering = build(warm);
  const text = renderingText(rendering);
  const elapsed = performance.now() - start;
  assert.ok(elapsed < mostMs, `took ${Math.round(elapsed)} ms`);
  checkProblems(rendering, tree);
  const again = build(new BuildCache());
  assert.equal(renderingText(again), text, 'a fresh cache gives another text');
  assert.deepEqual(again.problems, rendering.problems, 'a fresh cache gives other problems');
}

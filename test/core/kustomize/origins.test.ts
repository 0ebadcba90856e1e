/**
 * The property that everything about origins stands on, over every case of the corpora: the text that a scalar's origin
 * points at, taken through the step that it names, gives the scalar's value.
 */
import assert from 'node:assert/strict';
import { buildKustomization } from '../../../src/core/kustomize/build.js';
import { BuildCache } from '../../../src/core/kustomize/buildCache.js';
import { findLargeCorpus, loadLargeCorpus, loadSmallCorpus, type CorpusCase } from '../../support/corpus.js';
import { OriginChecker } from '../../support/origins/checkRendering.js';

describe('origins', function () {
  this.timeout(120_000);

  it('of the small corpus lead to texts that give the values', () => {
    checkAll(loadSmallCorpus(), ['resource', 'strategicMerge', 'jsonPatch', 'images', 'generator', 'hashSuffix', 'nameReference', 'replacement', 'variable']);
  });

  const large = findLargeCorpus();
  if (large !== undefined) {
    it('of the large corpus lead to texts that give the values', async () => {
      checkAll(await loadLargeCorpus(large), ['resource', 'strategicMerge', 'jsonPatch', 'namespace', 'namePrefix', 'labels', 'replacement']);
    });
  }
});

/** @param kinds the kinds of steps that must have been seen, or the check would prove nothing */
function checkAll(cases: readonly CorpusCase[], kinds: readonly string[]): void {
  const cache = new BuildCache();
  const checker = new OriginChecker();
  for (const each of cases) {
    checker.check(each.id, buildKustomization({ tree: each.tree, folder: each.folder, options: each.options, cache }));
  }
  console.log(`      ${[...checker.counts].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
  assert.deepEqual(
    kinds.filter((kind) => !checker.counts.has(kind)),
    [],
    'no scalar was set by these steps',
  );
  const byKind = new Map<string, string[]>();
  for (const failure of checker.failures) byKind.set(failure.kind, [...(byKind.get(failure.kind) ?? []), failure.text]);
  const report = [...byKind].map(([kind, texts]) => `${kind}: ${texts.length}\n  ${texts.slice(0, 10).join('\n  ')}`);
  assert.equal(checker.failures.length, 0, `${checker.failures.length} origins do not hold\n${report.join('\n')}`);
}

/**
 * Parity with the real kustomize over whole corpora: byte for byte, and what it refuses is refused. A case may differ
 * only if docs/parity.md declares it with a reason; a declared case that is equal has to leave that list.
 */
import assert from 'node:assert/strict';
import { buildKustomization } from '../../src/core/kustomize/build.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { findLargeCorpus, judge, loadLargeCorpus, loadSmallCorpus, type CorpusCase, type Suite, type Verdict } from '../support/corpus.js';
import { readDeclaredDifferences } from '../support/declaredDifferences.js';

interface Outcome {
  readonly each: CorpusCase;
  readonly verdict: Verdict;
  readonly why: string;
}

/** The least share of the cases which the real tool renders that must come out byte-identical, in per cent. */
const least: Readonly<Record<Suite, number>> = { small: 100, kustomize: 99, probes: 95, krusty: 97, charts: 0 };

describe('parity with kustomize', function () {
  this.timeout(120_000);
  const large = findLargeCorpus();
  const outcomes: Outcome[] = [];

  before(async () => {
    const cases = [...loadSmallCorpus(), ...(large === undefined ? [] : await loadLargeCorpus(large))];
    const cache = new BuildCache();
    for (const each of cases) outcomes.push(renderCase(each, cache));
  });

  for (const suite of large === undefined ? (['small'] as const) : (['small', 'kustomize', 'probes', 'krusty'] as const)) {
    it(`renders the ${suite} cases byte for byte and refuses what kustomize refuses`, () => {
      const mine = outcomes.filter((outcome) => outcome.each.suite === suite);
      assert.ok(mine.length > 0, `no ${suite} case found`);
      const share = report(suite, mine);
      const declared = readDeclaredDifferences().filter((entry) => entry.suite === suite);
      const wrong = mine.filter(({ verdict }) => verdict === 'different' || verdict === 'refused-wrongly' || verdict === 'accepted-wrongly');
      const unexplained = wrong.filter(({ each }) => !declared.some((entry) => entry.id === each.id));
      assert.deepEqual(
        unexplained.map(({ each, verdict, why }) => `${verdict}: ${each.id}${why}`),
        [],
      );
      const settled = mine.filter(({ each, verdict }) => (verdict === 'equal' || verdict === 'refused-rightly') && declared.some((entry) => entry.id === each.id));
      assert.deepEqual(
        settled.map(({ each }) => each.id),
        [],
        'no longer different: take them off the list in docs/parity.md',
      );
      assert.ok(share >= least[suite], `${share.toFixed(2)} % are byte-identical, ${least[suite]} % are asked for`);
    });
  }
});

function renderCase(each: CorpusCase, cache: BuildCache): Outcome {
  const rendering = buildKustomization({ tree: each.tree, folder: each.folder, options: each.options, cache });
  const problem = rendering.problems.find(({ severity }) => severity === 'error');
  return { each, verdict: judge(each.expected, rendering), why: problem ? ` (${problem.code}: ${problem.message})` : '' };
}

/** Prints one line of figures; returns the percentage of byte-identical cases. */
function report(suite: Suite, outcomes: readonly Outcome[]): number {
  const count = (verdict: Verdict): number => outcomes.filter((outcome) => outcome.verdict === verdict).length;
  const rendered = outcomes.filter(({ each, verdict }) => each.expected.ok && verdict !== 'not-comparable').length;
  const refused = count('refused-rightly') + count('accepted-wrongly');
  const share = (100 * count('equal')) / Math.max(1, rendered);
  console.log(
    `      ${suite}: ${count('equal')} of ${rendered} byte-identical (${share.toFixed(2)} %), different ${count('different')}, refused wrongly ${count('refused-wrongly')}, ` +
      `declined ${count('declined')}; refused rightly ${count('refused-rightly')} of ${refused}; not comparable ${count('not-comparable')}`,
  );
  return share;
}

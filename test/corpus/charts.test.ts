/**
 * Parity with the real helm over the charts of the large corpus: byte for byte, and what it refuses is refused at the same
 * file and line. A case may differ only if docs/parity.md declares it with a reason.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { ChartCache } from '../../src/core/helm/chartCache.js';
import { renderChart } from '../../src/core/helm/renderChart.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import { findLargeCorpus, judge, type ManifestEntry, type Verdict } from '../support/corpus.js';
import { loadCorpusCharts } from '../support/corpusCharts.js';
import { readDeclaredDifferences } from '../support/declaredDifferences.js';

/** The least share of the cases which the real tool renders the same each time that must come out byte-identical, in per cent. */
const least = 99;

interface Outcome {
  readonly entry: ManifestEntry;
  readonly verdict: Verdict;
  /** What was refused, with its place: `file:line`, from the chart's name on. */
  readonly why: string;
  readonly place: string;
}

describe('parity with helm', function () {
  this.timeout(300_000);
  const large = findLargeCorpus();
  const outcomes: Outcome[] = [];
  if (large === undefined) return;

  before(async () => {
    const cache = new ChartCache();
    for (const { entry, root, tree, path: chart, inputs } of await loadCorpusCharts(large)) {
      const rendering = renderChart({ tree, path: chart, inputs }, { tools: chartTools, cache });
      const expected = entry.ok
        ? ({ ok: true, text: () => fs.readFileSync(path.join(root, entry.golden ?? ''), 'utf8'), trimmed: false, comparable: entry.deterministic !== false } as const)
        : ({ ok: false, outside: (entry.error_class ?? '').includes('remote-ref'), stderr: entry.stderr ?? '' } as const);
      const problem = rendering.problems.find(({ severity }) => severity === 'error');
      outcomes.push({ entry, verdict: judge(expected, rendering), why: problem?.message ?? '', place: placeOf(rendering, chart) });
    }
  });

  it('renders charts byte for byte and refuses what helm refuses', () => {
    const count = (verdict: Verdict): number => outcomes.filter((outcome) => outcome.verdict === verdict).length;
    const rendered = outcomes.filter(({ entry, verdict }) => entry.ok && verdict !== 'not-comparable').length;
    const share = (100 * count('equal')) / Math.max(1, rendered);
    console.log(
      `      charts: ${count('equal')} of ${rendered} byte-identical (${share.toFixed(2)} %), different ${count('different')}, refused wrongly ${count('refused-wrongly')}, ` +
        `declined ${count('declined')}; refused rightly ${count('refused-rightly')}; not comparable ${count('not-comparable')}`,
    );
    const declared = new Set(readDeclaredDifferences().flatMap(({ suite, id }) => (suite === 'charts' ? [id] : [])));
    const wrong = outcomes.filter(({ verdict }) => verdict === 'different' || verdict === 'refused-wrongly' || verdict === 'accepted-wrongly');
    assert.deepEqual(
      wrong.filter(({ entry }) => !declared.has(entry.id)).map(({ entry, verdict, why }) => `${verdict}: ${entry.id} ${why}`),
      [],
    );
    const settled = outcomes.filter(({ entry, verdict }) => (verdict === 'equal' || verdict === 'refused-rightly') && declared.has(entry.id));
    assert.deepEqual(
      settled.map(({ entry }) => entry.id),
      [],
      'no longer different: take them off the list in docs/parity.md',
    );
    assert.ok(share >= least, `${share.toFixed(2)} % are byte-identical, ${least} % are asked for`);
  });

  it('refuses templates at the line that helm names', () => {
    const elsewhere = outcomes.flatMap(({ entry, verdict, place, why }) => {
      const named = /(?:execution error at|parse error at) \(([^:]+):(\d+)|template: ([^:]+):(\d+):\d+: executing/.exec(entry.stderr ?? '');
      if (verdict !== 'refused-rightly' || !named || why.includes('is not supported in previews')) return [];
      const places = [...(entry.stderr ?? '').matchAll(/([\w./-]+\.(?:ya?ml|tpl|txt)):(\d+)/g)].map(([, file, line]) => `${file ?? ''}:${line ?? ''}`);
      return places.some((each) => each.endsWith(place)) ? [] : [`${entry.id}: ${place} ${why.slice(0, 200)} | ${places.join(' ')}`];
    });
    assert.deepEqual(elsewhere, []);
  });
});

/** The place of the first error: `templates/a.yaml:3`, 1-based. */
function placeOf({ problems }: Rendering, chart: string): string {
  const location = problems.find(({ severity }) => severity === 'error')?.location;
  return location
    ? `${location.path.startsWith(`${chart}/`) ? location.path.slice(chart.length + 1).replace(/^charts\/[^/]*\.tgz\//, '') : location.path}:${location.range.start.line + 1}`
    : '';
}

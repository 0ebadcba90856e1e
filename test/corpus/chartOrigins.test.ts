/**
 * Origins of charts over the large corpus: a scalar that equals a value of a values file points at a line that holds it, and
 * where that value is changed the scalar changes. A part of the charts by default; all of them with CHART_ORIGINS=all.
 */
import assert from 'node:assert/strict';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { followOrigins, type Followed } from '../support/chartOrigins.js';
import { findLargeCorpus } from '../support/corpus.js';
import { loadCorpusCharts, type ChartCase } from '../support/corpusCharts.js';

/** Of so many charts one is followed by default. */
const oneOf = 40;

/** The least share, in per cent, of scalars that stand at their line, and of changed values that show. */
const least = 99;

/** The same for scalars that equal some value: constants of templates that only happen to say the same count as missed. */
const leastEqual = 96;

describe('origins of charts', function () {
  this.timeout(process.env['CHART_ORIGINS'] === 'all' ? 7_200_000 : 600_000);
  const large = findLargeCorpus();
  if (large === undefined) return;
  const followed: { readonly id: string; readonly scalar: Followed }[] = [];

  before(async () => {
    const cases = (await loadCorpusCharts(large)).filter(({ entry }) => entry.ok);
    const chosen = process.env['CHART_ORIGINS'] === 'all' ? cases : chooseSmall(cases);
    for (const each of chosen) {
      const scalars = followOrigins(each, chartRenderer(chartTools), { single: 4 }) ?? [];
      followed.push(...scalars.map((scalar) => ({ id: each.entry.id, scalar })));
    }
  });

  const count = (fits: (scalar: Followed) => boolean): number => followed.filter(({ scalar }) => fits(scalar)).length;
  const show = (fits: (scalar: Followed) => boolean): string =>
    followed
      .filter(({ scalar }) => fits(scalar))
      .slice(0, 20)
      .map(({ id, scalar }) => `${id} ${scalar.at} = ${scalar.value.slice(0, 40)} at ${scalar.place} ${scalar.text.slice(0, 40)}`)
      .join('\n');

  it('point at the values, and at the lines of templates and files, that hold what is printed', () => {
    const equal = count(({ tie }) => tie === 'equal');
    const missed = count(({ tie }) => tie === 'missed');
    const literal = count(({ tie }) => tie === 'literal');
    const elsewhere = count(({ tie }) => tie === 'elsewhere');
    console.log(
      `      ${equal} scalars equal the value at their origin, ${missed} equal one that they don't point at; ${literal} stand at their line of a template or file, ${elsewhere} don't`,
    );
    assert.ok(equal > 500 && literal > 500, 'too little was followed');
    assert.ok(
      100 * equal >= leastEqual * (equal + missed),
      show(({ tie }) => tie === 'missed'),
    );
    assert.ok(
      100 * literal >= least * (literal + elsewhere),
      show(({ tie }) => tie === 'elsewhere'),
    );
    assert.equal(
      count(({ tie }) => tie === 'wrong'),
      0,
      show(({ tie }) => tie === 'wrong'),
    );
  });

  it('lead to values that change the scalar where they are changed', () => {
    const changed = count(({ tie, outcome }) => tie === 'equal' && outcome === 'changed');
    const unchanged = count(({ tie, outcome }) => tie === 'equal' && outcome === 'unchanged');
    const made = count(({ tie, outcome }) => tie === 'made' && outcome === 'changed');
    console.log(`      ${changed} equal scalars and ${made} that are made of values changed with them, ${unchanged} did not; the others stand in archives, or were not tried`);
    assert.ok(changed > 100, 'too little was changed');
    assert.ok(
      100 * changed >= least * (changed + unchanged),
      show(({ tie, outcome }) => tie === 'equal' && outcome === 'unchanged'),
    );
  });
});

/** Charts at even distances; those whose renderings are large take too long. */
function chooseSmall(cases: readonly ChartCase[]): readonly ChartCase[] {
  return cases.filter(({ entry }, index) => index % oneOf === 7 && (entry.bytes ?? 0) < 100_000);
}

/** A few rounds of the fuzzer of charts with fixed seeds; `npm run fuzz:charts` goes on for as long as it is let. */
import { ChartCache } from '../../src/core/helm/chartCache.js';
import { fuzzCharts, loadChartSeeds } from './fuzzCharts.js';

describe('fuzzing the renderer of charts', function () {
  this.timeout(180_000);

  it('never crashes, hangs or answers without an error when it refuses', () => {
    const seeds = loadChartSeeds();
    const cache = new ChartCache();
    for (let round = 0; round < 250; round++) fuzzCharts(seeds, round, cache);
  });
});

/** The long form of fuzzing charts: `npm run fuzz:charts -- [--seconds N] [--from ROUND]`; the first round that breaks a property ends it. */
import { parseArgs } from 'node:util';
import { ChartCache } from '../../src/core/helm/chartCache.js';
import { fuzzCharts, loadChartSeeds } from './fuzzCharts.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, from: { type: 'string' } } });
const from = Number(values.from ?? Date.now() % 1_000_000_000);
const seeds = loadChartSeeds();
const end = performance.now() + Number(values.seconds) * 1000;
let cache = new ChartCache();
let round = from;
for (; performance.now() < end; round++) {
  if (round % 200 === 0) cache = new ChartCache();
  fuzzCharts(seeds, round, cache);
}
console.log(`${round - from} rounds from ${from}: all properties hold`);

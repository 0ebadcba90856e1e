/** A few rounds of the fuzzer with fixed seeds; `npm run fuzz` goes on for as long as it is let. */
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { fuzzKustomize } from './fuzzKustomize.js';
import { loadFuzzSeeds } from './seeds.js';

describe('fuzzing the renderer', function () {
  this.timeout(60_000);

  it('never crashes, hangs or answers without an error when it refuses', () => {
    const seeds = loadFuzzSeeds();
    const cache = new BuildCache();
    for (let round = 0; round < 600; round++) fuzzKustomize(seeds, round, cache);
  });
});

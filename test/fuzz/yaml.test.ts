/** A few rounds of fuzzing YAML with fixed seeds; `npm run fuzz:yaml` goes on for as long as it is let. */
import { fuzzYaml } from './fuzzYaml.js';
import { loadFuzzSeeds } from './seeds.js';

describe('fuzzing YAML', function () {
  this.timeout(60_000);

  it('gives the same trees by both parsers, and prints what it has printed the same again', () => {
    const texts = loadFuzzSeeds().flatMap(({ files }) => Object.values(files));
    for (let round = 0; round < 1500; round++) fuzzYaml(texts, round);
  });
});

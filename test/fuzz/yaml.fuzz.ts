/** The long form of fuzzing YAML: `npm run fuzz:yaml -- [--seconds N] [--seed ROUND]`; the first round that breaks a property ends it. */
import { parseArgs } from 'node:util';
import { fuzzYaml } from './fuzzYaml.js';
import { loadFuzzSeeds } from './seeds.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' }, seed: { type: 'string' } } });
const from = Number(values.seed ?? Date.now() % 1_000_000_000);
const texts = loadFuzzSeeds().flatMap(({ files }) => Object.values(files));
const end = performance.now() + Number(values.seconds) * 1000;
let round = from;
for (; performance.now() < end; round++) fuzzYaml(texts, round);
console.log(`${round - from} rounds from ${from}: all properties hold`);

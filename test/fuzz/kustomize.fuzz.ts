/**
 * The long form of the fuzzer: `npm run fuzz -- [--seconds N] [--from ROUND]`. The rounds run in a worker, so that one
 * that hangs is seen and named; the first that breaks a property ends the run with its number and the mutated files.
 */
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { fuzzKustomize } from './fuzzKustomize.js';
import { loadFuzzSeeds } from './seeds.js';

/** A round that shows no life for this long counts as hanging. */
const mostSilenceMs = 30_000;

if (isMainThread) watch();
else work(Number(workerData));

function watch(): void {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, from: { type: 'string' } } });
  const from = Number(values.from ?? Date.now() % 1_000_000_000);
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: from });
  const end = performance.now() + Number(values.seconds) * 1000;
  let round = from;
  let heard = performance.now();
  worker.on('message', (done: number) => {
    round = done;
    heard = performance.now();
  });
  worker.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  setInterval(() => {
    if (performance.now() - heard > mostSilenceMs) {
      console.error(`round ${round} hangs: npm run fuzz -- --from ${round}`);
      process.exit(1);
    }
    if (performance.now() < end) return;
    console.log(`${round - from} rounds from ${from}: all properties hold`);
    process.exit(0);
  }, 200);
}

function work(from: number): void {
  const seeds = loadFuzzSeeds();
  let cache = new BuildCache();
  for (let round = from; ; round++) {
    parentPort?.postMessage(round);
    if (round % 1000 === 0) cache = new BuildCache();
    fuzzKustomize(seeds, round, cache);
  }
}

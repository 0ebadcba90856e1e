/** Some edits with fixed seeds; more by DELIVERY_ROUNDS and DELIVERY_FROM. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../support/projectFolder.js';
import { EditedWorkspace, loadDeliverySeeds } from './fuzzDelivery.js';
import { Random } from './random.js';

const steps = 12;

/** For a round, on a machine that does much else. */
const mostMilliseconds = 20_000;

const table = fs.readFileSync(path.join(projectFolder, 'data', 'kubernetes', 'types.json'), 'utf8');
const readTable = (): string => table;

describe('a workspace that is edited', function () {
  this.timeout(600_000);

  it('says after each edit what one says that is opened then', () => {
    const rounds = Number(process.env['DELIVERY_ROUNDS'] ?? 8);
    const from = Number(process.env['DELIVERY_FROM'] ?? 0);
    const seeds = loadDeliverySeeds();
    for (let round = from; round < from + rounds; round++) {
      const random = new Random(round);
      const seed = seeds[round % seeds.length];
      if (!seed) continue;
      const edited = new EditedWorkspace(seed, readTable);
      const done: string[] = [];
      try {
        edited.look();
        for (let step = 0; step < steps; step++) {
          done.push(edited.edit(random));
          if (edited.isComparable) edited.compare();
          else edited.look();
        }
      } catch (error) {
        throw new Error(`${seed.id}, round ${round}: ${done.join('; ')}`, { cause: error });
      }
    }
  });

  it('shows everything of declarations, workflows and settings that are broken at random', () => {
    const rounds = Number(process.env['DELIVERY_ROUNDS'] ?? 16);
    const from = Number(process.env['DELIVERY_FROM'] ?? 0);
    const seeds = loadDeliverySeeds();
    for (let round = from; round < from + rounds; round++) {
      const random = new Random(round + 1_000_000);
      const seed = seeds[round % seeds.length];
      if (!seed) continue;
      const edited = new EditedWorkspace(seed, readTable);
      const done: string[] = [];
      const start = performance.now();
      try {
        for (let step = 0; step < 5; step++) {
          for (let count = random.below(4); count >= 0; count--) done.push(edited.mutate(random));
          edited.showAll();
        }
        assert.ok(performance.now() - start < mostMilliseconds, 'it takes too long');
      } catch (error) {
        throw new Error(`${seed.id}, round ${round}: ${done.join('; ')}`, { cause: error });
      }
    }
  });
});

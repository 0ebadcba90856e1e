/** Some edits with fixed seeds; more by DELIVERY_ROUNDS and DELIVERY_FROM. */
import path from 'node:path';
import fs from 'node:fs';
import { projectFolder } from '../support/projectFolder.js';
import { EditedWorkspace, loadDeliverySeeds } from './fuzzDelivery.js';
import { Random } from './random.js';

const steps = 12;

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
});

/** The rules of the group `flux`. */
import type { Rule } from '../rule.js';
import { automationBranch } from './automationBranch.js';
import { dependencyCycle, unknownDependency } from './dependencies.js';
import { doubledDollar } from './doubledDollar.js';
import { emptyVariable } from './emptyVariable.js';
import { imageMarker } from './imageMarker.js';
import { missingFolder } from './missingFolder.js';
import { unknownImageRepository } from './unknownImageRepository.js';
import { unknownSource } from './unknownSource.js';
import { withoutPrune } from './withoutPrune.js';

export const fluxRules: readonly Rule[] = [
  missingFolder,
  unknownSource,
  unknownDependency,
  dependencyCycle,
  unknownImageRepository,
  imageMarker,
  automationBranch,
  emptyVariable,
  doubledDollar,
  withoutPrune,
];

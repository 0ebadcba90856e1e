/** The rules of the group `references`. */
import type { Rule } from '../rule.js';
import { missingBackend } from './missingBackend.js';
import { missingKey } from './missingKey.js';
import { missingClaim, missingConfigMap, missingRole, missingSecret, missingServiceAccount } from './missingObjects.js';
import { missingPort } from './missingPort.js';
import { missingVolume } from './missingVolume.js';
import { missingScaleTarget } from './scaleTarget.js';
import { selectorWithoutPods } from './selectorWithoutPods.js';

export const referencesRules: readonly Rule[] = [
  selectorWithoutPods,
  missingBackend,
  missingPort,
  missingScaleTarget,
  missingConfigMap,
  missingSecret,
  missingKey,
  missingVolume,
  missingClaim,
  missingServiceAccount,
  missingRole,
];

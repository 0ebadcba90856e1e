/** The rules of the group `flux`. */
import type { Rule } from '../rule.js';

export const fluxRules: readonly Rule[] = [];

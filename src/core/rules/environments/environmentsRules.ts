/** The rules of the group `environments`. */
import type { Rule } from '../rule.js';

export const environmentsRules: readonly Rule[] = [];

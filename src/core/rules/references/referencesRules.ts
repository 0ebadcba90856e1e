/** The rules of the group `references`. */
import type { Rule } from '../rule.js';

export const referencesRules: readonly Rule[] = [];

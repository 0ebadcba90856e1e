/** The rules of the group `schema`. */
import type { Rule } from '../rule.js';

export const schemaRules: readonly Rule[] = [];

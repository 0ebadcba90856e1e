/** The rules of the group `docs`. */
import type { Rule } from '../rule.js';

export const docsRules: readonly Rule[] = [];

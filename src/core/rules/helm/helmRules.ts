/** The rules of the group `helm`. */
import type { Rule } from '../rule.js';

export const helmRules: readonly Rule[] = [];

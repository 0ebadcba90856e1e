/** The rules of the group `structure`. */
import type { Rule } from '../rule.js';

export const structureRules: readonly Rule[] = [];

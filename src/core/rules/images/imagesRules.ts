/** The rules of the group `images`. */
import type { Rule } from '../rule.js';

export const imagesRules: readonly Rule[] = [];

/** The rules of the group `security`. */
import type { Rule } from '../rule.js';

export const securityRules: readonly Rule[] = [];

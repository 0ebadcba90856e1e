/** The rules of the group `workload`. */
import type { Rule } from '../rule.js';

export const workloadRules: readonly Rule[] = [];

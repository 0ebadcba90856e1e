/** The rules of the group `argocd`. */
import type { Rule } from '../rule.js';

export const argocdRules: readonly Rule[] = [];

/** The rules of the group `docs`. */
import type { Rule } from '../rule.js';
import { recordEdited } from './recordEdited.js';

export const docsRules: readonly Rule[] = [recordEdited];

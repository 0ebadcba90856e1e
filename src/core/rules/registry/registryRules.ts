/** The rules of the group `registry`: what registries of images say, where they may be asked. */
import type { Rule } from '../rule.js';
import { tagMissing } from './tagMissing.js';

export const registryRules: readonly Rule[] = [tagMissing];

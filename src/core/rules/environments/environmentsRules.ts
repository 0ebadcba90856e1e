/** The rules of the group `environments`. */
import type { Rule } from '../rule.js';
import { namespaceMismatch } from './namespaceMismatch.js';
import { otherRepository } from './otherRepository.js';
import { sharedHost } from './sharedHost.js';
import { sharedNamespace } from './sharedNamespace.js';

export const environmentsRules: readonly Rule[] = [otherRepository, namespaceMismatch, sharedNamespace, sharedHost];

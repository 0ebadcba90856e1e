/** The rules of the group `images`. */
import type { Rule } from '../rule.js';
import { unquotedTagWrite } from './unquotedTagWrite.js';

export const imagesRules: readonly Rule[] = [unquotedTagWrite];

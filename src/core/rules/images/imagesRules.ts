/** The rules of the group `images`. */
import type { Rule } from '../rule.js';
import { latestTag } from './latestTag.js';
import { mutableTag } from './mutableTag.js';
import { oneShaPerBranch } from './oneShaPerBranch.js';
import { registryDiffers } from './registryDiffers.js';
import { tagFormat } from './tagFormat.js';
import { tagType } from './tagType.js';
import { unquotedTagWrite } from './unquotedTagWrite.js';

export const imagesRules: readonly Rule[] = [latestTag, mutableTag, tagType, tagFormat, registryDiffers, oneShaPerBranch, unquotedTagWrite];

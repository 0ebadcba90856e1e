/** The rules of the group `helm`. */
import type { Rule } from '../rule.js';
import { chartVersion } from './chartVersion.js';
import { dependencyLock } from './dependencyLock.js';
import { libraryChart } from './libraryChart.js';
import { outdatedCopy } from './outdatedCopy.js';
import { undefinedValue } from './undefinedValue.js';
import { unusedValue } from './unusedValue.js';

export const helmRules: readonly Rule[] = [dependencyLock, libraryChart, chartVersion, outdatedCopy, undefinedValue, unusedValue];

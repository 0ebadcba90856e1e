/** The rules of the group `structure`. */
import type { Rule } from '../rule.js';
import { duplicateObject } from './duplicateObject.js';
import { replicasWithAutoscaler } from './replicasWithAutoscaler.js';
import { unreachableOverlay } from './unreachableOverlay.js';
import { unusedFile } from './unusedFile.js';

export const structureRules: readonly Rule[] = [unreachableOverlay, unusedFile, duplicateObject, replicasWithAutoscaler];

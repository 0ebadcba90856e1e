/** The rules of the group `argocd`. */
import type { Rule } from '../rule.js';
import { duplicateApplication } from './duplicateApplication.js';
import { lateNamespace } from './lateNamespace.js';
import { missingFinalizer } from './missingFinalizer.js';
import { missingFolder } from './missingFolder.js';
import { missingKeyOption } from './missingKeyOption.js';
import { missingNamespace } from './missingNamespace.js';
import { partialAutomation } from './partialAutomation.js';
import { projectForbids } from './projectForbids.js';
import { sharedObject } from './sharedObject.js';
import { uncleanedHook } from './uncleanedHook.js';
import { unknownParameter } from './unknownParameter.js';
import { unknownProject } from './unknownProject.js';
import { unusedParameter } from './unusedParameter.js';

export const argocdRules: readonly Rule[] = [
  missingFolder,
  projectForbids,
  unknownProject,
  missingNamespace,
  duplicateApplication,
  sharedObject,
  unknownParameter,
  unusedParameter,
  missingKeyOption,
  partialAutomation,
  missingFinalizer,
  lateNamespace,
  uncleanedHook,
];

/** All rules, by group, in the order of the documentation. */
import { argocdRules } from './argocd/argocdRules.js';
import { docsRules } from './docs/docsRules.js';
import { environmentsRules } from './environments/environmentsRules.js';
import { fluxRules } from './flux/fluxRules.js';
import { helmRules } from './helm/helmRules.js';
import { imagesRules } from './images/imagesRules.js';
import { referencesRules } from './references/referencesRules.js';
import { registryRules } from './registry/registryRules.js';
import type { Rule } from './rule.js';
import { schemaRules } from './schema/schemaRules.js';
import { securityRules } from './security/securityRules.js';
import { structureRules } from './structure/structureRules.js';
import { workloadRules } from './workload/workloadRules.js';

export const allRules: readonly Rule[] = Object.freeze([
  ...environmentsRules,
  ...imagesRules,
  ...registryRules,
  ...argocdRules,
  ...fluxRules,
  ...helmRules,
  ...structureRules,
  ...schemaRules,
  ...referencesRules,
  ...securityRules,
  ...workloadRules,
  ...docsRules,
]);

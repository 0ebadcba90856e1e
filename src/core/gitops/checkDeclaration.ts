/** What is wrong in a declaration by itself, whatever it leads to. */
import type { Problems } from '../base/problem.js';
import { readAppProject } from './argocd/appProject.js';
import type { DeliveryObject } from './delivery.js';
import { checkFluxObject, isFluxObject } from './flux/checkFluxObject.js';

/** Reports what is wrong. Applications and sets of them are checked where they are planned and expanded. */
export function checkDeclaration(object: DeliveryObject, problems: Problems): void {
  const { id, root } = object;
  if (isFluxObject(id)) checkFluxObject(id, root, problems);
  else if (id.group === 'argoproj.io' && id.kind === 'AppProject') problems.addAll(readAppProject(object).problems);
}

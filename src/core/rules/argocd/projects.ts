/** Which AppProject an Application belongs to, among those of the workspace. */
import type { DeliveryModel, DeliveryObject } from '../../gitops/delivery.js';
import { haveOneControlPlane } from '../environments/clusters.js';

/** True for an object of one of Argo CD's kinds. */
export function isArgoKind({ id }: DeliveryObject, kind: string): boolean {
  return id.group === 'argoproj.io' && id.kind === kind;
}

/** The project of a name that an Application belongs to; undefined where there is none, or several that it could be. */
export function projectOf(application: DeliveryObject, name: string, model: DeliveryModel): DeliveryObject | undefined {
  const named = model.objects.filter((object) => isArgoKind(object, 'AppProject') && object.id.name === name);
  const near = named.length > 1 ? named.filter((project) => haveOneControlPlane(project, application, model)) : named;
  return near.length === 1 ? near[0] : undefined;
}

/** True for a text that something else fills in before Argo CD sees it. */
export function isOpen(text: string | undefined): boolean {
  return text !== undefined && /\{\{|\$\{|\$\(|<</.test(text);
}

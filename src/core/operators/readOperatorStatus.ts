/** The one door to the status of an operator's object. */
import type { LiveObject } from '../live/liveObject.js';
import { operatorOfObject, type OperatorStatus } from './operatorStatus.js';
import { readApplication, readApplicationSet } from './readApplication.js';
import { readFlux } from './readFlux.js';

/**
 * Undefined for kinds that aren't an operator's.
 * @param now milliseconds since 1970
 */
export function readOperatorStatus(object: LiveObject, now?: number): OperatorStatus | undefined {
  switch (operatorOfObject(object)) {
    case 'argocd':
      return object.kind === 'Application' ? readApplication(object) : readApplicationSet(object);
    case 'flux':
      return readFlux(object, now);
    case undefined:
      return undefined;
  }
}

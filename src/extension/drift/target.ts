/** What an action on drift is for: an object of an environment, or one of its fields. A node of the tree carries it. */
import type { DriftChange, ObjectName } from '../../server/clusterProtocol.js';
import type { Place } from '../../server/protocol.js';

export interface DriftTarget {
  readonly object: ObjectName;
  /** Undefined for the object as a whole. */
  readonly path: string | undefined;
  /** Its two sides; undefined where there are none to show. */
  readonly change: DriftChange | undefined;
  /** Where git declares it. */
  readonly place: Place | undefined;
  /** The live value, for people; undefined where there is none. */
  readonly live: string | undefined;
  /** What git says, for people. */
  readonly desired: string | undefined;
}

/** A node, or whatever else stands for drift where a command is called. */
export interface DriftNode {
  readonly environmentId?: string | undefined;
  readonly drift?: DriftTarget | undefined;
}

/** How what a cluster has differs from what an environment declares, as data: by object, by field, with who did it and what comes of it. */
import type { FieldOwner } from '../live/fieldOwners.js';
import type { Health } from '../live/health.js';
import type { JsonValue } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';
import type { FieldStep } from '../objects/compare.js';
import type { RenderedObject } from '../objects/rendering.js';
import type { ResId } from '../objects/resId.js';
import type { YamlNode } from '../yaml/nodes.js';

/** How the comparison was made: by the server's own merge, or here. */
export type DriftMethod = 'server-side-dry-run' | 'three-way';

/**
 * `missing`: declared, not there. `changed`: declared fields differ. `extra`: no longer declared, a sync would prune it.
 * `foreign`: as declared, and someone else set further fields. `unknown`: can't be told, for the reason given.
 */
export type ObjectState = 'in-sync' | 'missing' | 'changed' | 'extra' | 'foreign' | 'unknown';

/** What becomes of a difference if nobody does anything. */
export interface Forecast {
  /** `reverted`: the operator sets it back. `removed`: it deletes what git doesn't say. `kept`: nothing will. `unknown`. */
  readonly outcome: 'reverted' | 'removed' | 'kept' | 'unknown';
  /** One sentence for people: `Argo CD sets it back within 3 minutes (self-heal is on).` */
  readonly message: string;
}

/** `changed`: both have it. `missing`: declared, not live. `removed`: live, no longer declared, a sync removes it. `foreign`: live, set by someone else, a sync leaves it. */
export type FieldState = 'changed' | 'missing' | 'removed' | 'foreign';

export interface FieldDrift {
  readonly path: readonly FieldStep[];
  readonly state: FieldState;
  /** What the render says, in the form in which the server has it; undefined where it says nothing. */
  readonly desired: JsonValue | undefined;
  readonly live: JsonValue | undefined;
  /** The node of the render that declares it, or the nearest one above it; its origins lead to the line in git. */
  readonly declaredBy: YamlNode | undefined;
  /** Who set the live value last; undefined where no manager is noted. */
  readonly owner: FieldOwner | undefined;
  readonly forecast: Forecast;
  /** True in values of Secrets and the like: shown masked. */
  readonly isSecret: boolean;
}

/** A difference that a setting takes out of the comparison. */
export interface IgnoredField {
  readonly path: readonly FieldStep[];
  /** `ignoreDifferences of Application orders-prod`, `HorizontalPodAutoscaler orders sets it`. */
  readonly reason: string;
}

export interface ObjectDrift {
  readonly id: ResId;
  readonly state: ObjectState;
  /** Why it is `unknown`, or how `extra` was told; empty where the state says all. */
  readonly reason: string;
  readonly method: DriftMethod;
  readonly fields: readonly FieldDrift[];
  readonly ignored: readonly IgnoredField[];
  /** Undefined for an `extra` object. */
  readonly desired: RenderedObject | undefined;
  /** Undefined for a `missing` one. */
  readonly live: LiveObject | undefined;
  /** What a sync would leave behind, to show against `live`; undefined where that can't be told. */
  readonly predicted: LiveObject | undefined;
  /** Undefined for kinds that have no notion of it. */
  readonly health: Health | undefined;
  /** For the object as a whole: missing, extra. */
  readonly forecast: Forecast;
}

export interface EnvironmentDrift {
  readonly environment: string;
  readonly objects: readonly ObjectDrift[];
  readonly health: Health;
}

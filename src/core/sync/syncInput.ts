/** What a plan is made of: the render, what is live, what the server said to a dry run, and what is wished for. */
import type { ObjectDrift } from '../drift/drift.js';
import type { LiveObject, ServedKind } from '../live/liveObject.js';
import type { RenderedObject } from '../objects/rendering.js';
import type { ResId } from '../objects/resId.js';
import type { Marks } from './manifest.js';
import type { SyncStyle } from './order.js';
import type { Tracker } from './ownership.js';
import type { Probe } from './probe.js';
import type { EnvironmentOptions } from './syncOptions.js';

/** What a user may choose for one sync. */
export interface SyncChoices {
  readonly prune: boolean;
  /** Only these objects, by `liveKey`; undefined for all. */
  readonly only: ReadonlySet<string> | undefined;
}

export interface SyncInput {
  /** The environment's id. */
  readonly environment: string;
  readonly revision: string;
  readonly style: SyncStyle;
  /** The field manager that writes. */
  readonly manager: string;
  /** Who writes: objects that it keeps are its own. */
  readonly self: Tracker;
  /** What marks an object as kept by `self`. */
  readonly marksOf: (id: ResId) => Marks;
  /** For objects without one; `default` where the environment names none. */
  readonly namespace: string;
  readonly objects: readonly RenderedObject[];
  /** Of the declared objects, with the marks of `self`; hooks may be missing. Extra ones aren't looked at: `members` decides. */
  readonly drift: readonly ObjectDrift[];
  /** Everything live that carries the marks of `self`. */
  readonly members: readonly LiveObject[];
  /** Further live objects by `liveKey`: hooks, and what drift could not compare. */
  readonly live: ReadonlyMap<string, LiveObject>;
  /** Dry runs of what drift has no prediction for, by `liveKey`. */
  readonly probes: ReadonlyMap<string, Probe>;
  readonly served: readonly ServedKind[];
  /** The namespaces that exist; undefined where they may not be listed. */
  readonly namespaces: ReadonlySet<string> | undefined;
  /** What operators list as theirs, by `liveKey`. */
  readonly trackers: ReadonlyMap<string, Tracker>;
  /** How many objects each CustomResourceDefinition of {@link members} has, by its name; missing where it can't be told. */
  readonly instances: ReadonlyMap<string, number>;
  readonly options: EnvironmentOptions;
  readonly choices: SyncChoices;
  /** Why it must not run now, one sentence each: an environment that it depends on isn't ready. */
  readonly unmet: readonly string[];
  /** Seconds since 1970: when the sync begins. */
  readonly startedAt: number;
}

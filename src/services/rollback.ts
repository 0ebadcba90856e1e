/**
 * Takes deliveries of an environment back: its history as the commits that changed its render, what it was at each of
 * them, and `git revert` of the latest ones as one commit on the branch that it tracks.
 */
import type { Environment } from '../core/gitops/delivery.js';
import type { EnvironmentImage } from '../core/gitops/environmentImages.js';
import type { Rendering } from '../core/objects/rendering.js';
import type { PlannedChange } from './deliverChange.js';
import type { CommitFacts, RevertConflict } from './ports.js';

/** A commit that changed what an environment renders to. */
export interface EnvironmentDelivery extends CommitFacts {
  /** As it was rendered after this commit. */
  readonly images: readonly EnvironmentImage[];
  /** Why it didn't render after this commit; undefined where it did. */
  readonly problem: string | undefined;
}

export interface EnvironmentHistory {
  readonly environment: Environment;
  /** Its repository's top folder. */
  readonly top: string;
  /** The branch that it tracks. */
  readonly branch: string;
  /** The commit that it was looked for from. */
  readonly tip: string;
  /** Latest first; the first one is what the branch says now. */
  readonly deliveries: readonly EnvironmentDelivery[];
  /** Why there may be more: the limit was reached, or the clone is shallow. */
  readonly incomplete: string | undefined;
}

/** What a rollback would do, before anything is written. */
export interface RollbackPlan {
  readonly environment: Environment;
  readonly top: string;
  readonly branch: string;
  /** The commit that it was planned on. */
  readonly base: string;
  /** The state that comes back. */
  readonly to: EnvironmentDelivery;
  /** The commits that are taken back, latest first. */
  readonly reverted: readonly EnvironmentDelivery[];
  /** What {@link DeliveryWay} needs. */
  readonly change: PlannedChange;
  /** Files in which it can't be done; nothing is written while there are any. */
  readonly conflicts: readonly RevertConflict[];
  /** The environment on the base, and after the rollback. */
  readonly before: Rendering;
  readonly after: Rendering;
  /** True where `after` is what the environment was at `to`. */
  readonly isSameAsThen: boolean;
  /** Other environments whose render changes with it. */
  readonly alsoChanged: readonly Environment[];
  /** What would undo it, and the step that prevents that; one each. */
  readonly undoneBy: readonly Undoing[];
}

/** Something that would bring back what a rollback took away. */
export interface Undoing {
  readonly kind: 'image-automation' | 'image-updater' | 'workflow' | 'templated' | 'auto-sync';
  /** One sentence. */
  readonly message: string;
  /** One sentence: the step that prevents it. */
  readonly prevention: string;
}

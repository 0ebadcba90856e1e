/**
 * How far a change has come: saved, committed, pushed, merged into what is tracked, synced, rolled out, healthy. Each rung
 * with its evidence; what isn't known is said with its reason. The rungs of git are those of the commit that last changed
 * what the environment renders to.
 */
import type { Place } from '../base/problem.js';
import type { EnvironmentDrift } from '../drift/drift.js';
import type { Operator } from '../gitops/delivery.js';
import type { LiveObject } from '../live/liveObject.js';
import type { OperatorStatus } from '../operators/operatorStatus.js';
import type { DeliveryRecord } from './deliveryRecord.js';
import { committedRung, pushedRung, savedRung, trackedRung } from './gitRungs.js';
import { healthyRung, rolledOutRung } from './rolloutRungs.js';
import { syncedRung } from './syncedRung.js';

export type RungName = 'saved' | 'committed' | 'pushed' | 'tracked' | 'synced' | 'rolled-out' | 'healthy';

/** `failed`: it won't get there by itself. */
export type RungState = 'done' | 'pending' | 'failed' | 'unknown';

/** A piece of evidence: `commit`, `1a2b3c4d "Raise replicas" by Ada, 12 minutes ago`. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

export interface Rung {
  readonly rung: RungName;
  /** `Merged into main`, `Applied by Argo CD`. */
  readonly title: string;
  readonly state: RungState;
  /** One sentence. */
  readonly evidence: string;
  /** What the sentence stands on, by weight. */
  readonly facts: readonly Fact[];
  /** Where something is to be done. */
  readonly place: Place | undefined;
}

/** A file of an environment, as people read its path. */
export interface NamedFile {
  readonly label: string;
  readonly place: Place | undefined;
}

export interface LadderInput {
  /** Files of the environment that are open with changes. */
  readonly unsaved: readonly NamedFile[];
  /** Its sources that are folders of git repositories here; none where git wasn't asked or knows nothing of them. */
  readonly sources: readonly LadderSource[];
  /** Sources that can't be followed here, one sentence each. */
  readonly elsewhere: readonly string[];
  readonly operator: Operator;
  /** What is live; undefined where no cluster was asked. */
  readonly live: LadderLive | undefined;
  /** Why no cluster was asked. */
  readonly notAsked: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What git says of the files on disk. */
export interface LadderGit {
  /** Files of the environment with changes that aren't committed; of a line that is followed, the line alone. */
  readonly uncommitted: readonly string[];
  /** The checked-out branch; undefined for a detached head. */
  readonly branch: string | undefined;
  /** What is checked out. */
  readonly commit: string | undefined;
  /** Commits that the upstream doesn't have; undefined where there is no upstream. */
  readonly ahead: number | undefined;
  readonly behind: number | undefined;
}

export interface ChangeCommit {
  /** A full hash. */
  readonly hash: string;
  readonly subject: string;
  readonly author: string;
  /** RFC 3339. */
  readonly date: string;
}

/** One source, and the commit in it that is followed. */
export interface LadderSource extends LadderGit {
  /** Within its repository. */
  readonly path: string;
  readonly uncommittedAt: Place | undefined;
  /** The commit that last changed the render; undefined where none is known, for the reason in `changeNote`. */
  readonly change: ChangeCommit | undefined;
  /** True where one line is followed: `change` is the commit that last changed it. */
  readonly isOfLine?: boolean;
  /** What is to be known of `change`: why there is none, or that it was told by files alone. Empty where nothing is. */
  readonly changeNote: string;
  /** The remote that the operator fetches from, `origin`; undefined where the repository has none. */
  readonly remote: string | undefined;
  /** Branches of that remote that have the change, as fetched last: `origin/main`. */
  readonly onRemote: readonly string[];
  readonly tracked: TrackedRevision;
  /** How commits that an operator names lie to the change, by full hash. */
  readonly relations: ReadonlyMap<string, CommitRelation>;
}

/** What an operator follows. `unknown`: git here has nothing of that name. */
export interface TrackedRevision {
  readonly kind: 'branch' | 'tag' | 'commit' | 'unknown';
  /** As people say it: `main`, `v1.2.0`, `the default branch`. */
  readonly name: string;
  /** Where it stands, as fetched last; undefined where that isn't known. */
  readonly commit: string | undefined;
  /** True where its history has the change; undefined where that isn't known. */
  readonly hasChange: boolean | undefined;
  /** True where it renders to the same without having the commit: squashed, rebased, picked. */
  readonly rendersSame: boolean;
  /** The text that names it in the declaration. */
  readonly place: Place | undefined;
}

export interface CommitRelation {
  /** The change lies in its history; undefined where the commit isn't in this clone. */
  readonly hasChange: boolean | undefined;
  /** It lies in the history of what is checked out; undefined where the commit isn't in this clone. */
  readonly isInHead: boolean | undefined;
}

export interface LadderLive {
  readonly drift: EnvironmentDrift;
  /** Undefined where the operator's object isn't in this cluster. */
  readonly status: OperatorStatus | undefined;
  /** The object that fetches what a Flux object applies. */
  readonly source: OperatorStatus | undefined;
  /** Our own deliveries, latest first. */
  readonly deliveries: readonly DeliveryRecord[];
  /** Pods and ReplicaSets in the namespaces of its workloads. */
  readonly pods: SeenPods;
}

export interface SeenPods {
  readonly pods: readonly LiveObject[];
  readonly replicaSets: readonly LiveObject[];
  /** Why some can't be seen; empty where all were. */
  readonly unseen: string;
}

/** All rungs, from the file to the running pod. */
export function climbLadder(input: LadderInput): readonly Rung[] {
  return [savedRung(input), committedRung(input), pushedRung(input), trackedRung(input), syncedRung(input), rolledOutRung(input), healthyRung(input)];
}

/** The rungs of something that is not committed: what lies above has nothing of it yet. */
export function holdBelow(rungs: readonly Rung[], what: string): readonly Rung[] {
  const open = rungs.findIndex(({ rung, state }) => (rung === 'saved' || rung === 'committed') && state !== 'done');
  if (open < 0) return rungs;
  const held = (rung: Rung): Rung => ({ rung: rung.rung, title: rung.title, state: 'pending', evidence: `${what} is not committed yet.`, facts: [], place: undefined });
  return rungs.map((rung, index) => (index > open && rung.rung !== 'committed' ? held(rung) : rung));
}

/** The first rung that isn't done; undefined where all are. */
export function firstOpenRung(rungs: readonly Rung[]): Rung | undefined {
  return rungs.find(({ state }) => state !== 'done');
}

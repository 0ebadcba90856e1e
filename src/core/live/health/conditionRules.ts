/** Makes rules of health from tables: by conditions, by a phase, by how many of Flux's conditions hold. */
import type { Health, HealthStatus } from '../health.js';
import type { LiveObject } from '../liveObject.js';
import { degraded, healthOfStatus, healthy, progressing, suspended, type HealthRule } from './healthRule.js';
import { conditionsAt, hasListAt, isTrueAt, textAt, type Condition } from '../readFields.js';

/** A condition of this type and status (any status where it is `*`) means this health. */
export interface Clause {
  readonly type: string;
  readonly status: string;
  readonly health: HealthStatus;
  /** Only with one of these reasons. */
  readonly reasons?: readonly string[];
  /** Only without one of these reasons. */
  readonly notReasons?: readonly string[];
  /** What is said of it; the condition's message where nothing is given. */
  readonly say?: 'message' | 'reason';
}

export const readyFalse: Clause = { type: 'Ready', status: 'False', health: 'Degraded' };
export const readyTrue: Clause = { type: 'Ready', status: 'True', health: 'Healthy' };

/** The first condition that any clause speaks of decides. */
export function byConditions(clauses: readonly Clause[], otherwise: Health = waiting): HealthRule {
  return (object) => {
    for (const condition of conditionsAt(object)) {
      const clause = clauses.find((candidate) => isMeant(candidate, condition));
      if (clause !== undefined) return sayOf(clause, condition);
    }
    return otherwise;
  };
}

/** The first clause that any condition meets decides, wherever the condition stands. */
export function byClauses(clauses: readonly Clause[], otherwise: Health = waiting): HealthRule {
  return (object) => {
    const conditions = conditionsAt(object);
    for (const clause of clauses) {
      const condition = conditions.find((candidate) => isMeant(clause, candidate));
      if (condition !== undefined) return sayOf(clause, condition);
    }
    return otherwise;
  };
}

/** By a text in the status, such as a phase. A phase that isn't in the table gives `otherwise`, none at all `missing`. */
export function byPhase(path: readonly string[], phases: Readonly<Record<string, HealthStatus>>, options: PhaseOptions = {}): HealthRule {
  return (object) => {
    const phase = textAt(object, ...path);
    const message = options.message === undefined ? phase : textAt(object, ...options.message);
    if (phase === undefined) return healthOfStatus(options.missing ?? 'Progressing', message ?? 'no status yet');
    return healthOfStatus(phases[phase] ?? options.otherwise ?? 'Unknown', message);
  };
}

export interface PhaseOptions {
  readonly missing?: HealthStatus;
  readonly otherwise?: HealthStatus;
  /** Where the message stands; the phase itself where nothing is given. */
  readonly message?: readonly string[];
}

export interface FluxRuleOptions {
  /** What Ready must be to count as progressing, next to Reconciling. */
  readonly progressingReady: 'Unknown' | 'False';
  /** Types that count as success when they are True, besides Ready. */
  readonly successes?: readonly string[];
  /** How many successes make it Healthy: exactly so many. */
  readonly needed: number;
  /** Reconciling counts with these reasons only. */
  readonly reconcilingReasons?: readonly string[];
  readonly canSuspend?: boolean;
  /** What two signs of progress mean. */
  readonly progress?: HealthStatus;
}

/** Counts conditions, as Argo CD does for Flux's kinds; the message is Ready's reason. */
export function byFluxConditions(options: FluxRuleOptions): HealthRule {
  return (object) => {
    if (options.canSuspend !== false && isTrueAt(object, 'spec', 'suspend')) return suspended(`${object.kind} is suspended`);
    if (!hasListAt(object, 'status', 'conditions')) return progressing('no status yet');
    const { signs, successes, message } = countFlux(object, options);
    if (signs === 2) return healthOfStatus(options.progress ?? 'Progressing', message);
    return successes === options.needed ? healthy(message) : degraded(message);
  };
}

function countFlux(object: LiveObject, options: FluxRuleOptions): { signs: number; successes: number; message: string } {
  let signs = 0;
  let successes = 0;
  let message = '';
  for (const { type, status, reason } of conditionsAt(object)) {
    if (type === 'Ready') {
      if (status === 'True') successes++;
      else if (status === options.progressingReady) signs++;
      message = reason ?? '';
    } else if (status !== 'True') continue;
    else if (type === 'Reconciling') signs += (options.reconcilingReasons?.includes(reason ?? '') ?? true) ? 1 : 0;
    else if (type === 'ArtifactOutdated' && options.successes?.includes('ArtifactInStorage')) message = `${message} ${reason ?? ''}`;
    else if (options.successes?.includes(type)) successes++;
  }
  return { signs, successes, message };
}

const waiting = progressing('no status yet');

function isMeant(clause: Clause, { type, status, reason }: Condition): boolean {
  return (
    clause.type === type &&
    (clause.status === '*' || clause.status === status) &&
    (clause.reasons?.includes(reason ?? '') ?? true) &&
    !(clause.notReasons?.includes(reason ?? '') ?? false)
  );
}

function sayOf({ health, say }: Clause, { reason, message }: Condition): Health {
  return healthOfStatus(health, say === 'reason' ? reason : message);
}

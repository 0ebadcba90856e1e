/** What the outside world (disk, git, network) can do to us, in a form that says what failed, why, and what to do. */

/** Closed: who shows a failure has words and an action for each. */
export type FailureCode =
  | 'git/not-installed'
  | 'git/no-repository'
  | 'git/unknown-revision'
  | 'git/failed'
  | 'git/unsupported-repository'
  | 'git/not-a-branch'
  | 'git/no-identity'
  | 'git/not-signed'
  | 'git/hook-refused'
  | 'git/busy'
  | 'git/unsaved'
  | 'git/would-overwrite'
  | 'git/unsupported-path'
  | 'git/nothing-to-commit'
  | 'git/branch-moved'
  | 'git/diverged'
  | 'git/no-upstream'
  | 'git/unreachable'
  | 'git/unauthorized'
  | 'git/push-refused'
  | 'git/protected-branch'
  | 'git/revert-conflict'
  | 'promotion/unknown-environment'
  | 'promotion/changed'
  | 'promotion/unanswered'
  | 'set-here/refused'
  | 'registry-move/refused'
  | 'rollback/nothing'
  | 'rollback/unknown-commit'
  | 'forge/unknown'
  | 'forge/unreachable'
  | 'forge/unauthorized'
  | 'forge/refused'
  | 'forge/unknown-repository'
  | 'forge/rate-limited'
  | 'forge/unexpected-answer'
  | 'preview/not-rendered'
  | 'preview/not-created'
  | 'remote/unreachable'
  | 'remote/unknown-ref'
  | 'remote/missing-path'
  | 'remote/too-large'
  | 'remote/timed-out'
  | 'remote/unsafe-address'
  | 'remote/unauthorized'
  | 'remote/unknown-version'
  | 'remote/wrong-digest'
  | 'remote/damaged'
  | 'remote/not-remote'
  | 'disk/unwritable'
  | 'sync/not-rendered'
  | 'drift/not-adoptable'
  | 'drift/not-revertible'
  | 'drift/not-ignorable'
  | 'sync/plan-is-old'
  | 'sync/running'
  | 'sync/has-operator'
  | 'operator/refused'
  | 'operator/failed'
  | 'operator/timed-out'
  | 'live/not-compared'
  | 'live/not-restartable'
  | 'kubeconfig/none'
  | 'kubeconfig/invalid'
  | 'kubeconfig/unknown-context'
  | 'kubeconfig/untrusted'
  | 'kubeconfig/plugin-failed'
  | 'cluster/unreachable'
  | 'cluster/timed-out'
  | 'cluster/unauthorized'
  | 'cluster/forbidden'
  | 'cluster/not-found'
  | 'cluster/kind-not-served'
  | 'cluster/already-exists'
  | 'cluster/conflict'
  | 'cluster/invalid'
  | 'cluster/rejected'
  | 'cluster/gone'
  | 'cluster/busy'
  | 'cluster/server-error'
  | 'cluster/unexpected-answer'
  | 'registry/not-allowed'
  | 'registry/untrusted'
  | 'registry/unreachable'
  | 'registry/timed-out'
  | 'registry/unauthorized'
  | 'registry/forbidden'
  | 'registry/unknown-repository'
  | 'registry/rate-limited'
  | 'registry/server-error'
  | 'registry/too-large'
  | 'registry/unsafe-address'
  | 'registry/invalid-config'
  | 'registry/helper-failed'
  | 'registry/unexpected-answer';

export class Failure extends Error {
  override readonly name = 'Failure';

  /**
   * @param message one sentence: what failed, and why
   * @param action one sentence: what the user can do about it
   */
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly action: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a registry of images refused, or why it couldn't be asked. */
export class RegistryFailure extends Failure {
  /**
   * @param host the registry's
   * @param retryAfter seconds that it asks to wait; undefined where it doesn't say
   */
  constructor(
    code: FailureCode,
    message: string,
    action: string,
    readonly host: string,
    readonly retryAfter: number | undefined,
    options?: ErrorOptions,
  ) {
    super(code, message, action, options);
  }
}

/** What a forge refused, or why it couldn't be asked. */
export class ForgeFailure extends Failure {
  /** @param retryAfter seconds that it asks to wait; undefined where it doesn't say */
  constructor(
    code: FailureCode,
    message: string,
    action: string,
    readonly retryAfter: number | undefined,
    options?: ErrorOptions,
  ) {
    super(code, message, action, options);
  }
}

/** One cause of a refusal, as a `Status` lists them. */
export interface StatusCause {
  /** `FieldManagerConflict`, `FieldValueInvalid`. */
  readonly reason: string;
  readonly message: string;
  /** `.spec.replicas`; empty where the server names none. */
  readonly field: string;
}

/** What a Kubernetes API server refused, or why it couldn't be asked. */
export class ClusterFailure extends Failure {
  /**
   * @param status of HTTP; 0 where there was no answer
   * @param reason of the `Status` (`Conflict`, `Invalid`); empty where there was none
   * @param retryAfter seconds that the server asks to wait; undefined where it doesn't say
   */
  constructor(
    code: FailureCode,
    message: string,
    action: string,
    readonly status: number,
    readonly reason: string,
    readonly causes: readonly StatusCause[],
    readonly retryAfter: number | undefined,
    options?: ErrorOptions,
  ) {
    super(code, message, action, options);
  }
}

/** True for the error of an operation that was cancelled: never shown. */
export function isCancelled(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** What the outside world (disk, git, network) can do to us, in a form that says what failed, why, and what to do. */

/** Closed: who shows a failure has words and an action for each. */
export type FailureCode =
  | 'git/not-installed'
  | 'git/no-repository'
  | 'git/unknown-revision'
  | 'git/failed'
  | 'remote/unreachable'
  | 'remote/unknown-ref'
  | 'remote/missing-path'
  | 'remote/too-large'
  | 'remote/timed-out'
  | 'remote/unsafe-address'
  | 'remote/not-remote'
  | 'disk/unwritable';

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

/** True for the error of an operation that was cancelled: never shown. */
export function isCancelled(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

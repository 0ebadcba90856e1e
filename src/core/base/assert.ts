/**
 * The only places in core that throw: a broken invariant of our own. What a user wrote is never a reason to come here;
 * that is a {@link Problem}.
 */

/** Throws when `condition` is false: a bug of ours, reported once by whoever runs the feature. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`bug: ${message}`);
}

/** For the branch of a closed union that cannot be reached. */
export function unreachable(value: never): never {
  throw new Error(`bug: unexpected ${JSON.stringify(value)}`);
}

/** Tells an answer of the server that says why there is none. */
import type { FailureWords } from '../../src/server/protocol.js';

export function isFailure(answer: unknown): answer is FailureWords {
  return typeof answer === 'object' && answer !== null && 'code' in answer && 'message' in answer;
}

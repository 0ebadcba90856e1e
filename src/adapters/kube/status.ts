/** What an API server's refusal means: its `Status`, or the failure of the way there, as a {@link ClusterFailure}. */
import { isJsonObject, isList, type JsonValue } from '../../core/live/json.js';
import { ClusterFailure, type FailureCode, type StatusCause } from '../../services/failure.js';

const codes: Readonly<Record<number, FailureCode>> = {
  401: 'cluster/unauthorized',
  403: 'cluster/forbidden',
  404: 'cluster/not-found',
  409: 'cluster/conflict',
  410: 'cluster/gone',
  422: 'cluster/invalid',
  429: 'cluster/busy',
  503: 'cluster/busy',
  504: 'cluster/timed-out',
};

const actions: Partial<Readonly<Record<FailureCode, string>>> = {
  'cluster/unauthorized': 'Sign in again, or choose a context with valid credentials.',
  'cluster/forbidden': 'Ask for the permission, or choose a context that has it.',
  'cluster/not-found': 'Look whether it was deleted or renamed.',
  'cluster/conflict': 'Look at what changed, then try again.',
  'cluster/gone': 'Read the objects again.',
  'cluster/invalid': 'Mend the fields that the server names.',
  'cluster/busy': 'Wait a moment and try again.',
  'cluster/timed-out': 'Try again; if it stays, look at the API server.',
  'cluster/already-exists': 'Look at the object that is there.',
};

/** Of an answer with a status of 400 or more. @param retryAfter of the header, in seconds */
export function failureOfAnswer(status: number, text: string, what: string, retryAfter: number | undefined): ClusterFailure {
  const body = parseStatus(text);
  const reason = textOf(body, 'reason');
  const message = textOf(body, 'message') || text.trim().slice(0, 200) || `HTTP ${status}`;
  const code = codeOf(status, reason, message);
  const details = isJsonObject(body) ? body['details'] : undefined;
  const wait = isJsonObject(details) && typeof details['retryAfterSeconds'] === 'number' ? details['retryAfterSeconds'] : retryAfter;
  return new ClusterFailure(code, `${what}: ${message}`, actions[code] ?? 'Look at the message of the server.', status, reason, causesOf(details), wait);
}

function codeOf(status: number, reason: string, message: string): FailureCode {
  if (reason === 'AlreadyExists') return 'cluster/already-exists';
  if (reason === 'Expired') return 'cluster/gone';
  // Fields that server-side apply doesn't know, or of another type: an error of its own to the server, though no repetition
  // mends it (apimachinery v0.34 pkg/util/managedfields/internal/structuredmerge.go).
  if (status === 500 && message.startsWith('failed to create typed patch object')) return 'cluster/invalid';
  return codes[status] ?? (status >= 500 ? 'cluster/server-error' : 'cluster/rejected');
}

/** Of a request that had no answer. */
export function failureOfError(error: unknown, server: string): ClusterFailure {
  const cause = describeError(error);
  return new ClusterFailure(
    'cluster/unreachable',
    `${server} can't be reached: ${cause}.`,
    'Look whether the cluster runs and the network (VPN, proxy) leads there.',
    0,
    '',
    [],
    undefined,
    { cause: error },
  );
}

export function unexpectedAnswer(what: string, cause?: unknown): ClusterFailure {
  return new ClusterFailure(
    'cluster/unexpected-answer',
    `${what}: the answer is not what a Kubernetes API server gives.`,
    "Check the address in the kubeconfig; a proxy's page may stand in between.",
    0,
    '',
    [],
    undefined,
    {
      cause,
    },
  );
}

export function timedOut(what: string, seconds: number): ClusterFailure {
  return new ClusterFailure('cluster/timed-out', `${what}: no answer within ${seconds} seconds.`, 'Try again; if it stays, look at the API server.', 0, '', [], undefined);
}

/** Node puts several addresses' errors into one without words of its own. */
function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describeError(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

function parseStatus(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function textOf(value: JsonValue | undefined, key: string): string {
  const field = isJsonObject(value) ? value[key] : undefined;
  return typeof field === 'string' ? field : '';
}

function causesOf(details: JsonValue | undefined): readonly StatusCause[] {
  const causes = isJsonObject(details) ? details['causes'] : undefined;
  if (!isList(causes)) return [];
  return causes.map((cause) => ({ reason: textOf(cause, 'reason'), message: textOf(cause, 'message'), field: textOf(cause, 'field') }));
}

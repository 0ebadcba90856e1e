/** Refusals of the API, worded as a real API server words them (apimachinery v0.34, pkg/api/errors/errors.go). */
import type { JsonObject } from '../../core/live/json.js';
import type { FieldError, SandboxKind } from '../kinds/kinds.js';

/** What was refused: the plural and the group of its kind, and its name. */
export interface Subject {
  readonly group: string;
  readonly plural: string;
  readonly name: string;
}

export interface ApiErrorDetails {
  readonly name?: string;
  readonly group?: string;
  /** The plural; for invalid objects the kind. */
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly JsonObject[];
  readonly retryAfterSeconds?: number;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';

  /**
   * @param code of HTTP
   * @param reason of the Status, such as `NotFound`; empty for none
   */
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details?: ApiErrorDetails,
  ) {
    super(message);
  }
}

/** The `Status` that a client gets. */
export function statusOf({ code, reason, message, details }: ApiError): JsonObject {
  const { name, group, kind, uid, causes, retryAfterSeconds } = details ?? {};
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason !== '' && { reason }),
    ...(details && {
      details: {
        ...(name !== undefined && name !== '' && { name }),
        ...(group !== undefined && group !== '' && { group }),
        ...(kind !== undefined && { kind }),
        ...(uid !== undefined && { uid }),
        ...(causes !== undefined && causes.length > 0 && { causes }),
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      },
    }),
    code,
  };
}

/** `deployments.apps`, `pods`: how messages name a kind. */
export function resourceName({ group, plural }: Pick<Subject, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf({ group, plural, name }: Subject): ApiErrorDetails {
  return { name, group, kind: plural };
}

export function notFound(subject: Subject): ApiError {
  return new ApiError(404, 'NotFound', `${resourceName(subject)} "${subject.name}" not found`, detailsOf(subject));
}

/** For a path that nothing is served at. */
export function noSuchPath(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(subject: Subject): ApiError {
  return new ApiError(409, 'AlreadyExists', `${resourceName(subject)} "${subject.name}" already exists`, detailsOf(subject));
}

/** @param why as the server says it, after the object's name */
export function conflict(subject: Subject, why: string): ApiError {
  return new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${resourceName(subject)} "${subject.name}": ${why}`, detailsOf(subject));
}

export function modifiedMeanwhile(subject: Subject): ApiError {
  return conflict(subject, 'the object has been modified; please apply your changes to the latest version and try again');
}

export function invalid({ group, kind }: Pick<SandboxKind, 'group' | 'kind'>, name: string, errors: readonly FieldError[]): ApiError {
  const texts = [...new Set(errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)))];
  const [first = 'unknown', ...more] = texts;
  const all = more.length === 0 ? first : `[${texts.join(', ')}]`;
  return new ApiError(422, 'Invalid', `${group === '' ? kind : `${kind}.${group}`} "${name}" is invalid: ${all}`, {
    name,
    group,
    kind,
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

/** @param why after the object's name: `User "viewer" cannot ...`, `unable to create new content in namespace ...` */
export function forbidden(subject: Subject, why: string, causes: readonly JsonObject[] = []): ApiError {
  const name = subject.name === '' ? '' : ` "${subject.name}"`;
  return new ApiError(403, 'Forbidden', `${resourceName(subject)}${name} is forbidden: ${why}`, { ...detailsOf(subject), causes });
}

export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`, {});
}

/** For what a real API server does and this one doesn't. */
export function notServedHere(what: string): ApiError {
  return new ApiError(501, 'NotImplemented', `the sandbox does not serve ${what}`, {});
}

export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message);
}

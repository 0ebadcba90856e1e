/**
 * Who asks, and what they may: users with a token each, and for each a rule as simple as a role: everything, reading, or
 * either of them in some namespaces. It stands for RBAC; Roles and bindings in the sandbox are objects like any other.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { JsonObject } from '../../core/live/json.js';
import { ApiError, forbidden, unauthorized } from './apiError.js';

export interface SandboxUser {
  /** The name of its context in the kubeconfig, too. */
  readonly name: string;
  readonly groups: readonly string[];
  /** A viewer reads, but no Secrets. */
  readonly may: 'everything' | 'view';
  /** The namespaces that it is kept to; undefined for all, and for what lives outside namespaces. */
  readonly namespaces?: readonly string[] | undefined;
}

export interface KnownUser extends SandboxUser {
  readonly token: string;
}

/** What a request does, as authorization sees it. */
export interface Attributes {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection` */
  readonly verb: string;
  readonly group: string;
  readonly plural: string;
  /** `status`; empty for the object itself. */
  readonly subresource: string;
  /** Empty for what lives outside namespaces, and for all namespaces. */
  readonly namespace: string;
  readonly name: string;
}

export const defaultUsers: readonly SandboxUser[] = [
  { name: 'admin', groups: ['system:masters'], may: 'everything' },
  { name: 'viewer', groups: ['viewers'], may: 'view' },
];

export function makeToken(): string {
  return randomBytes(24).toString('base64url');
}

/** The user whose token a request has; throws an ApiError for any other. */
export function authenticate(users: readonly KnownUser[], authorization: string | undefined): KnownUser {
  const [, token = ''] = /^Bearer\s+(\S+)$/i.exec(authorization ?? '') ?? [];
  const given = Buffer.from(token);
  const found = users.find((each) => {
    const known = Buffer.from(each.token);
    return known.length === given.length && timingSafeEqual(known, given);
  });
  if (!found) throw unauthorized();
  return found;
}

const readingVerbs = new Set(['get', 'list', 'watch']);
/** What everyone may ask about themselves. */
const selfReviews = new Set(['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews']);

export function isAllowed(user: SandboxUser, { verb, group, plural, namespace }: Attributes): boolean {
  if (group.endsWith('.k8s.io') && selfReviews.has(plural)) return verb === 'create';
  if (user.namespaces && !user.namespaces.includes(namespace)) return false;
  if (user.may === 'everything') return true;
  return readingVerbs.has(verb) && !(group === '' && plural === 'secrets');
}

/** Throws the refusal that a real server words so (apiserver v0.34, pkg/endpoints/handlers/responsewriters/errors.go). */
export function authorize(user: SandboxUser, attributes: Attributes): void {
  if (isAllowed(user, attributes)) return;
  const { verb, group, plural, subresource, namespace, name } = attributes;
  const resource = subresource === '' ? plural : `${plural}/${subresource}`;
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  throw forbidden({ group, plural, name }, `User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`);
}

/** For paths that belong to no kind. */
export function authorizePath(user: SandboxUser, verb: string, path: string): void {
  if (verb === 'get') return;
  throw new ApiError(403, 'Forbidden', `forbidden: User "${user.name}" cannot ${verb} path "${path}"`, {});
}

/** The rules of a user, as SelfSubjectRulesReview lists them. */
export function rulesOf(user: SandboxUser, namespace: string): readonly JsonObject[] {
  const own: JsonObject = { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] };
  if (user.namespaces && !user.namespaces.includes(namespace)) return [own];
  return [own, user.may === 'everything' ? { verbs: ['*'], apiGroups: ['*'], resources: ['*'] } : { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] }];
}

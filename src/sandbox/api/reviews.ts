/** Questions about access, which are answered and not kept (pkg/registry/authorization of Kubernetes v1.34). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/live/json.js';
import { objectAt, stringAt, textsAt } from '../../core/live/readFields.js';
import { isAllowed, rulesOf, type KnownUser, type SandboxUser } from './access.js';

/** The answer to a review; undefined for a kind that is none. */
export function answerReview(plural: string, body: JsonValue, user: SandboxUser, users: readonly KnownUser[], now: string): JsonObject | undefined {
  if (!isJsonObject(body)) return undefined;
  switch (plural) {
    case 'selfsubjectaccessreviews':
      return { ...body, status: statusFor(user, body) };
    case 'localsubjectaccessreviews':
    case 'subjectaccessreviews': {
      const asked =
        users.find(({ name }) => name === stringAt(body, 'spec', 'user')) ?? users.find(({ groups }) => groups.some((each) => textsAt(body, 'spec', 'groups').includes(each)));
      return { ...body, status: asked ? statusFor(asked, body) : { allowed: false } };
    }
    case 'selfsubjectrulesreviews':
      return {
        ...body,
        status: { resourceRules: rulesOf(user, stringAt(body, 'spec', 'namespace')), nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['*'] }], incomplete: false },
      };
    case 'selfsubjectreviews':
      return { ...body, metadata: { creationTimestamp: now }, status: { userInfo: { username: user.name, groups: [...user.groups, 'system:authenticated'] } } };
    default:
      return undefined;
  }
}

function statusFor(user: SandboxUser, review: JsonObject): JsonObject {
  const asked = objectAt(review, 'spec', 'resourceAttributes');
  if (Object.keys(asked).length === 0) return { allowed: user.may === 'everything' || stringAt(review, 'spec', 'nonResourceAttributes', 'verb') === 'get' };
  const verb = stringAt(asked, 'verb');
  const attributes = {
    group: stringAt(asked, 'group'),
    plural: stringAt(asked, 'resource'),
    subresource: stringAt(asked, 'subresource'),
    namespace: stringAt(asked, 'namespace'),
    name: stringAt(asked, 'name'),
  };
  const allowed = isAllowed(user, { verb, ...attributes });
  return { allowed, ...(allowed && { reason: `the sandbox lets ${user.name} ${user.may === 'everything' ? 'do everything' : 'read'}` }) };
}

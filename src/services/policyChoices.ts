/** What image policies would select now, with tags from registries that may be asked. What can't be known says why. */
import { choosePolicyTag, findPolicies, type DeclaredPolicy, type PolicyChoice } from '../core/registry/policyChoice.js';
import type { DeliveryObject } from '../core/gitops/delivery.js';
import { RegistryFailure } from './failure.js';
import type { Registries } from './registries.js';

/** A policy with what it would select. */
export interface ChosenPolicy {
  readonly policy: DeclaredPolicy;
  readonly choice: PolicyChoice;
}

/** The policies among the delivery objects, each with its choice. Rejects with an AbortError only. */
export function choosePolicies(objects: readonly DeliveryObject[], registries: Registries, signal: AbortSignal): Promise<readonly ChosenPolicy[]> {
  return Promise.all(findPolicies(objects).map(async (policy) => ({ policy, choice: await choosePolicy(policy, registries, signal) })));
}

async function choosePolicy(policy: DeclaredPolicy, registries: Registries, signal: AbortSignal): Promise<PolicyChoice> {
  const { image } = policy;
  if (!image) return { kind: 'unknown', reason: 'The workspace does not declare the ImageRepository of this policy.' };
  try {
    const { value } = await registries.tags(image, signal);
    if (!value.isComplete) return { kind: 'unknown', reason: `${image.registry} has more tags of ${image.repository} than are read.` };
    return choosePolicyTag(policy, value.tags);
  } catch (error) {
    if (error instanceof RegistryFailure) return { kind: 'unknown', reason: error.message };
    throw error;
  }
}

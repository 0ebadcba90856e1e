/** Which variables of an environment only its cluster knows. */
import type { StandIns } from '../deliveryProtocol.js';
import type { Model } from '../model.js';

/** The variables; undefined where there is no such environment, or nothing is substituted in it. */
export function describeStandIns({ delivery }: Model, id: string): StandIns | undefined {
  const environment = delivery.model.environments.find((candidate) => candidate.id === id);
  const declared = environment?.declaration?.id;
  if (!environment || !declared) return undefined;
  return {
    kustomization: `${declared.namespace}/${declared.name}`,
    variables: delivery.standInsOf(environment).map(({ name, from }) => ({ name, from: from.map((each) => `${each.kind} ${each.namespace}/${each.name}`) })),
  };
}

/** Which environments a filter's text leaves. */
import type { EnvironmentLive } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import { nameOfOperator } from '../delivery/words.js';
import { liveWords } from '../live/words.js';

/**
 * Those in which every word of `text` occurs: in names, images, namespace, cluster, operator, path, state, or what is
 * live (`drifted`, `degraded`). Case doesn't matter.
 */
export function filterEnvironments(
  environments: readonly EnvironmentSummary[],
  text: string,
  liveOf: (id: string) => EnvironmentLive | undefined = () => undefined,
): readonly EnvironmentSummary[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return environments;
  return environments.filter((environment) => {
    const searched = searchedText(environment, liveOf(environment.id));
    return words.every((word) => searched.includes(word));
  });
}

function searchedText(environment: EnvironmentSummary, live: EnvironmentLive | undefined): string {
  const { app, name, label, namespace, cluster, server, operator, path, revision, images, findings, state, isProtected } = environment;
  return [
    ...[app, name, label, namespace, cluster, server, operator, nameOfOperator(operator), path, revision],
    ...images.flatMap((image) => [image.name, image.tag, image.digest]),
    ...(findings.errors > 0 ? ['error'] : []),
    ...(findings.warnings > 0 ? ['warning'] : []),
    ...(isProtected ? ['protected'] : []),
    state.kind,
    live?.context,
    ...liveWords(live, false),
  ]
    .filter((part) => part !== undefined)
    .join('\n')
    .toLowerCase();
}

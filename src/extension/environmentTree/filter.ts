/** Which environments a filter's text leaves. */
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import { nameOfOperator } from '../delivery/words.js';

/** Those in which every word of `text` occurs: in names, images, namespace, cluster, operator, path or state. Case doesn't matter. */
export function filterEnvironments(environments: readonly EnvironmentSummary[], text: string): readonly EnvironmentSummary[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return environments;
  return environments.filter((environment) => {
    const searched = searchedText(environment);
    return words.every((word) => searched.includes(word));
  });
}

function searchedText(environment: EnvironmentSummary): string {
  const { app, name, label, namespace, cluster, server, operator, path, revision, images, findings, state, isProtected } = environment;
  return [
    ...[app, name, label, namespace, cluster, server, operator, nameOfOperator(operator), path, revision],
    ...images.flatMap((image) => [image.name, image.tag, image.digest]),
    ...(findings.errors > 0 ? ['error'] : []),
    ...(findings.warnings > 0 ? ['warning'] : []),
    ...(isProtected ? ['protected'] : []),
    state.kind,
  ]
    .filter((part) => part !== undefined)
    .join('\n')
    .toLowerCase();
}

/** Puts a hash of their content behind the names of generated objects (kustomize's HashTransformer v0.21.2). */
import type { Place } from '../../base/problem.js';
import type { Step, YamlNode } from '../../yaml/nodes.js';
import type { Transformer } from '../context.js';
import { contentHash } from './contentHash.js';
import { overwriteScalar } from './overwriteScalar.js';

/** A transformer over all objects; it changes those that a generator marked. */
export const hashSuffixTransformer: Transformer = {
  transform(map, { problems }) {
    for (const resource of map.resources) {
      if (!resource.needsHashSuffix) continue;
      const metadata = resource.root.get('metadata');
      const name = metadata?.kind === 'map' ? metadata.get('name') : undefined;
      if (metadata?.kind !== 'map' || name?.kind !== 'scalar') continue;
      const hash = contentHash(resource.root, resource.id.kind);
      if (hash === undefined) {
        problems.error(
          'kustomize/hash-suffix-unsupported',
          `A name with a hash is asked for, but this is a ${resource.id.kind}; only ConfigMaps and Secrets can have one here.`,
          name,
        );
        continue;
      }
      resource.storePreviousId();
      const place = writtenName(name);
      const step: Step = { kind: 'hashSuffix', field: place.step?.field ?? 'metadata.name', source: place.source, start: place.start, end: place.end };
      const next = overwriteScalar(name, `${resource.name}-${hash}`, undefined, place, step);
      resource.root = resource.root.with('metadata', metadata.with('name', next));
    }
  },
};

/** The name as the generator's entry has it, below all prefixes. */
function writtenName(name: YamlNode): YamlNode & Place {
  let at = name;
  while (at.was) at = at.was;
  return at;
}

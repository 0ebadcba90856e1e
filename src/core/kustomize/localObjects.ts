/** What kustomize leaves out of its output: objects that are marked as meant for tools only. */
import type { Problems } from '../base/problem.js';
import { scalarValue } from '../yaml/nodes.js';
import type { ResMap } from './resMap.js';

/** Takes out objects with the annotation `config.kubernetes.io/local-config` unless it is "false" (api/resource DropLocalNodes v0.21.2). */
export function dropLocalObjects(map: ResMap, problems: Problems): void {
  map.filter((resource) => {
    const metadata = resource.root.get('metadata');
    const annotations = metadata?.kind === 'map' ? metadata.get('annotations') : undefined;
    const pair = annotations?.kind === 'map' ? annotations.pair('config.kubernetes.io/local-config') : undefined;
    if (resource.id.kind === '' || (resource.name === '' && !resource.id.kind.endsWith('List'))) {
      problems.error('kustomize/lost-identity', `A step took the ${resource.id.kind === '' ? 'kind' : 'name'} from this object; every object needs one.`, resource.root);
    }
    return !pair || scalarValue(pair.value) === 'false';
  });
}

/** images/registry-differs: environments of one app that run the same container from different places. */
import type { ScalarNode } from '../../yaml/nodes.js';
import type { Environment } from '../../gitops/delivery.js';
import { containersIn } from '../environmentContainers.js';
import { defineWorkspaceRule } from '../rule.js';
import { byApp } from './byApp.js';

interface Gathered {
  readonly environment: Environment;
  /** Container to the name of its image. */
  readonly images: ReadonlyMap<string, { readonly name: string; readonly node: ScalarNode }>;
}

export const registryDiffers = defineWorkspaceRule<Gathered>({
  id: 'images/registry-differs',
  title: 'Another registry than in the other environments',
  severity: 'info',
  what: 'One environment of an app takes the image of a container from another registry or under another name than the others, which agree.',
  why: 'The tag that was tested in one environment isn’t what runs in the next: a promotion that copies the tag points to an image that may not exist there, or that was built differently. It happens when the registry is moved in the base and an overlay still has the old `newName`.',
  mend: 'Use one name in all environments. Where each environment has its own registry on purpose, nothing is reported.',
  examples: {
    bad: `#- overlays/dev/kustomization.yaml
resources:
- ../../base
#- overlays/stage/kustomization.yaml
resources:
- ../../base
#- overlays/prod/kustomization.yaml
resources:
- ../../base
images:
- name: ghcr.io/example/web
  newName: old.example.com/web
  newTag: 1.0.0
#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: ghcr.io/example/web:1.0.0`,
    good: `#- overlays/dev/kustomization.yaml
resources:
- ../../base
#- overlays/stage/kustomization.yaml
resources:
- ../../base
#- overlays/prod/kustomization.yaml
resources:
- ../../base
images:
- name: ghcr.io/example/web
  newTag: 1.0.1
#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: ghcr.io/example/web:1.0.0`,
  },
  hasFix: false,
  gather({ environment, rendering }) {
    const images = new Map<string, { readonly name: string; readonly node: ScalarNode }>();
    for (const { key, image, reference } of containersIn(rendering)) if (image && reference) images.set(key, { name: reference.name, node: nodeOfName(image) });
    return { environment, images };
  },
  check(gathered, _workspace, report) {
    for (const environments of byApp(gathered)) {
      const keys = new Set(environments.flatMap(({ images }) => [...images.keys()]));
      for (const key of keys) {
        const having = environments.flatMap(({ environment, images }) => (images.has(key) ? [{ environment, image: images.get(key) }] : []));
        const names = new Set(having.map(({ image }) => image?.name));
        // With two environments no one can say which of them is the odd one; with a name each it is meant so.
        if (having.length < 3 || names.size !== 2) continue;
        const odd = [...names].map((name) => having.filter(({ image }) => image?.name === name)).find((group) => group.length === 1)?.[0];
        const other = having.find(({ image }) => image?.name !== odd?.image?.name);
        if (!odd?.image || !other?.image) continue;
        report(odd.image.node, `All other environments of ${odd.environment.app} run ${other.image.name} here, and ${odd.environment.name} runs ${odd.image.name}.`, {
          environments: [odd.environment],
          related: [{ location: other.image.node.source.locate(other.image.node.start, other.image.node.end), message: `What ${other.environment.name} runs.` }],
        });
      }
    }
  },
});

/** The text that set the name: behind a newTag stands the newName before it. */
function nodeOfName(image: ScalarNode): ScalarNode {
  let node = image;
  while (node.step?.kind === 'images' && !node.step.field.endsWith('.newName') && node.was?.kind === 'scalar') node = node.was;
  return node;
}

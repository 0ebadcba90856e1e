/** Objects that an environment brings twice. */
import type { RenderedObject } from '../../objects/rendering.js';
import { formatResId } from '../../objects/resId.js';
import { namePlace } from '../asWritten.js';
import type { EnvironmentRule } from '../rule.js';

const workspace = (name: string): string => `#- shop.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: shop}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
#- shop/a.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
#- shop/b.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
`;

export const duplicateObject: EnvironmentRule = {
  id: 'structure/duplicate-object',
  scope: 'environment',
  title: 'Object that stands twice',
  severity: 'warning',
  what: 'An environment renders two objects of the same kind, namespace and name: from two files of a folder of plain manifests, or from two sources of an Application. Kustomize refuses the same within one kustomization.',
  why: 'Only the last one is applied (Argo CD: `RepeatedResourceWarning`, `appeared 2 times among application resources`), and edits to the other have no effect.',
  mend: 'Remove one of them, or rename it.',
  examples: { bad: workspace('settings'), good: workspace('defaults') },
  hasFix: false,
  check: ({ rendering }, report) => {
    const known = new Map<string, RenderedObject>();
    for (const object of rendering.objects) {
      const { id, root } = object;
      const key = formatResId({ ...id, version: '' });
      const first = known.get(key);
      if (id.name === '') continue;
      if (!first) {
        known.set(key, object);
        continue;
      }
      const [place, other] = [namePlace(root), namePlace(first.root)];
      report(place, `${id.kind} ${id.name} stands twice in this environment; only the last one is applied.`, {
        related: [{ location: other.source.locate(other.start, other.end), message: 'the first one' }],
      });
    }
  },
};

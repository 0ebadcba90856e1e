/** Two environments of an app that answer to the same host in one cluster. */
import type { Environment } from '../../gitops/delivery.js';
import { defineWorkspaceRule } from '../rule.js';
import { areOnOneCluster } from './clusters.js';
import { hostsOf, type HostUse } from './hosts.js';

interface Gathered {
  readonly environment: Environment;
  readonly hosts: readonly (HostUse & { readonly owner: string })[];
}

const application = (name: string): string => `#- bootstrap/${name}.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-${name}, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: apps/shop/overlays/${name}}
  destination: {server: https://kubernetes.default.svc, namespace: shop-${name}}
`;

const ingress = `#- apps/shop/base/kustomization.yaml
resources: [ingress.yaml]
#- apps/shop/base/ingress.yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  rules:
    - host: shop.localtest.me
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}
#- apps/shop/overlays/local/kustomization.yaml
namespace: shop-local
resources: [../../base]
`;

export const sharedHost = defineWorkspaceRule<Gathered>({
  id: 'environments/shared-host',
  title: 'Environments that share a host',
  severity: 'warning',
  what: 'Two environments of one app that go to the same cluster and answer to the same host and path: by an Ingress, an HTTPRoute or Gateway, a VirtualService of Istio, an IngressRoute of Traefik, a Route of OpenShift or an HTTPProxy of Contour. Environments whose clusters are not known to be the same are left alone.',
  why: 'The controller serves one of them, and which one is a matter of luck: requests for stage reach local, or a host answers 404 although everything is healthy.',
  mend: 'Give the environment a host of its own, by a patch or a replacement in its overlay.',
  examples: {
    bad: `${application('local')}${application('stage')}${ingress}#- apps/shop/overlays/stage/kustomization.yaml
namespace: shop-stage
resources: [../../base]
`,
    good: `${application('local')}${application('stage')}${ingress}#- apps/shop/overlays/stage/kustomization.yaml
namespace: shop-stage
resources: [../../base]
patches:
  - target: {kind: Ingress, name: shop}
    patch: |-
      - op: replace
        path: /spec/rules/0/host
        value: stage.localtest.me
`,
  },
  hasFix: false,
  gather: ({ environment, rendering }) => ({
    environment,
    hosts: rendering.objects.flatMap((object) => hostsOf(object).map((use) => ({ ...use, owner: `${object.id.kind} ${object.id.name}` }))),
  }),
  check: (gathered, { model }, report) => {
    const firsts = new Map<string, { readonly environment: Environment; readonly use: HostUse }[]>();
    for (const { environment, hosts } of gathered) {
      const reported = new Set<string>();
      for (const use of hosts) {
        const key = `${environment.app}\0${use.key}`;
        const known = firsts.get(key) ?? [];
        const rival = known.find((other) => other.environment !== environment && areOnOneCluster(other.environment, environment, model));
        if (!known.some((other) => other.environment === environment)) firsts.set(key, [...known, { environment, use }]);
        if (!rival || reported.has(use.name)) continue;
        reported.add(use.name);
        const { host } = rival.use;
        const isShared = host.source === use.host.source && host.start === use.host.start;
        const advice = isShared ? `set another one in the overlay of ${environment.name}` : 'give each its own';
        const related = isShared ? [] : [{ location: host.source.locate(host.start, host.end), message: `the same host in ${rival.environment.label}` }];
        report(use.host, `${use.owner} of ${environment.label} has the host ${use.name}, as ${rival.environment.label} in the same cluster has; ${advice}.`, {
          related,
          environments: [rival.environment, environment],
        });
      }
    }
  },
});

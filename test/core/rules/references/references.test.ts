/** The rules about references between the objects of environments. */
import assert from 'node:assert/strict';
import { allRules } from '../../../../src/core/rules/allRules.js';
import type { Rule } from '../../../../src/core/rules/rule.js';
import { checkFix, checkRule } from '../../../support/rules/checkRule.js';

function ruleOf(id: string): Rule {
  const rule = allRules.find((each) => each.id === id);
  assert.ok(rule, id);
  return rule;
}

/** A kustomization of one file. */
function fixtureOf(objects: string): string {
  return `#- kustomization.yaml\nresources: [objects.yaml]\n#- objects.yaml\n${objects.replace(/^\n/, '')}`;
}

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      containers:
        - name: web
          image: web:1
          ports: [{name: http, containerPort: 8080}]
`;

/** A Deployment whose pods have more fields. */
function podWith(fields: string): string {
  return `${deployment}${fields}`;
}

/** An Application for a folder and namespace. */
function application(name: string, namespace: string, server = 'https://kubernetes.default.svc'): string {
  return `#- argocd/${name}.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://example.com/shop.git, path: ${name}, targetRevision: main}
  destination: {server: '${server}', namespace: ${namespace}}
`;
}

describe('references/selector-without-pods', () => {
  const rule = ruleOf('references/selector-without-pods');

  it('finds Services, budgets and policies that choose no pod', () => {
    const [finding] = checkRule(
      rule,
      fixtureOf(`${deployment}---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector:
    app: wb
  # ^^^^^^^ Service web chooses pods with app=wb, and no pod in this environment has that.
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web, tier: back}}
  #                        ^^^^^^^^ no pod in this environment has all of that
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}
  #             ^^^^^^^^^^^^^^^^ chooses pods with app In
`),
    );
    assert.equal(finding?.problem.related?.[0]?.message, 'The pods of Deployment web have these labels.');
  });

  it('is quiet where a pod is chosen, where everything is, and where no pod is rendered', () => {
    checkRule(
      rule,
      fixtureOf(`${deployment}---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web, pod-template-hash: abc}}
---
apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {type: ExternalName, externalName: example.com, selector: {app: none}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all}
spec: {podSelector: {}}
---
apiVersion: v1
kind: Service
metadata: {name: elsewhere, namespace: other}
spec: {selector: {app: none}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: not}
spec: {selector: {matchExpressions: [{key: app, operator: NotIn, values: [db]}, {key: tier, operator: Exists}, {key: x, operator: DoesNotExist}]}}
`),
    );
  });

  it('looks at pods of other environments in the same namespace of the same cluster', () => {
    const shop = (namespace: string, server?: string, mark = ''): string => `${application('shop', 'shop')}${application('edge', namespace, server)}
#- shop/kustomization.yaml
resources: [objects.yaml]
#- shop/objects.yaml
${deployment}
#- edge/kustomization.yaml
resources: [objects.yaml]
#- edge/objects.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: edge}
spec:
  selector: {matchLabels: {app: edge}}
  template: {metadata: {labels: {app: edge}}, spec: {containers: [{name: edge, image: edge:1}]}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
${mark}`;
    checkRule(rule, shop('shop'));
    checkRule(rule, shop('edge', undefined, '  #          ^^^^^^^^ no pod in this environment\n'));
    checkRule(rule, shop('shop', 'https://other', '  #          ^^^^^^^^ no pod in this environment\n'));
  });
});

describe('references/missing-backend', () => {
  const rule = ruleOf('references/missing-backend');

  it('finds routes of all kinds to Services that are not there', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
    - http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
          #                                                       ^^^ Ingress web leads to Service web, which nothing in this environment brings.
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec:
  rules:
    - backendRefs:
        - {name: api, port: 80}
        #        ^^^ HTTPRoute web leads to Service api
        - {name: bucket, kind: Bucket, group: example.com}
        - {name: front, namespace: elsewhere, port: 80}
        #        ^^^^^ HTTPRoute web leads to Service front
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: web}
spec:
  routes: [{match: Host(\`a\`), services: [{name: site, port: 80}, {name: api@internal, kind: TraefikService}]}]
  #                                             ^^^^ IngressRoute web leads to Service site
---
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: web}
spec: {to: {kind: Service, name: shop}}
#                                ^^^^ Route web leads to Service shop
`),
    );
  });

  it('proposes the name that was meant, and follows a prefix', () => {
    const ingress = (name: string): string => `#- kustomization.yaml
namePrefix: dev-
resources: [objects.yaml]
#- objects.yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {defaultBackend: {service: {name: ${name}, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: website}
spec: {ports: [{port: 80}]}
`;
    checkFix(rule, ingress('webiste'), ingress('website'));
    checkRule(rule, ingress('website'));
  });

  it('is quiet where a chart or an operator may bring the Service', () => {
    const route = (more: string): string =>
      fixtureOf(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {defaultBackend: {service: {name: grafana-service, port: {number: 80}}}}
---
${more}`);
    checkRule(rule, route('apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: x}\nspec: {}\n'));
    checkRule(rule, route('apiVersion: grafana.integreatly.org/v1beta1\nkind: Grafana\nmetadata: {name: grafana}\nspec: {}\n'));
  });
});

describe('references/missing-port', () => {
  const rule = ruleOf('references/missing-port');

  it('finds ports that the Service or the container does not have', () => {
    checkRule(
      rule,
      fixtureOf(`${deployment}---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports:
    - {name: http, port: 80, targetPort: htttp}
    #                                    ^^^^^ Service web leads to the port named htttp, which no container of Deployment web has (there is http).
    - {name: right, port: 81, targetPort: http}
    - {name: number, port: 82, targetPort: 9999}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
    - http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 8080}}}}
          #                                                                           ^^^^ Ingress web leads to port 8080 of Service web, which does not have it (there are 80, http, 81, right, 82, number).
          - {path: /a, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
          - {path: /b, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}
`),
    );
  });
});

describe('references/missing-scale-target', () => {
  const rule = ruleOf('references/missing-scale-target');

  it('finds autoscalers of what is not there', () => {
    checkRule(
      rule,
      fixtureOf(`${deployment}---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: web}}
#                                                                                     ^^^ HorizontalPodAutoscaler web scales StatefulSet web, which nothing in this environment brings.
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web}
spec: {scaleTargetRef: {name: worker}}
#                             ^^^^^^ ScaledObject web scales Deployment worker
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: right}
spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: custom}
spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: example.com/v1, kind: Machine, name: web}}
`),
    );
  });
});

describe('references/missing-config-map', () => {
  const rule = ruleOf('references/missing-config-map');

  it('finds a misspelt name of a generated ConfigMap, and mends it', () => {
    const shop = (name: string, mark = ''): string => `#- kustomization.yaml
resources: [deployment.yaml]
configMapGenerator:
  - name: settings
    literals: [a=b]
#- deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
          envFrom:
            - configMapRef:
                name: ${name}
${mark}`;
    checkRule(
      rule,
      shop('setings', '                #     ^^^^^^^ Container web of Deployment web reads ConfigMap setings, which nothing in this environment brings; did you mean settings?\n'),
    );
    checkFix(rule, shop('setings'), shop('settings'));
    checkRule(rule, shop('settings'));
  });

  it('looks at variables, volumes and projections, and leaves optional ones and those of every namespace alone', () => {
    checkRule(
      rule,
      fixtureOf(
        podWith(`          env:
            - {name: A, valueFrom: {configMapKeyRef: {name: one, key: a}}}
            #                                               ^^^ ConfigMap one
            - {name: B, valueFrom: {configMapKeyRef: {name: two, key: a, optional: true}}}
          volumeMounts: []
      volumes:
        - {name: c, configMap: {name: three}}
        #                             ^^^^^ Volume c of Deployment web reads ConfigMap three
        - {name: d, projected: {sources: [{configMap: {name: four}}, {configMap: {name: kube-root-ca.crt}}]}}
        #                                                    ^^^^ ConfigMap four
        - {name: e, configMap: {name: '\${OPEN}'}}
`),
      ),
    );
  });
});

describe('references/missing-secret', () => {
  const rule = ruleOf('references/missing-secret');
  const needs = (mark = ''): string =>
    podWith(`          envFrom:
            - secretRef: {name: database}
${mark}`);

  it('finds Secrets that nothing brings', () => {
    checkRule(
      rule,
      fixtureOf(needs('            #                   ^^^^^^^^ Container web of Deployment web needs Secret database, which nothing in this environment brings.\n')),
    );
  });

  it('knows who makes Secrets', () => {
    const makers = [
      'apiVersion: v1\nkind: Secret\nmetadata: {name: database}\n',
      'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: database}\nspec: {}\n',
      'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: any}\nspec: {target: {name: database}}\n',
      'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: database}\nspec: {}\n',
      'apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: any}\nspec: {secretName: database}\n',
      'apiVersion: secrets.hashicorp.com/v1beta1\nkind: VaultStaticSecret\nmetadata: {name: any}\nspec: {destination: {name: database}}\n',
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: data}\nspec: {}\n',
      'apiVersion: example.com/v1\nkind: Database\nmetadata: {name: any}\nspec: {credentials: {name: database}}\n',
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: any, annotations: {cert-manager.io/issuer: any}}\nspec: {tls: [{secretName: database}]}\n',
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: make}\nspec: {template: {spec: {containers: [{name: a, image: a:1, args: [--secret-name=database]}]}}}\n',
    ];
    for (const maker of makers) checkRule(rule, fixtureOf(`${needs()}---\n${maker}`));
  });
});

describe('references between environments', () => {
  const shop = (namespace: string, secrets: string, mark = ''): string => `${application('shop', 'shop')}${application('base', namespace)}
#- shop/kustomization.yaml
resources: [objects.yaml]
#- shop/objects.yaml
${podWith(`          envFrom: [{secretRef: {name: database}}]
${mark}`)}
#- base/kustomization.yaml
resources: [objects.yaml]
#- base/objects.yaml
${secrets}`;
  const rule = ruleOf('references/missing-secret');
  const mark = '          #                            ^^^^^^^^ needs Secret database\n';

  it('are fine within a namespace, also where an operator makes the object', () => {
    for (const maker of [
      'apiVersion: v1\nkind: Secret\nmetadata: {name: database}\n',
      'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: database}\nspec: {}\n',
    ]) {
      checkRule(rule, shop('shop', maker));
      checkRule(rule, shop('other', maker, mark));
    }
  });

  it('are not judged where an environment of the namespace does not render', () => {
    checkRule(rule, shop('shop', 'nothing: [\n'));
    checkRule(rule, shop('other', 'nothing: [\n', mark));
  });
});

describe('references/missing-key', () => {
  const rule = ruleOf('references/missing-key');
  const asks = (key: string, mark = ''): string =>
    fixtureOf(`${podWith(`          env:
            - {name: A, valueFrom: {configMapKeyRef: {name: settings, key: ${key}}}}
${mark}`)}---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: debug}
`);

  it('finds a key that the data does not have, and proposes one that it has', () => {
    checkRule(
      rule,
      asks(
        'levle',
        '            #                                                              ^^^^^ asks for key levle, which ConfigMap settings does not have; did you mean level?\n',
      ),
    );
    checkFix(rule, asks('levle'), asks('level'));
    checkRule(rule, asks('level'));
  });

  it('leaves alone what an operator adds keys to', () => {
    checkRule(
      rule,
      fixtureOf(`${podWith('          env: [{name: A, valueFrom: {secretKeyRef: {name: made, key: a}}}]\n')}---
apiVersion: v1
kind: Secret
metadata: {name: made}
stringData: {b: c}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: made}
spec: {target: {creationPolicy: Merge}}
`),
    );
  });

  it('leaves empty ones alone: something fills them', () => {
    checkRule(
      rule,
      fixtureOf(`${podWith('          env: [{name: A, valueFrom: {secretKeyRef: {name: made, key: a}}}]\n')}---\napiVersion: v1\nkind: Secret\nmetadata: {name: made}\n`),
    );
  });
});

describe('references/missing-volume', () => {
  const rule = ruleOf('references/missing-volume');

  it('finds mounts without a volume, and proposes the one that was meant', () => {
    const pod = (volume: string, mark = ''): string =>
      fixtureOf(
        podWith(`          volumeMounts:
            - {name: ${volume}, mountPath: /cache}
${mark}      volumes:
        - {name: cache, emptyDir: {}}
`),
      );
    checkRule(rule, pod('cahce', '            #        ^^^^^ Container web mounts volume cahce, which Deployment web does not have; did you mean cache?\n'));
    checkFix(rule, pod('cahce'), pod('cache'));
  });

  it('leaves custom kinds alone, whose operators add volumes', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: actions.github.com/v1alpha1
kind: AutoscalingRunnerSet
metadata: {name: a}
spec: {template: {spec: {containers: [{name: a, image: a:1, volumeMounts: [{name: work, mountPath: /w}]}]}}}
`),
    );
  });

  it('knows the claim templates of a StatefulSet', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1, volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
`),
    );
  });
});

describe('references/missing-claim', () => {
  it('finds volumes of claims that nothing brings', () => {
    checkRule(
      ruleOf('references/missing-claim'),
      fixtureOf(
        `${podWith(`      volumes:
        - {name: a, persistentVolumeClaim: {claimName: data}}
        #                                              ^^^^ Volume a of Deployment web mounts PersistentVolumeClaim data
        - {name: b, persistentVolumeClaim: {claimName: there}}
`)}---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: there}
spec: {}
`,
      ),
    );
  });
});

describe('references/missing-service-account', () => {
  it('finds pods that run as what is not there', () => {
    checkRule(
      ruleOf('references/missing-service-account'),
      fixtureOf(`${podWith(`      serviceAccountName: web
      #                   ^^^ Deployment web runs as ServiceAccount web, which nothing in this environment brings.
`)}---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {serviceAccountName: default, containers: [{name: a, image: a:1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b}
spec: {serviceAccountName: there, containers: [{name: a, image: a:1}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: there}
`),
    );
  });
});

describe('references/missing-role', () => {
  const rule = ruleOf('references/missing-role');

  it('finds bindings of roles that nothing brings, and knows those of every cluster', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
#                                                                ^^^^^^ RoleBinding a binds Role reader
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:auth-delegator}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: c, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: there}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: there}
rules: []
`),
    );
  });
});

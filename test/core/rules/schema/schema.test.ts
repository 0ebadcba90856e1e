/** The rules about Kubernetes' types, and those of CustomResourceDefinitions. */
import { allRules } from '../../../../src/core/rules/allRules.js';
import type { Rule } from '../../../../src/core/rules/rule.js';
import { checkFix, checkRule } from '../../../support/rules/checkRule.js';

function ruleOf(id: string): Rule {
  const rule = allRules.find((each) => each.id === id);
  if (!rule) throw new Error(`no rule ${id}`);
  return rule;
}

/** A kustomization of one file. */
function fixtureOf(object: string): string {
  return `#- kustomization.yaml\nresources: [object.yaml]\n#- object.yaml\n${object.replace(/^\n/, '')}`;
}

const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size, color]
              properties:
                size: {type: integer}
                color: {type: string, enum: [red, green], default: red}
                port: {x-kubernetes-int-or-string: true}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {known: {type: boolean}}}
                labels: {type: object, additionalProperties: {type: string}}
                child: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
                anything: {x-kubernetes-preserve-unknown-fields: true}
                closed: {type: object}
---
`;

describe('schema/unknown-field', () => {
  const rule = ruleOf('schema/unknown-field');

  it('finds a misspelt field where it stands, and renames it', () => {
    const container = (field: string, mark = ''): string =>
      fixtureOf(`
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1
      ${field}: Always
${mark}`);
    checkRule(
      rule,
      container('imagePullPolice', '    # ^^^^^^^^^^^^^^^ Pod has no field spec.containers[name=web].imagePullPolice in Kubernetes 1.34; did you mean imagePullPolicy?\n'),
    );
    checkFix(rule, container('imagePullPolice'), container('imagePullPolicy'));
    checkRule(rule, container('imagePullPolicy'));
  });

  it('points at the patch that brought the field', () => {
    checkRule(
      rule,
      `#- kustomization.yaml
resources: [service.yaml]
patches:
  - patch: |
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec:
        selectors: {app: web}
      # ^^^^^^^^^ did you mean selector?
#- service.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  ports: [{port: 80}]
`,
    );
  });

  it('knows which version has a field', () => {
    const pod = `
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostnameOverride: web
  containers: [{name: web, image: web:1}]
`;
    checkRule(rule, fixtureOf(pod), { settings: { kubernetesVersion: '1.34' } });
    checkRule(rule, fixtureOf(pod.replace('  containers', '# ^^^^^^^^^^^^^^^^ in Kubernetes 1.33\n  containers')), { settings: { kubernetesVersion: '1.33' } });
  });

  it('looks at a custom kind by its definition, and lets alone what the definition leaves open', () => {
    checkRule(
      rule,
      fixtureOf(`${widgets}apiVersion: example.com/v1
kind: Widget
metadata:
  name: a
  label: {}
# ^^^^^ Widget has no field metadata.label in its CustomResourceDefinition; did you mean labels?
spec:
  size: 1
  sizes: 2
# ^^^^^ did you mean size?
  port: http
  free: {known: true, unknown: 1}
  labels: {any: thing}
  child: {apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {x: 1}}
  anything: [1, {a: b}]
  closed:
    some: thing
  # ^^^^ remove it
`),
    );
  });

  it('is quiet on kinds that it does not know, and on encrypted objects', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: example.com/v1
kind: Gadget
metadata: {name: a}
spec: {anything: goes}
---
apiVersion: v1
kind: Secret
metadata: {name: b}
stringData: {password: "ENC[AES256_GCM,data:x]"}
sops: {version: 3.9.0}
`),
    );
  });

  it('offers no second field of the same name', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {a: b}
dat: {c: d}
^^^ did you mean data?
`),
    ).forEach(({ problem }) => {
      if (problem.fix) throw new Error('a rename would make two of them');
    });
  });
});

describe('schema/wrong-type', () => {
  const rule = ruleOf('schema/wrong-type');

  it('finds a text for a number and takes the quotes away', () => {
    const service = (port: string, mark = ''): string =>
      fixtureOf(`
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  ports:
    - port: ${port}
${mark}      targetPort: http
`);
    checkRule(rule, service('"80"', '          # ^^^^ spec.ports[0].port of a Service is an integer, and not a string.\n'.replace('          # ', '    #       ')));
    checkFix(rule, service('"80"'), service('80'));
  });

  it('finds lists and maps in the place of each other', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1
      command: run
      #        ^^^ spec.containers[name=web].command of a Pod is a list, and not a string.
      resources: [1]
      #          ^^^ is a map, and not a list
      securityContext: {privileged: "yes"}
      #                             ^^^^^ is a boolean, and not a string
`),
    );
  });

  it('goes by the YAML of whoever reads the file', () => {
    const service = (mark = ''): string => `#- shop/service.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {publishNotReadyAddresses: yes, ports: [{port: 80}]}
${mark}`;
    checkRule(rule, `${service('#                                ^^^ is a boolean, and not a string\n')}#- shop/kustomization.yaml\nresources: [service.yaml]\n`);
    checkRule(
      rule,
      `${service()}#- app.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://example.com/shop.git, path: shop, targetRevision: main}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
`,
    );
  });

  it('takes what the API server takes: null, integers or strings, quantities as numbers, placeholders', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, creationTimestamp: null}
spec:
  replicas: null
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      securityContext: null
      terminationGracePeriodSeconds: \${GRACE}
      containers:
        - name: web
          image: web:1
          args: []
          resources: {requests: {cpu: 0.5, memory: 1073741824}, limits: {cpu: 1e3m}}
          livenessProbe: {httpGet: {port: http}}
          readinessProbe: {httpGet: {port: 80}}
status: {}
`),
    );
  });
});

describe('schema/not-a-string', () => {
  const rule = ruleOf('schema/not-a-string');

  it('finds unquoted numbers and booleans in environment variables and data, and quotes them', () => {
    const pod = (port: string, flag: string, marks = ['', '']): string => `#- kustomization.yaml
resources: [pod.yaml, map.yaml]
#- pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1
      env:
        - name: PORT
          value: ${port}
${marks[0]}#- map.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  flag: ${flag}
${marks[1]}`;
    checkRule(
      rule,
      pod('8080', 'true', [
        '          #      ^^^^ spec.containers[name=web].env[name=PORT].value of a Pod is a string, and 8080 is a number; quote it.\n',
        '  #     ^^^^ data.flag of a ConfigMap is a string, and true is a boolean; quote it.\n',
      ]),
    );
    checkFix(rule, pod('8080', 'true'), pod('"8080"', '"true"'));
    checkRule(rule, pod('"8080"', 'yes'));
  });

  it('finds the booleans of YAML 1.1 where no kustomize quotes them', () => {
    const shop = (more: string, mark = ''): string => `#- shop/map.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {flag: yes, other: "yes", third: yesterday}
${mark}${more}`;
    const app = `#- app.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://example.com/shop.git, path: shop, targetRevision: main}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
`;
    checkRule(rule, shop(app, '#            ^^^ data.flag of a ConfigMap is a string, and yes is a boolean; quote it.\n'));
    checkRule(rule, shop('#- shop/kustomization.yaml\nresources: [map.yaml]\n'));
  });

  it('finds labels and annotations of any kind', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: example.com/v1
kind: Gadget
metadata:
  name: a
  labels: {version: 1.10}
  #                 ^^^^ metadata.labels.version of a Gadget
---
apiVersion: example.com/v1
kind: Gadget
metadata:
  name: b
  labels:
    enabled: true
    #        ^^^^ metadata.labels.enabled of a Gadget is a string, and true is a boolean
    date: 2026-01-01
`),
    );
  });
});

describe('schema/wrong-value', () => {
  const rule = ruleOf('schema/wrong-value');

  it('finds quantities that are none, and integers out of range', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1
      ports: [{containerPort: 80000000000}]
      #                       ^^^^^^^^^^^ it has to be an integer of 32 bits
      resources:
        limits: {memory: 500MB, cpu: 100m}
        #                ^^^^^ can't be 500MB: it is a quantity
        requests: {memory: 64Mi, cpu: .5, ephemeral-storage: 1E}
`),
    );
  });

  it('finds data of a Secret that is not base64, and does not repeat it', () => {
    const findings = checkRule(
      rule,
      fixtureOf(`
apiVersion: v1
kind: Secret
metadata: {name: a}
data:
  password: hunter2!
  #         ^^^^^^^^ it has to be base64
  user: YWRtaW4=
  placeholder: <path:secret/data/a#b>
`),
    );
    if (findings.some(({ problem }) => problem.message.includes('hunter2'))) throw new Error('the message shows a secret');
  });

  it('finds words that a definition does not list', () => {
    checkRule(
      rule,
      fixtureOf(`${widgets}apiVersion: example.com/v1
kind: Widget
metadata: {name: a}
spec: {size: 1, color: blue}
#                      ^^^^ spec.color of a Widget can't be blue: it takes red or green.
`),
    );
  });
});

describe('schema/missing-field', () => {
  const rule = ruleOf('schema/missing-field');

  it('finds what the API server refuses to do without', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
# ^^^^^^^^ Deployment needs spec.selector in Kubernetes 1.34.
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - image: web:1
        # ^^^^^ Deployment needs spec.template.spec.containers[0].name
`),
    );
  });

  it('asks for nothing that has a default or may be empty, whatever the OpenAPI says', () => {
    checkRule(
      rule,
      fixtureOf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a}
roleRef: {kind: Role, name: a}
subjects: [{kind: ServiceAccount, name: a}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a}
spec: {policyTypes: [Ingress]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: a}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}
status: {}
`),
    );
  });

  it('asks for what a definition requires, unless it has a default', () => {
    checkRule(
      rule,
      fixtureOf(`${widgets}apiVersion: example.com/v1
kind: Widget
metadata: {name: a}
spec: {port: 1}
#      ^^^^ Widget needs spec.size in its CustomResourceDefinition.
`),
    );
  });
});

describe('schema/removed-api', () => {
  const rule = ruleOf('schema/removed-api');

  const budget = (version: string, selector = '{matchLabels: {app: web}}', mark = ''): string =>
    fixtureOf(`
apiVersion: policy/${version}
${mark}kind: PodDisruptionBudget
metadata: {name: web}
spec:
  minAvailable: 1
  selector: ${selector}
`);

  it('finds what the target version does not serve, and changes to what takes its place', () => {
    checkRule(
      rule,
      budget('v1beta1', undefined, '#           ^^^^^^^^^^^^^^ Kubernetes 1.34 has no PodDisruptionBudget of policy/v1beta1: it was removed in 1.25; use policy/v1.\n'),
    );
    checkFix(rule, budget('v1beta1'), budget('v1'));
    checkRule(rule, budget('v1'));
  });

  it('offers no rename where the new version has other fields, or means something else', () => {
    const findings = [
      ...checkRule(
        rule,
        fixtureOf(`
apiVersion: extensions/v1beta1
#           ^^^^^^^^^^^^^^^^^^ removed in 1.22; use networking.k8s.io/v1, which has other fields.
kind: Ingress
metadata: {name: web}
spec:
  backend: {serviceName: web, servicePort: 80}
`),
      ),
      ...checkRule(rule, budget('v1beta1', '{}', '#           ^^^^^^^^^^^^^^ removed in 1.25\n')),
    ];
    for (const { problem } of findings) if (problem.fix) throw new Error(`a fix for ${problem.message}`);
  });

  it('goes by the version that is delivered to', () => {
    checkRule(rule, budget('v1beta1'), { settings: { kubernetesVersion: '1.24' } });
  });
});

describe('schema/deprecated-api', () => {
  const rule = ruleOf('schema/deprecated-api');

  const scaler = (version: string, mark = ''): string =>
    fixtureOf(`
apiVersion: autoscaling/${version}
${mark}kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
`);

  it('finds what a later version removes, and changes to what takes its place', () => {
    const settings = { kubernetesVersion: '1.25' };
    checkRule(rule, scaler('v2beta2', '#           ^^^^^^^^^^^^^^^^^^^ deprecated since Kubernetes 1.23 and removed in 1.26; use autoscaling/v2.\n'), { settings });
    checkFix(rule, scaler('v2beta2'), scaler('v2'), { settings });
  });

  it('is quiet before it is deprecated and after it is gone', () => {
    checkRule(rule, scaler('v2beta2'), { settings: { kubernetesVersion: '1.22' } });
    checkRule(rule, scaler('v2beta2'), { settings: { kubernetesVersion: '1.34' } });
  });
});

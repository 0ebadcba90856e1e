/** References of pods and bindings to objects that nothing brings: one rule for each kind that is referred to. */
import type { RuleFacts, WorkspaceRule } from '../rule.js';
import { mapAt, textAt, type EnvironmentObjects } from './environmentObjects.js';
import { podReferencesOf, type PodReference } from './podReferences.js';
import { defineReferenceRule, type Reference } from './referenceRule.js';

const podExample = (fields: string): string => `#- kustomization.yaml
resources: [objects.yaml]
#- objects.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
${fields}`;

function* referencesTo(kind: PodReference['kind'], verb: string, objects: EnvironmentObjects): Iterable<Reference> {
  for (const { workload, name, asker, ...reference } of podReferencesOf(objects)) {
    if (reference.kind !== kind) continue;
    const sentence = `${asker.charAt(0).toUpperCase()}${asker.slice(1)} ${verb} ${kind} ${name.value}`;
    yield { group: '', kind, namespace: workload.namespace, name, sentence };
  }
}

const configMapFacts: RuleFacts = {
  id: 'references/missing-config-map',
  title: 'ConfigMap that nothing brings',
  severity: 'warning',
  what: 'A pod that reads a ConfigMap (`envFrom`, `env`, a volume) which neither this environment nor another one of the same namespace renders. References with `optional: true` are left alone.',
  why: 'The pod stays in `CreateContainerConfigError` or `ContainerCreating`, and the rollout hangs. Often the name is misspelt, so that the hash of a generator was not put on it.',
  mend: 'Name the ConfigMap as its generator or manifest does, or add it.',
  examples: {
    bad: `${podExample('  containers: [{name: web, image: web:1, envFrom: [{configMapRef: {name: setings}}]}]\n')}---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
`,
    good: `${podExample('  containers: [{name: web, image: web:1, envFrom: [{configMapRef: {name: settings}}]}]\n')}---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
`,
  },
  hasFix: true,
};

export const missingConfigMap: WorkspaceRule = defineReferenceRule(configMapFacts, ['ConfigMap'], (objects) => referencesTo('ConfigMap', 'reads', objects));

const secretFacts: RuleFacts = {
  id: 'references/missing-secret',
  title: 'Secret that nothing brings',
  severity: 'info',
  what: 'A pod that names a Secret which nothing in this environment brings: no Secret, and no ExternalSecret, SealedSecret, Certificate or other object that is known to make one. Certificates of an Ingress are left alone: they often come from elsewhere.',
  why: 'Secrets are often made by hand, and then all is well. Where it was forgotten the pod does not start.',
  mend: 'Check that the Secret exists in the cluster, or declare who makes it.',
  examples: {
    bad: podExample('  containers: [{name: web, image: web:1, envFrom: [{secretRef: {name: database}}]}]\n'),
    good: `${podExample('  containers: [{name: web, image: web:1, envFrom: [{secretRef: {name: database}}]}]\n')}---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: database}
spec: {secretStoreRef: {name: vault}}
`,
  },
  hasFix: true,
};

export const missingSecret: WorkspaceRule = defineReferenceRule(secretFacts, ['Secret'], (objects) => referencesTo('Secret', 'needs', objects));

const accountFacts: RuleFacts = {
  id: 'references/missing-service-account',
  title: 'ServiceAccount that nothing brings',
  severity: 'warning',
  what: 'A pod that runs as a ServiceAccount, other than `default`, which neither this environment nor another one of the same namespace renders.',
  why: 'No pod is created at all: the ReplicaSet says `error looking up service account`, and the Deployment only looks slow.',
  mend: 'Name the ServiceAccount as its manifest does, or add it.',
  examples: {
    bad: podExample('  serviceAccountName: web\n  containers: [{name: web, image: web:1}]\n'),
    good: `${podExample('  serviceAccountName: web\n  containers: [{name: web, image: web:1}]\n')}---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
`,
  },
  hasFix: true,
};

export const missingServiceAccount: WorkspaceRule = defineReferenceRule(accountFacts, ['ServiceAccount'], (objects) => referencesTo('ServiceAccount', 'runs as', objects));

const claimFacts: RuleFacts = {
  id: 'references/missing-claim',
  title: 'PersistentVolumeClaim that nothing brings',
  severity: 'warning',
  what: 'A pod with a volume of a PersistentVolumeClaim which neither this environment nor another one of the same namespace renders.',
  why: 'The pod stays `Pending` with `persistentvolumeclaim not found`.',
  mend: 'Name the claim as its manifest does, or add it.',
  examples: {
    bad: podExample('  containers: [{name: web, image: web:1}]\n  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]\n'),
    good: `${podExample('  containers: [{name: web, image: web:1}]\n  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]\n')}---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  },
  hasFix: true,
};

export const missingClaim: WorkspaceRule = defineReferenceRule(claimFacts, ['PersistentVolumeClaim'], (objects) => referencesTo('PersistentVolumeClaim', 'mounts', objects));

const roleFacts: RuleFacts = {
  id: 'references/missing-role',
  title: 'Role that nothing brings',
  severity: 'info',
  what: "A RoleBinding or ClusterRoleBinding of a Role or ClusterRole which nothing in this environment brings. Kubernetes' own (`view`, `edit`, `admin`, `cluster-admin`, `system:`) are known.",
  why: 'The binding is accepted and gives no rights: what depends on them fails later, with `forbidden`.',
  mend: 'Name the role as its manifest does, or check that the cluster has it from elsewhere.',
  examples: {
    bad: `#- kustomization.yaml
resources: [binding.yaml]
#- binding.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
`,
    good: `#- kustomization.yaml
resources: [binding.yaml]
#- binding.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
`,
  },
  hasFix: true,
};

export const missingRole: WorkspaceRule = defineReferenceRule(roleFacts, ['Role', 'ClusterRole'], function* (objects) {
  for (const binding of [...objects.ofKind('RoleBinding'), ...objects.ofKind('ClusterRoleBinding')]) {
    const reference = mapAt(binding.root, 'roleRef');
    const [kind, name] = [textAt(reference, 'kind')?.value, textAt(reference, 'name')];
    if (!name || (kind !== 'Role' && kind !== 'ClusterRole') || isBuiltIn(name.value)) continue;
    const namespace = kind === 'Role' ? objects.namespaceOf(binding) : undefined;
    yield { group: 'rbac.authorization.k8s.io', kind, namespace, name, sentence: `${binding.id.kind} ${binding.id.name} binds ${kind} ${name.value}` };
  }
});

/** Those that every cluster has, and those of OpenShift and of common add-ons. */
function isBuiltIn(name: string): boolean {
  return /^(cluster-admin|admin|edit|view|basic-user|cluster-reader|cluster-monitoring-view|self-provisioner|registry-.*|sudoer|extension-apiserver-authentication-reader)$|^system:/.test(
    name,
  );
}

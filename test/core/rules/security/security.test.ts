import assert from 'node:assert/strict';
import { envFile } from '../../../../src/core/rules/security/envFile.js';
import { externalSecretStore } from '../../../../src/core/rules/security/externalSecretStore.js';
import { keyInManifest } from '../../../../src/core/rules/security/keyInManifest.js';
import { plainSecret } from '../../../../src/core/rules/security/plainSecret.js';
import { sealedSecretScope } from '../../../../src/core/rules/security/sealedSecretScope.js';
import { sopsNotEncrypted } from '../../../../src/core/rules/security/sopsNotEncrypted.js';
import { checkRule } from '../../../support/rules/checkRule.js';

describe('security/plain-secret', () => {
  it('finds Secrets with values, and literals of generators', () =>
    void checkRule(
      plainSecret,
      `
#- base/kustomization.yaml
resources:
- secret.yaml
secretGenerator:
- name: token
  literals:
  - user=
  - password=hunter2
#   ^^^^^^^^^^^^^^^^ The value of password stands in git
  - other=$(OTHER)
#- base/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: a
data:
^^^^ The values of this Secret (password and 1 more)
  password: aHVudGVyMg==
  user: cm9vdA==
---
apiVersion: v1
kind: Secret
metadata:
  name: b
stringData:
^^^^^^^^^^ The values of this Secret (password)
  password: hunter2
  later: changeme
`,
    ));

  it('never repeats a value', () => {
    const findings = checkRule(plainSecret, '#- a.yaml\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n^^^^^^^^^^ Secret\n  password: hunter2\n');
    assert.doesNotMatch(JSON.stringify(findings), /hunter2/);
  });

  it('is quiet on placeholders, on what is encrypted or sealed, and on what Argo CD calls a Secret', () =>
    void checkRule(
      plainSecret,
      `
#- a.yaml
apiVersion: v1
kind: Secret
metadata:
  name: a
data:
  a: ""
  b: Y2hhbmdlbWU=
stringData:
  c: <password>
  d: \${PASSWORD}
  e: REPLACE_ME
  f: op://vault/item/password
  g: MY_ACCESS_KEY
---
apiVersion: v1
kind: Secret
metadata:
  name: b
data:
  a: ENC[AES256_GCM,data:x]
sops:
  version: 3.9.0
---
apiVersion: v1
kind: Secret
metadata:
  name: c
  labels:
    argocd.argoproj.io/secret-type: repository
stringData:
  type: git
  url: https://git.example.com/a
---
apiVersion: v1
kind: Secret
metadata:
  name: d
  annotations:
    avp.kubernetes.io/path: secret/data/d
stringData:
  password: <password>-x
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: e
spec:
  encryptedData:
    password: AgBy
`,
    ));
});

describe('security/env-file', () => {
  const kustomization = `#- overlays/prod/kustomization.yaml
secretGenerator:
- name: a
  envs:
  - .env
`;

  it('finds a file that a generator reads', () => void checkRule(envFile, `${kustomization}#   ^^^^ .env becomes a Secret\n#- overlays/prod/.env\nPASSWORD=hunter2\n`));

  it('is quiet on files that git ignores, that are encrypted, that hold placeholders, or that are not committed', () => {
    checkRule(envFile, `${kustomization}#- .gitignore\n*.env\n#- overlays/prod/.env\nPASSWORD=hunter2\n`);
    checkRule(envFile, `${kustomization}#- overlays/prod/.env\nPASSWORD=ENC[AES256_GCM,data:x]\nsops_version=3.9.0\n`);
    checkRule(envFile, `${kustomization}#- overlays/prod/.env\nPASSWORD=changeme\n`);
    checkRule(envFile, `${kustomization}#- overlays/prod/.env\nPASSWORD=hunter2\n`, { committed: '#- a.yaml\na: 1' });
    checkRule(envFile, kustomization);
  });

  it('finds a committed .env that nothing reads', () => {
    const fixture = '#- overlays/prod/kustomization.yaml\nresources: []\n#- overlays/prod/.env\nPASSWORD=hunter2\n';
    checkRule(envFile, fixture);
    checkRule(envFile, `${fixture}^^^^^^^^^^^^^^^^ This .env is committed\n`, { committed: fixture });
  });
});

describe('security/key-in-manifest', () => {
  const body = 'Ab1'.repeat(20);
  const tokens: readonly (readonly [what: string, text: string])[] = [
    ['A secret access key of AWS', `secretAccessKey=${body.slice(0, 40)}`],
    ['A token of GitHub', `ghp_${body.slice(0, 36)}`],
    ['A token of GitLab', `glpat-${body.slice(0, 20)}`],
    ['A token of Slack', `xoxb-${'1234567890'}-${body.slice(0, 12)}`],
    ['A secret key of Stripe', `sk_live_${body.slice(0, 24)}`],
    ['An API key of Google', `AIza${body.slice(0, 35)}`],
    ['A token of npm', `npm_${body.slice(0, 36)}`],
    ['A private key in base64', `LS0tLS1CRUdJTiBQUklWQVRFIEtFWS${body}`],
  ];
  for (const [what, text] of tokens) {
    it(`finds ${what.toLowerCase()}, and never repeats it`, () => {
      const findings = checkRule(keyInManifest, `#- a.yaml\na:\n  b: ${text}\n#    ${'^'.repeat(text.length)} ${what} stands here\n`);
      assert.ok(!JSON.stringify(findings.map(({ problem }) => problem.message)).includes(text));
    });
  }

  it('finds a private key', () =>
    void checkRule(keyInManifest, `#- a.yaml\nkey: |\n  -----BEGIN RSA PRIVATE KEY-----\n# ${'^'.repeat(31)} A private key\n  ${body}\n  -----END RSA PRIVATE KEY-----\n`));

  it('is quiet on public keys, placeholders and examples', () =>
    void checkRule(
      keyInManifest,
      `#- a.yaml\nkey: |\n  -----BEGIN PUBLIC KEY-----\n  ${body}\nother: |\n  -----BEGIN PRIVATE KEY-----\n  ...\naws: AKIA${'Q1W2E3R4T5Y6U7I8'}\nsecretAccessKey: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\ngithub: ghp_${'x'.repeat(36)}\nname: npm_package\n`,
    ));
});

describe('security/sealed-secret-scope', () => {
  const files = (overlay: string, metadata: string): string => `#- overlays/prod/kustomization.yaml
resources:
- ../../base
${overlay}
#- base/kustomization.yaml
resources:
- sealed.yaml
#- base/sealed.yaml
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: database
${metadata}
spec:
  encryptedData:
    password: AgBy
`;

  it('finds a namespace that moves it, at the line that does', () =>
    void checkRule(
      sealedSecretScope,
      files('namespace: orders-prod\n#          ^^^^^^^^^^^ sealed for the namespace orders, and here it comes into orders-prod', '  namespace: orders'),
    ));

  it('finds a prefix that renames it', () =>
    void checkRule(sealedSecretScope, files('namePrefix: prod-\n#           ^^^^^ sealed under the name database', '  namespace: orders')));

  it('is quiet where the scope allows it, and where nothing is known of the namespace', () => {
    checkRule(sealedSecretScope, files('namespace: orders-prod', '  namespace: orders\n  annotations:\n    sealedsecrets.bitnami.com/cluster-wide: "true"'));
    checkRule(sealedSecretScope, files('namePrefix: prod-', '  namespace: orders\n  annotations:\n    sealedsecrets.bitnami.com/namespace-wide: "true"'));
    checkRule(sealedSecretScope, files('namespace: orders-prod', '  labels: {}'));
  });
});

describe('security/sops-not-encrypted', () => {
  const config = '#- .sops.yaml\ncreation_rules:\n- path_regex: .*\\.secret\\.yaml$\n  age: a\n- path_regex: apps/.*\n  encrypted_regex: ^(data|stringData)$\n  age: a\n';

  it('finds what a rule names, and Secrets that a rule covers', () =>
    void checkRule(
      sopsNotEncrypted,
      `${config}#- values.secret.yaml
password: hunter2
^^^^^^^^ values.secret.yaml is plain text, and by .sops.yaml it is encrypted
#- apps/a.yaml
apiVersion: v1
kind: Secret
metadata:
  name: a
stringData:
^^^^^^^^^^ a.yaml is plain text
  password: hunter2
`.replace('stringData:\n^^^^^^^^^^ a.yaml is plain text\n  password: hunter2', 'stringData:\n  password: hunter2\n# ^^^^^^^^ a.yaml is plain text'),
    ));

  it('is quiet on what is encrypted, on other objects, and on files without a rule', () =>
    void checkRule(
      sopsNotEncrypted,
      `${config}#- values.secret.yaml
password: ENC[AES256_GCM,data:x]
sops:
  version: 3.9.0
#- apps/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  a: b
#- apps/values.yaml
a: b
#- other/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: a
stringData:
  password: hunter2
`,
    ));

  it('is the only one to speak of a Secret that a rule covers', () =>
    void checkRule(plainSecret, `${config}#- apps/a.yaml\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: hunter2\n`));
});

describe('security/external-secret-store', () => {
  const files = (ref: string, stores: string): string => `#- overlays/prod/kustomization.yaml
namespace: orders
resources:
- secret.yaml
- stores.yaml
#- overlays/prod/secret.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
spec:
  secretStoreRef:
${ref}
#- overlays/prod/stores.yaml
${stores}
`;
  const store = (kind: string, name: string): string => `apiVersion: external-secrets.io/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec: {}`;

  it('finds a name that no store has, and a store of the other kind', () => {
    checkRule(externalSecretStore, files('    name: valt\n#         ^^^^ There is no SecretStore valt here; there are vault', store('SecretStore', 'vault')));
    checkRule(
      externalSecretStore,
      files('    name: vault\n#         ^^^^^ there is a ClusterSecretStore of this name', `${store('SecretStore', 'other')}\n---\n${store('ClusterSecretStore', 'vault')}`),
    );
  });

  it('is quiet where the store is there, and where the workspace has no stores', () => {
    checkRule(externalSecretStore, files('    name: vault', store('SecretStore', 'vault')));
    checkRule(externalSecretStore, files('    name: vault\n    kind: ClusterSecretStore', store('ClusterSecretStore', 'vault')));
    checkRule(externalSecretStore, files('    name: vault', store('Elsewhere', 'vault')));
  });
});

import { latestTag } from '../../../../src/core/rules/images/latestTag.js';
import { mutableTag } from '../../../../src/core/rules/images/mutableTag.js';
import { oneShaPerBranch } from '../../../../src/core/rules/images/oneShaPerBranch.js';
import { registryDiffers } from '../../../../src/core/rules/images/registryDiffers.js';
import { tagFormat } from '../../../../src/core/rules/images/tagFormat.js';
import { tagType } from '../../../../src/core/rules/images/tagType.js';
import { checkFix, checkRule } from '../../../support/rules/checkRule.js';

/** A Deployment with one container. */
const web = (image: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: ${image}${more}`;

describe('images/latest-tag', () => {
  it('finds latest and no tag, at the text that sets them', () => {
    checkRule(
      latestTag,
      `
#- overlays/dev/kustomization.yaml
resources:
- ../../base
images:
- name: b
  newTag: latest
#         ^^^^^^ runs whatever b:latest is
#- overlays/prod/kustomization.yaml
resources:
- ../../base
images:
- name: b
  newTag: "1"
#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
${web('a')}
#              ^ The image a has no tag
      - name: b
        image: b:1.2
`,
    );
  });

  it('is quiet on versions, digests and what is no image', () => {
    for (const image of ['web:1.2', 'web@sha256:0123', 'web:latest@sha256:0123', '$(IMAGE)', 'registry:5000/web:1']) {
      checkRule(latestTag, `#- overlays/dev/kustomization.yaml\nresources:\n- web.yaml\n#- overlays/dev/web.yaml\n${web(image)}\n`);
    }
  });
});

describe('images/mutable-tag', () => {
  const files = (web: string): string =>
    `
#- overlays/dev/kustomization.yaml
resources:
- ../../base
images:
- name: web
  newTag: dev
${web.includes('Always') || web.includes('IfNot') ? '' : '#         ^^^ The tag dev moves, but no imagePullPolicy is set'}
#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
${web}
`.replace('\n\n#- base', '\n#- base');

  it('finds a moving tag without a policy, and sets the policy in the base', () => {
    checkRule(mutableTag, files(web('web:1.0')));
    checkFix(mutableTag, files(web('web:1.0', '\n        ports: []')), files(web('web:1.0', '\n        imagePullPolicy: Always\n        ports: []')));
  });

  it('finds a moving tag with another policy, and exchanges that', () => {
    const bad = files(web('web:1.0', '\n        imagePullPolicy: IfNotPresent'));
    checkRule(mutableTag, bad.replace('IfNotPresent', 'IfNotPresent\n#                        ^^^^^^^^^^^^ but imagePullPolicy is IfNotPresent'));
    checkFix(mutableTag, bad, files(web('web:1.0', '\n        imagePullPolicy: Always')));
  });

  it('is quiet on Always, on versions, and on latest, which is always pulled', () => {
    checkRule(mutableTag, files(web('web:1.0', '\n        imagePullPolicy: Always')));
    for (const image of ['web:1.2-stable', 'web:v1', 'web:main-1a2b3c4', 'web', 'web:latest']) {
      checkRule(mutableTag, `#- overlays/dev/kustomization.yaml\nresources:\n- web.yaml\n#- overlays/dev/web.yaml\n${web(image)}\n`);
    }
  });
});

describe('images/tag-type', () => {
  const bad = `
#- chart/Chart.yaml
name: web
version: 0.1.0
appVersion: 1.10
#           ^^^^ Helm reads this appVersion as 1.1
#- chart/values.yaml
image:
  repository: web
  tag: 1.10 # the newest
#      ^^^^ as 1.1, not as the text 1.10
sidecar:
  imageTag: 0123
#           ^^^^ as 83
jobs:
- image:
    tag: 1e3
#        ^^^ as 1000
- image: {tag: yes}
#              ^^^ as true
- registry: ghcr.io
  tag: 20240115
#      ^^^^^^^^ as 2.0240115e+07
- registry: ghcr.io
  tag: 553640e6
#      ^^^^^^^^ as 5.5364e+11
`;

  it('finds tags that Helm prints in another form, and quotes them', () => {
    checkRule(tagType, bad);
    checkFix(
      tagType,
      bad,
      `
#- chart/Chart.yaml
name: web
version: 0.1.0
appVersion: "1.10"
#- chart/values.yaml
image:
  repository: web
  tag: "1.10" # the newest
sidecar:
  imageTag: "0123"
jobs:
- image:
    tag: "1e3"
- image: {tag: "yes"}
- registry: ghcr.io
  tag: "20240115"
- registry: ghcr.io
  tag: "553640e6"
`,
    );
  });

  it('is quiet on texts, on numbers that print as they are written, and on what is no tag of an image', () =>
    void checkRule(
      tagType,
      `
#- chart/values-prod.yaml
image:
  repository: web
  tag: 1.10.2
postgres:
  image:
    tag: 16
redis:
  image:
    tag: 7.2
empty:
  image:
    tag:
log:
  tag: 1.10
cache:
  image:
    tag: "1.10"
`,
    ));

  it('finds an empty newTag, which kustomize passes over, and leaves numbers to kustomize/wrong-type', () =>
    void checkRule(
      tagType,
      `
#- overlays/dev/kustomization.yaml
images:
- name: a
  newTag: null
#         ^^^^ keeps the tag that it had
- name: b
  newTag: ""
#         ^^ keeps the tag
- name: c
  newTag:
# ^^^^^^ keeps the tag
- name: d
  newTag: 1.10
- name: e
  newName: f
`,
    ));
});

describe('images/tag-format', () => {
  const overlay = (name: string, tag: string): string => `#- overlays/${name}/kustomization.yaml
resources:
- ../../base
images:
- name: web
  newTag: ${tag}
`;
  const base = `#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
${web('web', '\n      - name: db\n        image: postgres:16')}
`;

  it('finds tags that an overlay sets against the settings, in the environment alone', () =>
    void checkRule(tagFormat, `${overlay('prod', 'sha-1a2b3c4d\n#         ^^^^^^^^^^^^ Tags in prod have the form ^v')}${overlay('dev', 'sha-1a2b3c4d')}${base}`, {
      settings: { tagFormats: new Map([['prod', '^v\\d+']]) },
    }));

  it('is quiet without a setting, on the right form, and on a pattern that can’t be read', () => {
    checkRule(tagFormat, overlay('prod', 'sha-1a2b3c4d') + base);
    checkRule(tagFormat, overlay('prod', 'v1.2.3') + base, { settings: { tagFormats: new Map([['prod', '^v\\d+']]) } });
    checkRule(tagFormat, overlay('prod', 'x') + base, { settings: { tagFormats: new Map([['prod', '(']]) } });
  });
});

describe('rules on images of charts', () => {
  const chart = (values: string, defaults: string): string => `#- apps/web.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web-prod}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://git.test/repo, path: chart, helm: {valueFiles: [values-prod.yaml]}}
#- chart/Chart.yaml
name: web
version: 0.1.0
#- chart/values-prod.yaml
image:
  ${values}
#- chart/values.yaml
image:
  repository: web
  ${defaults}
db: {image: "postgres:16"}
#- chart/templates/web.yaml
${web('{{ .Values.image.repository }}:{{ .Values.image.tag }}', '\n      - name: db\n        image: {{ .Values.db.image }}')}
`;

  it('stand at the tag in the values file that says it', () => {
    checkRule(latestTag, chart('tag: latest\n#      ^^^^^^ Each pod runs whatever web:latest is', 'tag: v1'));
    checkRule(latestTag, chart('pullPolicy: Always', 'tag: latest\n#      ^^^^^^ Each pod runs whatever web:latest is'));
  });

  it('leave out what a chart says by itself where environments have a form of tags', () => {
    const settings = { tagFormats: new Map([['prod', '^v\\d+']]) };
    checkRule(tagFormat, chart('tag: sha-1\n#      ^^^^^ Tags in prod have the form ^v', 'tag: v1'), { settings });
    checkRule(tagFormat, chart('pullPolicy: Always', 'tag: sha-1'), { settings });
  });
});

describe('images/registry-differs', () => {
  const overlay = (name: string, newName: string): string => `#- overlays/${name}/kustomization.yaml
resources:
- ../../base
images:
- name: web
  newName: ${newName}
  newTag: "1"
`;
  const base = `#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
${web('web')}
`;

  it('finds the one environment with another name, at its newName', () =>
    void checkRule(
      registryDiffers,
      overlay('dev', 'ghcr.io/a/web') +
        overlay('stage', 'ghcr.io/a/web') +
        overlay('prod', 'old.io/web\n#          ^^^^^^^^^^ run ghcr.io/a/web here, and prod runs old.io/web') +
        base,
    ));

  it('is quiet where all agree, where each has its own, and where two stand against one another', () => {
    checkRule(registryDiffers, overlay('dev', 'a.io/web') + overlay('stage', 'a.io/web') + overlay('prod', 'a.io/web') + base);
    checkRule(registryDiffers, overlay('dev', 'a.io/web') + overlay('stage', 'b.io/web') + overlay('prod', 'c.io/web') + base);
    checkRule(registryDiffers, overlay('dev', 'a.io/web') + overlay('prod', 'b.io/web') + base);
  });
});

describe('images/one-sha-per-branch', () => {
  const application = (name: string, branch: string): string => `#- bootstrap/${name}.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: orders-${name}
spec:
  project: default
  source:
    repoURL: https://git.example.com/orders.git
    targetRevision: ${branch}
    path: overlays/${name}
  destination:
    namespace: orders-${name}
    server: https://kubernetes.default.svc
`;
  const overlay = (name: string, tag: string): string => `#- overlays/${name}/kustomization.yaml
resources:
- ../../base
images:
- name: web
  newTag: ${tag}
`;
  const base = `#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
${web('web')}
`;
  const branches = application('dev', 'dev') + application('stage', 'main') + application('prod', 'main');

  it('finds two commits on one branch, where branches stand for stages', () =>
    void checkRule(
      oneShaPerBranch,
      branches +
        overlay('dev', 'sha-0a0b0c0d') +
        overlay('stage', 'sha-1a2b3c4d') +
        overlay('prod', 'sha-9f8e7d6c\n#         ^^^^^^^^^^^^ prod and stage both follow the branch main') +
        base,
    ));

  it('is quiet where they agree, where tags are no commits, and where all follow one branch', () => {
    checkRule(oneShaPerBranch, branches + overlay('dev', 'sha-0a0b0c0d') + overlay('stage', 'sha-1a2b3c4d') + overlay('prod', 'sha-1a2b3c4d') + base);
    checkRule(oneShaPerBranch, branches + overlay('dev', 'sha-0a0b0c0d') + overlay('stage', 'v1.3.0') + overlay('prod', 'v1.2.0') + base);
    checkRule(oneShaPerBranch, application('stage', 'main') + application('prod', 'main') + overlay('stage', 'sha-1a2b3c4d') + overlay('prod', 'sha-9f8e7d6c') + base);
  });
});

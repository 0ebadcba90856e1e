/** Promotions between environments, however their versions are set: which edits they make, what else changes, and what stands in their way. */
import assert from 'node:assert/strict';
import { noSettings } from '../../src/core/gitops/settings.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { formatFieldPath } from '../../src/core/objects/compare.js';
import { diffLines } from '../../src/core/promote/lineDiff.js';
import { promotionMessage, topicBranchFor } from '../../src/core/promote/promotionWords.js';
import type { EditWorkspace } from '../../src/services/editBases.js';
import { EditedDelivery } from '../../src/services/editedDelivery.js';
import { Failure } from '../../src/services/failure.js';
import { planPromotion, type PromotionPlan, type PromotionRequest } from '../../src/services/promotion.js';
import { fixtureRoot, fixtureTree } from '../support/fixture.js';

const signal = new AbortController().signal;

const app = `#- base/kustomization.yaml
resources: [deployment.yaml]
#- base/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        image: ghcr.io/acme/web:v1
#- overlays/dev/kustomization.yaml
namespace: web-dev
resources: [../../base]
images:
- name: ghcr.io/acme/web
  newTag: v2
#- overlays/prod/kustomization.yaml
namespace: web-prod
resources: [../../base]
replicas:
- name: web
  count: 3
`;

function open(fixture: string, extra: Partial<EditWorkspace> = {}): EditWorkspace {
  const edited = new EditedDelivery(fixtureTree(fixture), [fixtureRoot], {
    options: { loadRestrictor: 'rootOnly', enableHelm: false },
    cache: new BuildCache(),
    editorSettings: noSettings,
    now: () => 0,
  });
  const none = (): Promise<never> => Promise.reject(new Error('there is no git here'));
  return { present: () => edited, at: none, on: none, tipOf: none, problemsOf: () => [], folders: [fixtureRoot], ...extra };
}

function plan(fixture: string, request: Partial<PromotionRequest> = {}, extra: Partial<EditWorkspace> = {}): Promise<PromotionPlan> {
  return planPromotion({ from: 'dev', to: ['prod'], workingFiles: true, ...request }, open(fixture, extra), signal);
}

/** Changed lines by file. */
function diffOf({ branches }: PromotionPlan): string {
  return branches
    .flatMap(({ files }) => files)
    .map(({ path, before = '', after = '' }) => {
      const lines = diffLines(before, after).flatMap((hunk) => [...hunk.before.map((line) => `-${line}`), ...hunk.after.map((line) => `+${line}`)]);
      return `${path.slice(fixtureRoot.length + 1)}\n${lines.join('')}`;
    })
    .join('');
}

function imagesOf(result: PromotionPlan, label: string): readonly string[] {
  const target = result.targets.find(({ environment }) => environment.label.endsWith(label));
  return target?.after.objects.flatMap(({ printed }) => [...printed.text.matchAll(/image: (.*)/g)].map(([, image = '']) => image)) ?? [];
}

describe('planning a promotion', () => {
  it('moves versions only, and tells what else differs', async () => {
    const result = await plan(app);
    assert.equal(diffOf(result), 'overlays/prod/kustomization.yaml\n+images:\n+- name: ghcr.io/acme/web\n+  newTag: v2\n');
    const [target] = result.targets;
    assert.deepEqual(
      target?.changes.flatMap(({ fields }) => fields.map(({ path }) => formatFieldPath(path))),
      ['spec.template.spec.containers[name=web].image'],
    );
    const others = target?.others.flatMap(({ fields }) => fields.map(({ path }) => formatFieldPath(path)));
    assert.deepEqual(others, ['metadata.namespace', 'spec.replicas']);
    assert.equal(result.refusal, undefined);
    assert.equal(promotionMessage(result.targets, { skipCi: true }), 'chore: update prod image to v2 [skip ci]\n');
    const subject = '{type}({app}): {from} to {to}, {environments}: {image} {version}; {change}';
    assert.match(promotionMessage(result.targets, { skipCi: false, subject }), /^chore\([\w.-]*\): dev to prod, prod: web v2; update prod image to v2\n$/);
    assert.match(topicBranchFor(result.targets), /^promote\/[\w.-]*prod-v2$/);
  });

  it('asks for the name of a protected environment', async () => {
    const { questions } = await plan(app);
    assert.deepEqual(
      questions.map(({ typed, isDangerous }) => [typed, isDangerous]),
      [['prod', true]],
    );
  });

  it('says that there is nothing to move, and what can be named', async () => {
    const same = await plan(app.replace('newTag: v2', 'newTag: v1'));
    assert.match(same.refusal ?? '', /has the versions of .*dev already/);
    assert.deepEqual(same.branches, []);
    await assert.rejects(plan(app, { to: ['qa'] }), (error) => error instanceof Failure && error.code === 'promotion/unknown-environment');
    const other = await plan(app, { images: ['ghcr.io/acme/api'] });
    assert.match(other.refusal ?? '', /no image in common/);
  });

  it('keeps a target that is pinned by digest pinned, where the digest is known', async () => {
    const old = `sha256:${'0'.repeat(64)}`;
    const fresh = `sha256:${'1'.repeat(64)}`;
    const pinned = app.replace('replicas:\n- name: web\n', `images:\n- name: ghcr.io/acme/web\n  digest: ${old}\nreplicas:\n- name: web\n`);
    const unknown = await plan(pinned);
    assert.match(unknown.refusal ?? '', /pins ghcr\.io\/acme\/web by digest/);
    const known = await plan(pinned, {}, { digestOf: (name, tag) => (name === 'ghcr.io/acme/web' && tag === 'v2' ? fresh : undefined) });
    assert.equal(diffOf(known), `overlays/prod/kustomization.yaml\n-  digest: ${old}\n+  digest: ${fresh}\n`);
  });

  it('refuses to choose where the source runs several versions', async () => {
    const two = app.replace(
      '#- overlays/dev/',
      `#- overlays/dev/job.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: old}\nspec: {containers: [{name: old, image: "registry.example.com/web:v7"}, {name: older, image: "registry.example.com/web:v6"}]}\n#- overlays/dev/`,
    );
    const both = two
      .replace('resources: [../../base]\nimages', 'resources: [../../base, job.yaml]\nimages')
      .replace('resources: [../../base]\nreplicas', 'resources: [../../base, pod.yaml]\nreplicas')
      .replace(
        '#- overlays/prod/',
        `#- overlays/prod/pod.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: old}\nspec: {containers: [{name: old, image: "registry.example.com/web:v5"}]}\n#- overlays/prod/`,
      );
    const result = await plan(both);
    const moves = result.targets[0]?.moves ?? [];
    assert.deepEqual(
      moves.map(({ image, state }) => [image, state]),
      [
        ['ghcr.io/acme/web', 'moves'],
        ['registry.example.com/web', 'refused'],
      ],
    );
    assert.match(moves[1]?.reason ?? '', /in 2 versions, v7 and v6/);
  });

  const application = (name: string, extra: string): string => `#- apps/${name}.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web-${name}, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.example.com/acme/web.git
    targetRevision: main
    path: web
${extra}  destination: {server: https://kubernetes.default.svc, namespace: web-${name}}
  syncPolicy: {automated: {}}
`;
  const shared = `${app.slice(0, app.indexOf('#- overlays/dev'))}#- web/kustomization.yaml\nresources: [../base]\n#- .git/config\n[remote "origin"]\n\turl = https://git.example.com/acme/web.git\n#- .git/HEAD\nref: refs/heads/main\n`;

  it('edits kustomize.images of an Application, and adds it where the folder is shared', async () => {
    const images = (tag: string): string => `    kustomize:\n      images:\n      - ghcr.io/acme/web:${tag} # by hand\n`;
    const inPlace = await plan(shared + application('dev', images('v2')) + application('prod', images('v1')));
    assert.equal(diffOf(inPlace), 'apps/prod.yaml\n-      - ghcr.io/acme/web:v1 # by hand\n+      - ghcr.io/acme/web:v2 # by hand\n');
    const added = await plan(shared + application('dev', images('v2')) + application('prod', ''));
    assert.equal(diffOf(added), 'apps/prod.yaml\n+    kustomize:\n+      images:\n+      - ghcr.io/acme/web:v2\n');
    assert.deepEqual(imagesOf(added, 'prod'), ['ghcr.io/acme/web:v2']);
  });

  it('edits the element of an ApplicationSet that the version comes from, also where a template adds to it', async () => {
    const set = (template: string, dev: string, prod: string): string => `${shared}#- apps/set.yaml
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: web, namespace: argocd}
spec:
  generators:
  - list:
      elements:
      - name: dev
        version: ${dev}
      - name: prod
        version: ${prod} # released
  template:
    metadata: {name: "web-{{name}}"}
    spec:
      project: default
      source:
        repoURL: https://git.example.com/acme/web.git
        targetRevision: main
        path: web
        kustomize:
          images: ["ghcr.io/acme/web:${template}"]
      destination: {server: https://kubernetes.default.svc, namespace: "web-{{name}}"}
`;
    const plain = await plan(set('{{version}}', 'v2', 'v1'));
    assert.equal(diffOf(plain), 'apps/set.yaml\n-        version: v1 # released\n+        version: v2 # released\n');
    assert.deepEqual(
      plain.targets.map(({ environment }) => environment.name),
      ['prod'],
    );
    const partly = await plan(set('sha-{{version}}', 'aaaa1111', 'bbbb2222'));
    assert.equal(diffOf(partly), 'apps/set.yaml\n-        version: bbbb2222 # released\n+        version: aaaa1111 # released\n');
    assert.deepEqual(imagesOf(partly, 'prod'), ['ghcr.io/acme/web:sha-aaaa1111']);
  });

  const kustomization = (name: string, extra: string): string => `#- clusters/${name}.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web-${name}, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  path: ./web
  sourceRef: {kind: GitRepository, name: web}
${extra}`;
  const source = `#- clusters/source.yaml\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: web, namespace: flux-system}\nspec: {interval: 1m, url: "https://git.example.com/acme/web.git", ref: {branch: main}}\n`;

  it('edits images of a Flux Kustomization, and a variable that it substitutes', async () => {
    const images = (tag: string): string => `  images:\n  - name: ghcr.io/acme/web\n    newTag: ${tag}\n`;
    const listed = await plan(shared + source + kustomization('dev', images('v2')) + kustomization('prod', images('v1')));
    assert.equal(diffOf(listed), 'clusters/prod.yaml\n-    newTag: v1\n+    newTag: v2\n');
    const added = await plan(shared + source + kustomization('dev', images('v2')) + kustomization('prod', ''));
    assert.equal(diffOf(added), 'clusters/prod.yaml\n+  images:\n+  - name: ghcr.io/acme/web\n+    newTag: v2\n');
    const variable = (tag: string): string => `  postBuild:\n    substitute:\n      TAG: ${tag}\n`;
    const substituted = await plan(
      shared.replace('image: ghcr.io/acme/web:v1', 'image: ghcr.io/acme/web:${TAG}') + source + kustomization('dev', variable('v2')) + kustomization('prod', variable('v1')),
    );
    assert.equal(diffOf(substituted), 'clusters/prod.yaml\n-      TAG: v1\n+      TAG: v2\n');
  });

  it('warns where an image automation writes the very line', async () => {
    const marked = (tag: string): string => `  images:\n  - name: ghcr.io/acme/web\n    newTag: ${tag} # {"$imagepolicy": "flux-system:web:tag"}\n`;
    const automation = `#- clusters/automation.yaml\napiVersion: image.toolkit.fluxcd.io/v1beta2\nkind: ImageUpdateAutomation\nmetadata: {name: releases, namespace: flux-system}\nspec:\n  sourceRef: {kind: GitRepository, name: web}\n  git: {checkout: {ref: {branch: main}}}\n  update: {path: ./clusters, strategy: Setters}\n`;
    const { warnings } = await plan(shared + source + automation + kustomization('dev', marked('v2')) + kustomization('prod', marked('v1')));
    assert.equal(warnings.length, 1);
    assert.equal(
      warnings[0],
      'ImageUpdateAutomation releases writes the choice of ImagePolicy flux-system/web into clusters/prod.yaml again. Suspend it first (flux suspend image update releases -n flux-system), or let the policy choose this version.',
    );
    const other = marked('v1') + '  - name: ghcr.io/acme/other\n    newTag: v1\n';
    const elsewhere = other.replace(/( # .*)(\n[^]*newTag: v1)/, '$2$1');
    assert.deepEqual(
      (await plan(shared + source + automation + kustomization('dev', marked('v2')) + kustomization('prod', elsewhere))).warnings,
      [],
      'the marker is at another line',
    );
  });

  it('warns where Argo CD Image Updater or a workflow writes the version of the target', async () => {
    const overrides = (tag: string): string => `    kustomize:\n      images: ["ghcr.io/acme/web:${tag}"]\n`;
    const updated = (list: string): string =>
      application('prod', overrides('v1')).replace('metadata: {', `metadata: {annotations: {argocd-image-updater.argoproj.io/image-list: "${list}"}, `);
    const dev = application('dev', overrides('v2'));
    assert.deepEqual((await plan(shared + dev + updated('web=ghcr.io/acme/web:~1'))).warnings, [
      'Argo CD Image Updater keeps Application web-prod at the newest version of web=ghcr.io/acme/web:~1, whatever git says. Take the annotation argocd-image-updater.argoproj.io/image-list away, or let it choose this version.',
    ]);
    assert.deepEqual((await plan(shared + dev + updated('ghcr.io/acme/other'))).warnings, [], 'it is about another image');
    const workflow = `#- .github/workflows/release.yaml
name: release
on: {push: {branches: [main]}}
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
    - uses: actions/checkout@v4
    - run: |
        sed -i "s/newTag: .*/newTag: ${'$'}{{ github.sha }}/" overlays/prod/kustomization.yaml
        git commit -am release && git push
`;
    const { warnings } = await plan(app.replace('replicas:\n', 'images: [{name: ghcr.io/acme/web, newTag: v1}]\nreplicas:\n') + workflow);
    assert.deepEqual(warnings, [
      'The GitHub workflow release writes a version into overlays/prod/kustomization.yaml the next time that it runs. Turn it off where this version is to stay, or let it write this one.',
    ]);
  });

  it('moves environments that share the edited text together, and asks for one that was not named', async () => {
    const parts = `${app.slice(0, app.indexOf('#- overlays/dev'))}#- overlays/dev/kustomization.yaml\nresources: [../../base]\nimages:\n- name: ghcr.io/acme/web\n  newTag: v2\n`;
    const set = `#- .git/config\n[remote "origin"]\n\turl = https://git.example.com/acme/web.git\n#- .git/HEAD\nref: refs/heads/main\n#- web/kustomization.yaml\nresources: [../base]\n#- apps/set.yaml
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: web, namespace: argocd}
spec:
  generators:
  - list: {elements: [{name: stage}, {name: prod}]}
  template:
    metadata: {name: "web-{{name}}"}
    spec:
      project: default
      source:
        repoURL: https://git.example.com/acme/web.git
        targetRevision: main
        path: web
      destination: {server: https://kubernetes.default.svc, namespace: "web-{{name}}"}
`;
    const dev = application('dev', '').replace('path: web', 'path: overlays/dev');
    const both = await plan(parts + set + dev, { from: 'argocd/argocd/web-dev', to: ['argocd/argocd/web-stage', 'argocd/argocd/web-prod'] });
    assert.equal(diffOf(both), 'web/kustomization.yaml\n+images:\n+- name: ghcr.io/acme/web\n+  newTag: v2\n');
    assert.deepEqual(
      both.targets.map(({ environment, isAlong }) => [environment.name, isAlong]),
      [
        ['stage', false],
        ['prod', false],
      ],
    );
    const one = await plan(parts + set + dev, { from: 'argocd/argocd/web-dev', to: ['argocd/argocd/web-stage'] });
    assert.deepEqual(
      one.targets.map(({ environment, isAlong }) => [environment.name, isAlong]),
      [
        ['stage', false],
        ['prod', true],
      ],
    );
    assert.ok(one.questions.some(({ key, isDangerous }) => key === 'along/argocd/argocd/web-prod' && isDangerous));
  });
});

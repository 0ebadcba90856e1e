/** What the real tool can't be asked about the transformers: origins, warnings, and where problems are reported. Their output is compared in cases.test.ts. */
import assert from 'node:assert/strict';
import { buildKustomization } from '../../../../src/core/kustomize/build.js';
import { BuildCache } from '../../../../src/core/kustomize/buildCache.js';
import { lineOfRendering, originChain, renderingText, type Rendering } from '../../../../src/core/objects/rendering.js';
import { fixtureRoot, fixtureTree } from '../../../support/fixture.js';

function build(fixture: string): Rendering {
  return buildKustomization({ tree: fixtureTree(fixture), folder: `${fixtureRoot}/k`, options: { loadRestrictor: 'rootOnly', enableHelm: false }, cache: new BuildCache() });
}

/** `code path:line` of each problem, lines 1-based. */
function problemsOf(rendering: Rendering): readonly string[] {
  return rendering.problems.map(({ code, location }) => `${code} ${location.path.slice(fixtureRoot.length + 3)}:${location.range.start.line + 1}`);
}

/** The chain of what set the first line of the output that holds `text`: value, step, and the 1-based line of its source. */
function chainOf(rendering: Rendering, text: string): readonly string[] {
  const at = renderingText(rendering)
    .split('\n')
    .findIndex((line) => line.includes(text));
  const line = lineOfRendering(rendering, at);
  assert.ok(line, `the output has no ${text}: ${JSON.stringify(rendering.problems)}`);
  return originChain(line.printed.value).map(({ value, directive, location }) => {
    return `${value ?? '-'} ${directive?.field ?? 'resource'} ${location.path.slice(fixtureRoot.length + 3)}:${location.range.start.line + 1}`;
  });
}

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx:1.0
    envFrom:
    - configMapRef:
        name: settings
`;

describe('origins of what transformers set', () => {
  it('tell of an image which part of the entry gave which part', () => {
    const rendering = build(`#- k/kustomization.yaml
resources: [pod.yaml]
images:
- name: nginx
  newName: mirror/nginx
  newTag: "2.0"
  digest: sha256:abc
#- k/pod.yaml
${pod}`);
    assert.deepEqual(chainOf(rendering, 'image:'), [
      'mirror/nginx:2.0@sha256:abc images[0].digest kustomization.yaml:6',
      'mirror/nginx:2.0 images[0].newTag kustomization.yaml:5',
      'mirror/nginx:1.0 images[0].newName kustomization.yaml:4',
      'nginx:1.0 resource pod.yaml:8',
    ]);
  });

  it('lead from a reference to what changed the name, and keep the old reference', () => {
    const rendering = build(`#- k/kustomization.yaml
resources: [pod.yaml]
namePrefix: dev-
configMapGenerator:
- name: settings
  literals: [a=b]
#- k/pod.yaml
${pod}`);
    const [reference, old] = chainOf(rendering, '        name: dev-settings-');
    assert.match(reference ?? '', /^dev-settings-\w{10} nameReference ConfigMap\/settings kustomization\.yaml:4$/);
    assert.equal(old, 'settings resource pod.yaml:11');
    assert.deepEqual(
      chainOf(rendering, '  name: dev-settings-').map((link) => link.replace(/-\w{10} /, '-HASH ')),
      ['dev-settings-HASH configMapGenerator[0] kustomization.yaml:4', 'dev-settings namePrefix kustomization.yaml:2', 'settings configMapGenerator[0] kustomization.yaml:4'],
    );
  });

  it('lead from a label, a namespace and a number of replicas to their values', () => {
    const rendering = build(`#- k/kustomization.yaml
resources: [web.yaml]
namespace: prod
labels:
- pairs: {team: orders}
replicas:
- {name: web, count: 3}
#- k/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {team: none}
spec:
  replicas: 1
`);
    assert.deepEqual(chainOf(rendering, 'team:'), ['orders labels[0].pairs.team kustomization.yaml:4', 'none resource web.yaml:5']);
    assert.deepEqual(chainOf(rendering, 'namespace:'), ['prod namespace kustomization.yaml:2']);
    assert.deepEqual(chainOf(rendering, 'replicas:'), ['3 replicas[0].count kustomization.yaml:6', '1 resource web.yaml:7']);
  });

  it('lead from a replaced field and from a variable to the field that the value was read from', () => {
    const rendering = build(`#- k/kustomization.yaml
resources: [all.yaml]
replacements:
- source: {kind: ConfigMap, name: c, fieldPath: data.host}
  targets:
  - select: {kind: Thing}
    fieldPaths: [spec.host]
vars:
- name: HOST
  objref: {apiVersion: v1, kind: ConfigMap, name: c}
  fieldref: {fieldPath: data.host}
configurations: [config.yaml]
#- k/config.yaml
varReference:
- {kind: Thing, path: spec/url}
#- k/all.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {host: example.com}
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: t}
spec:
  host: old
  url: https://$(HOST)/
`);
    assert.deepEqual(chainOf(rendering, '  host: example.com'), ['example.com resource all.yaml:4']);
    assert.deepEqual(chainOf(rendering, 'url:'), ['https://example.com/ vars HOST all.yaml:4', 'https://$(HOST)/ resource all.yaml:11']);
    const thing = rendering.objects.find(({ id }) => id.kind === 'Thing')?.root.get('spec');
    const host = thing?.kind === 'map' ? thing.get('host') : undefined;
    assert.ok(host);
    assert.deepEqual(
      originChain(host).map(({ step, location }) => [step, location.range.start.line]),
      [
        ['replacement', 3],
        ['resource', 9],
      ],
    );
  });
});

describe('what kustomize does silently', () => {
  it('is a warning for an image, a var, and a replacement that change nothing', () => {
    const rendering = build(`#- k/kustomization.yaml
resources: [pod.yaml]
images:
- name: ngnix
  newTag: "2"
replacements:
- source: {kind: Pod}
  targets:
  - select:
      kind: Deployment
vars:
- name: UNUSED
  objref: {apiVersion: v1, kind: Pod, name: web}
#- k/pod.yaml
${pod}`);
    const warnings = problemsOf(rendering).filter((problem) => !problem.startsWith('kustomize/deprecated'));
    assert.deepEqual(warnings, [
      'kustomize/image-matches-nothing kustomization.yaml:3',
      'kustomize/replacement-target-matches-nothing kustomization.yaml:9',
      'kustomize/unused-var kustomization.yaml:11',
    ]);
    assert.ok(rendering.ok);
  });
});

describe('problems of transformers', () => {
  it('stand at the entry that has no object', () => {
    assert.deepEqual(problemsOf(build(`#- k/kustomization.yaml\nresources: [pod.yaml]\nreplicas:\n- name: wbe\n  count: 2\n#- k/pod.yaml\n${pod}`)), [
      'kustomize/replicas-match-nothing kustomization.yaml:3',
    ]);
  });

  it('stand at the field of the object that is not as a label needs it, and point at the label', () => {
    const rendering = build(
      '#- k/kustomization.yaml\nresources: [a.yaml]\nlabels:\n- pairs: {a: b}\n#- k/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: [x]\n',
    );
    assert.deepEqual(problemsOf(rendering), ['kustomize/field-path-mismatch a.yaml:5']);
    assert.equal(rendering.problems[0]?.related?.[0]?.location.range.start.line, 2);
  });

  it('stand at the path of a replacement that leads to nothing', () => {
    const rendering = build(`#- k/kustomization.yaml
resources: [pod.yaml]
replacements:
- sourceValue: x
  targets:
  - select: {kind: Pod}
    fieldPaths:
    - spec.hostname
#- k/pod.yaml
${pod}`);
    assert.deepEqual(problemsOf(rendering), ['kustomize/replacement-target-field kustomization.yaml:7']);
  });

  it('refuse to write into YAML that stands in a text, which kustomize prints anew in its own style', () => {
    const rendering = build(`#- k/kustomization.yaml
resources: [a.yaml]
replacements:
- sourceValue: x
  targets:
  - select: {kind: ConfigMap}
    fieldPaths: [data.config.host]
#- k/a.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  config: |
    host: y
`);
    assert.deepEqual(problemsOf(rendering), ['kustomize/replacement-in-yaml-unsupported kustomization.yaml:6']);
  });
});

describe('a transformer that matches nothing', () => {
  it('leaves the objects as they were read', () => {
    const files = `#- k/kustomization.yaml\nresources: [a.yaml]\nimages:\n- name: other\n  newTag: "2"\n#- k/a.yaml\n${pod}`;
    const [object] = build(files).objects;
    const container = object?.root.get('spec');
    assert.ok(container);
    assert.equal(container.step, undefined);
    assert.equal(container.was, undefined);
  });
});

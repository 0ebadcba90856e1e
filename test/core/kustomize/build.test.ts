import assert from 'node:assert/strict';
import { buildKustomization, type BuildRequest } from '../../../src/core/kustomize/build.js';
import { BuildCache } from '../../../src/core/kustomize/buildCache.js';
import { lineOfRendering, originChain, renderingText, type Rendering } from '../../../src/core/objects/rendering.js';
import { fixtureRoot, fixtureTree } from '../../support/fixture.js';

const options = { loadRestrictor: 'rootOnly', enableHelm: false } as const;

function build(fixture: string, folder: string, more: Partial<BuildRequest> = {}): Rendering {
  return buildKustomization({ tree: fixtureTree(fixture), folder: `${fixtureRoot}/${folder}`, options, cache: new BuildCache(), ...more });
}

/** `code path:line` of each problem, lines 1-based, the path below the fixture's root. */
function problemsOf(rendering: Rendering): readonly string[] {
  return rendering.problems.map(({ code, location }) => `${code} ${location.path.slice(fixtureRoot.length + 1)}:${location.range.start.line + 1}`);
}

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: b\n`;

describe('buildKustomization', () => {
  it('renders resources of files and bases, sorted by kind and name as kustomize does', () => {
    const rendering = build(
      `#- base/kustomization.yaml
resources: [z.yaml]
#- base/z.yaml
${configMap('z')}
#- overlay/kustomization.yaml
resources: [../base, a.yaml]
#- overlay/a.yaml
${configMap('a')}`,
      'overlay',
    );
    assert.deepEqual(problemsOf(rendering), []);
    assert.deepEqual(
      rendering.objects.map((object) => object.id.name),
      ['a', 'z'],
    );
    assert.equal(
      renderingText(rendering),
      `apiVersion: v1\ndata:\n  a: b\nkind: ConfigMap\nmetadata:\n  name: a\n---\napiVersion: v1\ndata:\n  a: b\nkind: ConfigMap\nmetadata:\n  name: z\n`,
    );
  });

  it('tells for a line of the output which node is on it and where that comes from', () => {
    const rendering = build(`#- k/kustomization.yaml\nresources: [a.yaml]\nnamePrefix: dev-\n#- k/a.yaml\n${configMap('a')}`, 'k');
    const lines = renderingText(rendering).split('\n');
    const at = lineOfRendering(rendering, lines.indexOf('  name: dev-a'));
    assert.deepEqual(at?.printed.path, ['metadata', 'name']);
    const chain = originChain(at.printed.value);
    assert.deepEqual(
      chain.map(({ location, step, value }) => [location.path, location.range.start.line, step, value]),
      [
        [`${fixtureRoot}/k/kustomization.yaml`, 1, 'namePrefix', 'dev-a'],
        [`${fixtureRoot}/k/a.yaml`, 3, 'resource', 'a'],
      ],
    );
  });

  it('refuses what is missing, at the entry, and looks at every entry before it stops', () => {
    const rendering = build('#- k/kustomization.yaml\nresources:\n- none.yaml\n- ../gone\n', 'k');
    assert.equal(rendering.ok, false);
    assert.deepEqual(problemsOf(rendering), ['kustomize/missing-file k/kustomization.yaml:2', 'kustomize/missing-file k/kustomization.yaml:3']);
  });

  it('refuses a folder without a kustomization at the entry that names it', () => {
    const rendering = build('#- k/kustomization.yaml\nresources: [../other]\n#- other/a.yaml\na: b\n', 'k');
    assert.deepEqual(problemsOf(rendering), ['kustomize/missing-kustomization k/kustomization.yaml:1']);
  });

  it('refuses a file outside the folder unless the load restriction is lifted', () => {
    const fixture = `#- k/kustomization.yaml\nresources: [../a.yaml]\n#- a.yaml\n${configMap('a')}`;
    assert.deepEqual(problemsOf(build(fixture, 'k')), ['kustomize/load-restriction k/kustomization.yaml:1']);
    assert.equal(build(fixture, 'k', { options: { ...options, loadRestrictor: 'none' } }).ok, true);
  });

  it('reads nothing outside of its boundary, neither files nor bases', () => {
    const fixture = `#- repository/k/kustomization.yaml\nresources: [../../base]\n#- base/kustomization.yaml\nresources: [a.yaml]\n#- base/a.yaml\n${configMap('a')}\n#- repository/f/kustomization.yaml\nresources: [../../base/a.yaml]\n`;
    const inside = { options: { loadRestrictor: 'none', enableHelm: false, boundary: [`${fixtureRoot}/repository`] } } as const;
    assert.deepEqual(problemsOf(build(fixture, 'repository/k', inside)), ['kustomize/outside-workspace repository/k/kustomization.yaml:1']);
    assert.deepEqual(problemsOf(build(fixture, 'repository/f', inside)), ['kustomize/outside-workspace repository/f/kustomization.yaml:1']);
    assert.equal(build(fixture, 'repository/k', { options: { ...inside.options, boundary: [fixtureRoot] } }).ok, true);
  });

  it('refuses a circle of bases, also when a part of it was built before', () => {
    const fixture = '#- a/kustomization.yaml\nresources: [../b]\n#- b/kustomization.yaml\nresources: [../a]\n';
    const cache = new BuildCache();
    const tree = fixtureTree(fixture);
    for (const folder of ['a', 'b', 'a']) {
      assert.ok(problemsOf(build('#- x\n', folder, { tree, cache })).some((problem) => problem.startsWith('kustomize/cycle ')));
    }
  });

  it('refuses two objects of one identity and names both places', () => {
    const rendering = build(`#- k/kustomization.yaml\nresources:\n- a.yaml\n- b.yaml\n#- k/a.yaml\n${configMap('same')}\n#- k/b.yaml\n${configMap('same')}`, 'k');
    assert.deepEqual(problemsOf(rendering), ['kustomize/name-conflict k/kustomization.yaml:3']);
    assert.deepEqual(
      rendering.problems[0]?.related?.map((each) => each.location.path.slice(-6)),
      ['b.yaml', 'a.yaml'].map((name) => name.slice(-6)),
    );
  });

  it('lets a component change what stands before it, and refuses it as a resource', () => {
    const fixture = `#- k/kustomization.yaml
resources: [a.yaml]
components: [../c]
#- k/a.yaml
${configMap('a')}
#- c/kustomization.yaml
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
nameSuffix: -c
#- wrong/kustomization.yaml
resources: [../c]`;
    assert.deepEqual(
      build(fixture, 'k').objects.map((object) => object.id.name),
      ['a-c'],
    );
    assert.deepEqual(problemsOf(build(fixture, 'wrong')), ['kustomize/component-as-resource wrong/kustomization.yaml:1']);
  });

  it('answers not-fetched for something remote, and says what it would need', () => {
    const rendering = build('#- k/kustomization.yaml\nresources: ["https://github.com/example/repository//deploy?ref=v1"]\n', 'k');
    assert.deepEqual(problemsOf(rendering), ['kustomize/not-fetched k/kustomization.yaml:1']);
    assert.equal(rendering.lacks[0]?.spec, 'https://github.com/example/repository//deploy?ref=v1');
  });

  it('renders a remote base from where it was fetched to, and keeps it inside its repository', () => {
    const fixture = `#- k/kustomization.yaml
resources: ["https://github.com/example/repository//deploy?ref=v1"]
#- fetched/deploy/kustomization.yaml
resources: [a.yaml]
#- fetched/deploy/a.yaml
${configMap('a')}
#- escaping/deploy/kustomization.yaml
resources: [../../k2]
#- k2/kustomization.yaml
resources: [a.yaml]
#- k2/a.yaml
${configMap('a')}`;
    const fetchedTo = (folder: string) => ({ fetched: () => ({ path: `${fixtureRoot}/${folder}/deploy`, root: `${fixtureRoot}/${folder}` }) });
    assert.deepEqual(
      build(fixture, 'k', fetchedTo('fetched')).objects.map((object) => object.id.name),
      ['a'],
    );
    assert.deepEqual(problemsOf(build(fixture, 'k', fetchedTo('escaping'))), ['kustomize/outside-repository escaping/deploy/kustomization.yaml:1']);
  });

  it('uses a finished base again while nothing in it changed, and builds it anew when something did', () => {
    const cache = new BuildCache();
    const tree = fixtureTree(`#- base/kustomization.yaml\nresources: [a.yaml]\n#- base/a.yaml\n${configMap('a')}\n#- k/kustomization.yaml\nresources: [../base]\n`);
    const first = build('#- x\n', 'k', { tree, cache });
    const edited = tree.with(`${fixtureRoot}/k/kustomization.yaml`, 'resources: [../base]\n# a comment\n');
    const second = build('#- x\n', 'k', { tree: edited, cache });
    assert.equal(second.objects[0]?.root, first.objects[0]?.root);
    const third = build('#- x\n', 'k', { tree: edited.with(`${fixtureRoot}/base/a.yaml`, configMap('b')), cache });
    assert.deepEqual(
      third.objects.map((object) => object.id.name),
      ['b'],
    );
  });

  it('parses a patch that is given in place once, so that what it makes is printed once', () => {
    const cache = new BuildCache();
    const patch = 'patches: [{patch: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {c: d}}"}]';
    const tree = fixtureTree(`#- k/kustomization.yaml\nresources: [a.yaml, b.yaml]\n${patch}\n#- k/a.yaml\n${configMap('a')}\n#- k/b.yaml\n${configMap('b')}`);
    const dataOf = (rendering: Rendering) => rendering.objects[0]?.root.get('data');
    const first = dataOf(build('#- x\n', 'k', { tree, cache }));
    const second = dataOf(build('#- x\n', 'k', { tree: tree.with(`${fixtureRoot}/k/b.yaml`, configMap('c')), cache }));
    assert.ok(first?.kind === 'map' && second?.kind === 'map');
    assert.equal(first.pair('c')?.value.source, second.pair('c')?.value.source);
  });

  it('does not let one overlay change the base that another one uses', () => {
    const cache = new BuildCache();
    const tree = fixtureTree(
      `#- base/kustomization.yaml\nresources: [a.yaml]\n#- base/a.yaml\n${configMap('a')}\n#- x/kustomization.yaml\nresources: [../base]\nnamePrefix: x-\n#- y/kustomization.yaml\nresources: [../base]\nnamePrefix: y-\n`,
    );
    const names = ['x', 'y', 'x'].map((folder) => build('#- x\n', folder, { tree, cache }).objects[0]?.id.name);
    assert.deepEqual(names, ['x-a', 'y-a', 'x-a']);
  });

  it('depends on every path that it read or looked for', () => {
    const rendering = build('#- k/kustomization.yaml\nresources: [none.yaml]\n', 'k');
    assert.ok(rendering.dependencies.has(`${fixtureRoot}/k/none.yaml`));
    assert.ok(rendering.dependencies.has(`${fixtureRoot}/k/kustomization.yml`));
  });

  it('leaves local-config objects and the annotations of builds out of the output', () => {
    const rendering = build(
      `#- k/kustomization.yaml
resources: [a.yaml]
#- k/a.yaml
${configMap('a').replace('name: a\n', "name: a\n  annotations: {config.kubernetes.io/local-config: 'true'}\n")}---
${configMap('b').replace('name: b\n', 'name: b\n  annotations: {config.kubernetes.io/path: x, n: 5}\n')}`,
      'k',
    );
    assert.equal(renderingText(rendering), 'apiVersion: v1\ndata:\n  a: b\nkind: ConfigMap\nmetadata:\n  annotations:\n    "n": "5"\n  name: b\n');
  });

  it('refuses an object without a kind or a name at that object', () => {
    assert.deepEqual(problemsOf(build('#- k/kustomization.yaml\nresources: [a.yaml]\n#- k/a.yaml\napiVersion: v1\nmetadata: {name: a}\n', 'k')), [
      'kustomize/missing-kind k/a.yaml:1',
    ]);
    assert.deepEqual(problemsOf(build('#- k/kustomization.yaml\nresources: [a.yaml]\n#- k/a.yaml\napiVersion: v1\nkind: Pod\nmetadata: {}\n', 'k')), [
      'kustomize/missing-name k/a.yaml:3',
    ]);
  });
});

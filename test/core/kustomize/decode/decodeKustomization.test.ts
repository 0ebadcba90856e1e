/** What decoding reports, on which text, and what its fixes make of the file. */
import assert from 'node:assert/strict';
import { Problems, type Problem } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import { decodeKustomization } from '../../../../src/core/kustomize/decode/decodeKustomization.js';
import type { Kustomization } from '../../../../src/core/kustomize/kustomization.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';

function decode(text: string): { readonly kustomization: Kustomization | undefined; readonly problems: readonly Problem[] } {
  const problems = new Problems();
  return { kustomization: decodeKustomization(parseYaml(new SourceText('/kustomization.yaml', text)), problems), problems: problems.list };
}

function decodeSound(text: string): Kustomization {
  const { kustomization, problems } = decode(text);
  assert.deepEqual(problems, []);
  assert.ok(kustomization);
  return kustomization;
}

/** The problems as `line: text code`, the line from 1 and the text that is underlined. */
function problemsOf(text: string): readonly string[] {
  const source = new SourceText('/kustomization.yaml', text);
  return decode(text).problems.map(({ code, location: { range } }) => {
    const underlined = text.slice(source.offsetAt(range.start), source.offsetAt(range.end));
    return `${range.start.line + 1}: ${underlined} ${code.replace('kustomize/', '')}`;
  });
}

/** The text after the fix of the problem `code`. */
function mend(text: string, code: string): string {
  const fix = decode(text).problems.find((problem) => problem.code === `kustomize/${code}` && problem.fix)?.fix;
  assert.ok(fix, `no fix for ${code}`);
  const source = new SourceText('/kustomization.yaml', text);
  const changes = fix.changes.map(({ location, newText }) => ({ start: source.offsetAt(location.range.start), end: source.offsetAt(location.range.end), newText }));
  return changes.sort((a, b) => b.start - a.start).reduce((mended, { start, end, newText }) => mended.slice(0, start) + newText + mended.slice(end), text);
}

describe('decoding a kustomization', () => {
  it('reports every mistake at its node in one pass', () => {
    const text = `resource: [a.yaml]
images:
  - name: app
    newTag: 1.10
    tag: v1
  - app
labels:
  - pairs:
      team: yes
    includeSelectors: "true"
replicas:
  - name: web
    count: three
patches: patch.yaml
namespace: [ns]
`;
    assert.deepEqual([...problemsOf(text)].sort(), [
      '10: "true" wrong-type',
      '13: three wrong-type',
      '14: patch.yaml wrong-type',
      '15: [ns] wrong-type',
      '1: resource unknown-field',
      '4: 1.10 wrong-type',
      '5: tag unknown-field',
      '6: app wrong-type',
      '9: yes wrong-type',
    ]);
  });

  it('names the field that was meant', () => {
    const messageOf = (text: string): string => decode(text).problems[0]?.message ?? '';
    assert.match(messageOf('resource: []'), /did you mean resources\?/);
    assert.match(messageOf('images: [{tag: v1}]'), /did you mean newTag\?/);
    assert.match(messageOf('configMapGenerators: []'), /did you mean configMapGenerator\?/);
    assert.match(messageOf('zzz: []'), /^zzz is no field of a kustomization/);
  });

  it('keeps the last of a key that stands twice, warns at the later one and shows the first', () => {
    const { kustomization, problems } = decode('namespace: one\nnamespace: two\nlabels: [{pairs: {a: x, a: z}}]\n');
    assert.equal(kustomization?.namespace?.value, 'two');
    assert.equal(kustomization.labels[0]?.pairs.entries[0]?.value.value, 'z');
    assert.deepEqual(
      problems.map(({ code, severity, location, related }) => [code, severity, location.range.start.line, related?.[0]?.location.range.start.line]),
      [
        ['kustomize/duplicate-key', 'warning', 1, 0],
        ['kustomize/duplicate-key', 'warning', 2, 2],
      ],
    );
  });

  it('does not look at a value that a later one replaces', () => {
    assert.deepEqual(problemsOf('namespace: [1]\nnamespace: ns\n'), ['2: namespace duplicate-key']);
  });

  it('takes a field in another case and says so', () => {
    const { kustomization, problems } = decode('NamePrefix: a-\n');
    assert.equal(kustomization?.namePrefix?.value, 'a-');
    assert.deepEqual(
      problems.map(({ code, severity }) => [code, severity]),
      [['kustomize/field-spelling', 'info']],
    );
    assert.equal(mend('NamePrefix: a-\n', 'field-spelling'), 'namePrefix: a-\n');
  });

  it('refuses what it would have to guess', () => {
    assert.deepEqual(problemsOf('Images: [{name: a}]\nimages: [{name: b}]\n').slice(1), ['2: images field-twice-unsupported']);
    assert.deepEqual(problemsOf('commonAnnotations: {"1": a, 1: b}\n'), ['1: 1 duplicate-key-unsupported']);
    assert.deepEqual(problemsOf('namespace: !!binary Zm9v\n'), ['1: Zm9v binary-tag-unsupported']);
    assert.deepEqual(problemsOf('images:\n  - newTag: v1\n    <<: {newTag: v2}\n'), ['3: << merge-order-unsupported']);
  });

  it('lets a merge key stand before the fields that override it, and in texts and comments', () => {
    const text =
      'images:\n  - &app\n    name: app\n    newTag: v1\n  - <<: *app # as in <<: *app\n    name: other\npatches:\n  - path: a\n    patch: |-\n      a: b\n      <<: *app\n';
    const { images } = decodeSound(text);
    assert.deepEqual(
      images.map(({ name, newTag }) => [name?.value, newTag?.value]),
      [
        ['app', 'v1'],
        ['other', 'v1'],
      ],
    );
  });

  it('points each text at its place in the file', () => {
    const text = 'resources:\n  - ../base # the base\nimages:\n  - name: app\n    newTag: "1.10"\n';
    const { resources, images, source } = decodeSound(text);
    const raw = [resources[0], images[0]?.newTag].map((node) => node && source.text.slice(node.start, node.end));
    assert.deepEqual(raw, ['../base', '"1.10"']);
  });

  it('moves deprecated fields into those that replaced them', () => {
    const { kustomization } = decode('resources: [a]\nbases: [b]\nimages: [{name: x}]\nimageTags: [{name: z}]\nsecretGenerator: [{name: s, env: two, envs: [one]}]\n');
    assert.deepEqual(
      kustomization?.resources.map((text) => text.value),
      ['a', 'b'],
    );
    assert.deepEqual(
      kustomization.images.map((image) => image.name?.value),
      ['x', 'z'],
    );
    assert.deepEqual(
      kustomization.secretGenerator[0]?.envs.map((text) => text.value),
      ['one', 'two'],
    );
  });

  it('makes charts of helmChartInflationGenerator', () => {
    const { kustomization } = decode('helmChartInflationGenerator: [{chartName: a, values: v.yaml, chartHome: old, helmBin: x}]\n');
    assert.deepEqual(
      kustomization?.helmCharts[0]?.pairs.map(({ key }) => key.value),
      ['name', 'valuesFile'],
    );
    assert.deepEqual(
      kustomization.helmGlobals?.pairs.map(({ key }) => key.value),
      ['chartHome'],
    );
  });

  it('merges the options of all generators into each one', () => {
    const { kustomization } = decode('generatorOptions: {labels: {a: global, b: global}, immutable: true}\nconfigMapGenerator: [{name: x, options: {labels: {a: own}}}]\n');
    const options = kustomization?.configMapGenerator[0]?.options;
    assert.deepEqual(
      options?.labels?.entries.map(({ key, value }) => [key.value, value.value]),
      [
        ['a', 'own'],
        ['b', 'global'],
      ],
    );
    assert.equal(options.immutable, true);
  });

  it('tells an empty text from none only where kustomize does', () => {
    const { kustomization } = decode('namePrefix: ""\nreplacements: [{sourceValue: "", targets: []}]\n');
    assert.equal(kustomization?.namePrefix, undefined);
    assert.equal(kustomization?.replacements[0]?.sourceValue?.value, '');
  });

  it('reads only the first document and warns of the next', () => {
    const { kustomization, problems } = decode('# a comment\n---\nnamespace: ns\n---\nnamespace: other\n');
    assert.equal(kustomization?.namespace?.value, 'ns');
    assert.deepEqual(
      problems.map(({ code, location }) => [code, location.range.start.line]),
      [['kustomize/extra-document', 4]],
    );
  });

  it('gives back what it could read in spite of mistakes', () => {
    assert.equal(decode('namespace: ns\nfoo: bar\n').kustomization?.namespace?.value, 'ns');
    assert.equal(decode('- a\n').kustomization, undefined);
  });
});

describe('the fixes of a kustomization', () => {
  it('rename a field', () => {
    assert.equal(mend('resource: [a]\n', 'unknown-field'), 'resources: [a]\n');
  });

  it('do not rename to a field that is there', () => {
    assert.equal(decode('resource: [a]\nresources: [b]\n').problems[0]?.fix, undefined);
  });

  it('take quotes off, make a list, or say what a text means', () => {
    assert.equal(mend('replicas: [{count: "3"}]\n', 'wrong-type'), 'replicas: [{count: 3}]\n');
    assert.equal(mend('resources: a.yaml\n', 'wrong-type'), 'resources: [a.yaml]\n');
    assert.equal(mend('patches:\n  - a.yaml\n', 'wrong-type'), 'patches:\n  - path: a.yaml\n');
  });

  it('correct kind and apiVersion', () => {
    assert.equal(mend('kind: Kustomize\nresources: []\n', 'wrong-kind'), 'kind: Kustomization\nresources: []\n');
    assert.equal(mend('kind: Component\napiVersion: v1\nresources: []\n', 'wrong-api-version'), 'kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: []\n');
  });

  it('rename bases where there are no resources', () => {
    assert.equal(mend('bases:\n- ../a\n', 'deprecated-field'), 'resources:\n- ../a\n');
  });

  it('move bases behind resources, with their comments and to their indentation', () => {
    const before = 'bases:\n# first\n- ../a # why\n- ../b\nresources:\n  - x.yaml\n\nnamespace: ns\n';
    assert.equal(mend(before, 'deprecated-field'), 'resources:\n  - x.yaml\n  - ../a # why\n  - ../b\n\nnamespace: ns\n'.replace('- ../a', '- ../a'));
  });

  it('move the last field of a file without a final newline', () => {
    assert.equal(mend('resources:\n- x\nbases:\n- a', 'deprecated-field'), 'resources:\n- x\n- a\n');
  });

  it('turn strategic merge patches into patches, those in place with their text', () => {
    const before = 'patchesStrategicMerge:\n- a.yaml\n- |-\n  kind: X\n\n  spec: {}\n- b.yaml # last\nnamespace: ns\n';
    assert.equal(mend(before, 'deprecated-field'), 'patches:\n- path: a.yaml\n- patch: |-\n    kind: X\n\n    spec: {}\n- path: b.yaml # last\nnamespace: ns\n');
    const fixed = decodeSound(mend(before, 'deprecated-field'));
    assert.equal(fixed.patches[1]?.patch?.value, decode(before).kustomization?.patchesStrategicMerge[1]?.path?.value);
  });

  it('turn common labels into labels that are in selectors too', () => {
    assert.equal(mend('commonLabels:\n    a: b\n    c: d\n', 'deprecated-field'), 'labels:\n- includeSelectors: true\n  pairs:\n    a: b\n    c: d\n');
    assert.equal(
      mend('commonLabels:\n  a: b\nlabels:\n  - pairs: {x: z}\n', 'deprecated-field'),
      'labels:\n  - pairs: {x: z}\n  - includeSelectors: true\n    pairs:\n      a: b\n',
    );
  });

  it('leave common labels that labels have too', () => {
    assert.equal(decode('commonLabels:\n  a: b\nlabels:\n  - pairs: {a: z}\n').problems[0]?.fix, undefined);
  });

  it('turn env into envs', () => {
    assert.equal(mend('configMapGenerator:\n  - env: a.env\n', 'deprecated-field'), 'configMapGenerator:\n  - envs: [a.env]\n');
  });

  it('keep carriage returns', () => {
    assert.equal(mend('bases:\r\n- a\r\nresources:\r\n- x\r\n', 'deprecated-field'), 'resources:\r\n- x\r\n- a\r\n');
  });
});

/** What generators report and where their values come from; what they make is compared in the cases made by the real tool. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../../src/core/base/fileTree.js';
import { joinPath } from '../../../../src/core/base/path.js';
import { Problems } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import type { BuildContext } from '../../../../src/core/kustomize/context.js';
import { decodeKustomization } from '../../../../src/core/kustomize/decode/decodeKustomization.js';
import { absorbAll } from '../../../../src/core/kustomize/generators/absorbAll.js';
import { generateResources } from '../../../../src/core/kustomize/generators/generateResources.js';
import { ResMap } from '../../../../src/core/kustomize/resMap.js';
import type { Resource } from '../../../../src/core/kustomize/resource.js';
import { builtinSchema } from '../../../../src/core/objects/schema.js';
import type { ScalarNode, YamlNode } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';

function contextOf(files: Readonly<Record<string, string | Uint8Array>>, problems: Problems): BuildContext {
  const tree = new MemoryTree(files);
  return {
    problems,
    schema: builtinSchema(),
    tree,
    parse: parseYaml,
    parseInline: (scalar, embed) => parseYaml(embed(scalar)),
    load: (from, path) => tree.read(joinPath(from, path)),
    loadBytes: (from, path) => tree.readBytes(joinPath(from, path)),
  };
}

function generate(text: string, files: Readonly<Record<string, string | Uint8Array>> = {}): { readonly resources: readonly Resource[]; readonly problems: Problems } {
  const problems = new Problems();
  const kustomization = decodeKustomization(parseYaml(new SourceText('/k/kustomization.yaml', text)), problems);
  const context = contextOf(files, problems);
  const args = [...(kustomization?.configMapGenerator ?? []), ...(kustomization?.secretGenerator ?? [])];
  return { resources: args.flatMap((each) => generateResources(each, context, '/k')), problems };
}

function scalarAt(resource: Resource | undefined, ...path: readonly string[]): ScalarNode {
  const node = path.reduce<YamlNode | undefined>((at, key) => (at?.kind === 'map' ? at.get(key) : undefined), resource?.root);
  assert.ok(node?.kind === 'scalar', `no scalar at ${path.join('.')}`);
  return node;
}

function textOf(node: ScalarNode): string {
  return node.source.text.slice(node.start, node.end);
}

describe('the origins of generated values', () => {
  it('are the literal', () => {
    const value = scalarAt(generate('configMapGenerator:\n  - name: a\n    literals: [x=1, "LEVEL=debug"]\n').resources[0], 'data', 'LEVEL');
    assert.equal(value.value, 'debug');
    assert.equal(textOf(value), '"LEVEL=debug"');
    assert.equal(value.step?.kind, 'generator');
    assert.equal(value.step.field, 'configMapGenerator[0].literals[1]');
  });

  it('are the whole file', () => {
    const value = scalarAt(generate('configMapGenerator:\n  - name: a\n    files: [key=conf/a.txt]\n', { '/k/conf/a.txt': 'one\ntwo\n' }).resources[0], 'data', 'key');
    assert.equal(value.source.path, '/k/conf/a.txt');
    assert.deepEqual([value.start, value.end], [0, 8]);
    assert.equal(value.step?.field, 'configMapGenerator[0].files[0]');
  });

  it('are the line of an env file', () => {
    const { resources } = generate('configMapGenerator:\n  - name: a\n    envs: [a.env]\n    env: b.env\n', {
      '/k/a.env': '\ufeff# c\r\n  FIRST=1\r\nLAST=2',
      '/k/b.env': 'B=3\n',
    });
    const values = ['FIRST', 'LAST', 'B'].map((key) => scalarAt(resources[0], 'data', key));
    assert.deepEqual(values.map(textOf), ['FIRST=1', 'LAST=2', 'B=3']);
    assert.deepEqual(
      values.map((value) => value.step?.field),
      ['configMapGenerator[0].envs[0]', 'configMapGenerator[0].envs[0]', 'configMapGenerator[0].env'],
    );
  });

  it('are the name, the type and the labels in the kustomization', () => {
    const { resources } = generate('secretGenerator:\n  - name: s\n    type: custom\n    options: {labels: {team: a}, immutable: true}\n');
    assert.equal(textOf(scalarAt(resources[0], 'metadata', 'name')), 's');
    assert.equal(textOf(scalarAt(resources[0], 'type')), 'custom');
    assert.equal(textOf(scalarAt(resources[0], 'metadata', 'labels', 'team')), 'a');
    assert.equal(textOf(scalarAt(resources[0], 'immutable')), 'true');
  });

  it('keep what a merge overrode', () => {
    const { resources, problems } = generate('configMapGenerator:\n  - {name: a, literals: [x=old, kept=1]}\n  - {name: a, behavior: merge, literals: [x=new]}\n');
    const map = new ResMap();
    for (const resource of resources) absorbAll(map, [resource], problems, resource.root);
    assert.deepEqual(problems.list, []);
    const value = scalarAt(map.resources[0], 'data', 'x');
    assert.equal(value.value, 'new');
    assert.ok(value.was?.kind === 'scalar');
    assert.equal(value.was.value, 'old');
    assert.equal(scalarAt(map.resources[0], 'data', 'kept').step?.field, 'configMapGenerator[0].literals[1]');
  });
});

describe('a generator reports', () => {
  const codes = (text: string, files: Readonly<Record<string, string | Uint8Array>> = {}): readonly string[] =>
    generate(text, files).problems.list.map(({ severity, code }) => `${severity} ${code.replace('kustomize/', '')}`);
  const config = (field: string): string => `configMapGenerator:\n  - name: a\n    ${field}\n`;

  it('what kustomize refuses', () => {
    assert.deepEqual(codes('configMapGenerator: [{literals: [a=b]}]'), ['error generator-without-name']);
    assert.deepEqual(codes(config('literals: [a, =b]')), ['error invalid-literal', 'error invalid-literal']);
    assert.deepEqual(codes(config('files: [a=b=c, =x, z=]')), ['error invalid-file-source', 'error invalid-file-source', 'error invalid-file-source']);
    assert.deepEqual(codes(config('envs: [a.env]'), { '/k/a.env': Uint8Array.of(0x41, 0x3d, 0xff) }), ['error env-file-not-text']);
    assert.deepEqual(codes(config('files: [a]'), { '/k/a': '\ta\nb\n' }), ['error leading-tab']);
  });

  it('a repeated key with the place of the first', () => {
    const { problems } = generate(config('literals: [a=1, a=2]'));
    const [problem] = problems.list;
    assert.equal(problem?.code, 'kustomize/repeated-data-key');
    assert.equal(problem.related?.[0]?.location.range.start.character, 15);
    assert.equal(problem.location.range.start.character, 20);
  });

  it('what kustomize does silently', () => {
    assert.deepEqual(codes(config('envs: [a.env]'), { '/k/a.env': 'ALONE\n=x\n' }), ['warning env-line-without-value', 'warning env-line-without-key']);
    assert.deepEqual(codes(config('literals: ["a b=c"]')), ['warning invalid-data-key']);
    assert.deepEqual(codes(config('behavior: update')), ['warning unknown-behavior']);
  });

  it('a line at which kustomize stops reading', () => {
    assert.deepEqual(codes(config('envs: [a.env]'), { '/k/a.env': `A=${'x'.repeat(70000)}\nB=1\n` }), ['error env-line-unsupported']);
  });
});

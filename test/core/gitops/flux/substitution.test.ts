/**
 * The language of `${...}`, against recorded results of the real one: test/data/flux/envsubst.json was made by
 * scripts/facts/flux/envsubst with fluxcd/pkg/envsubst v1.8.0 (a table of every form, and random texts).
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Problems } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import { evaluateText } from '../../../../src/core/gitops/flux/substitution/evaluate.js';
import { findSubstitutions, resultOfSubstitution } from '../../../../src/core/gitops/flux/substitution/findSubstitutions.js';
import { findStandIns, substitutionStep } from '../../../../src/core/gitops/flux/substitution/substituteObjects.js';
import { readVariables, type StandIns, type Variables } from '../../../../src/core/gitops/flux/substitution/variables.js';
import { BuildCache } from '../../../../src/core/kustomize/buildCache.js';
import { idOfObject } from '../../../../src/core/objects/objectId.js';
import type { MapNode, ScalarNode, YamlNode } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';
import { projectFolder } from '../../../support/projectFolder.js';

interface Recorded {
  readonly text: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly strict?: string;
  readonly strictError?: string;
  readonly lax?: string;
  readonly laxError?: string;
}

const recorded = JSON.parse(fs.readFileSync(path.join(projectFolder, 'test/data/flux/envsubst.json'), 'utf8')) as readonly Recorded[];

function outcome({ text, vars }: Recorded, strict: boolean): string {
  const result = evaluateText(text, { strict, valueOf: (name) => (Object.hasOwn(vars, name) ? { kind: 'value', value: vars[name] ?? '' } : { kind: 'unset' }) });
  if ('text' in result) return `= ${result.text}`;
  return `! ${result.reason === 'variable not set' ? `variable not set (strict mode): ${JSON.stringify(result.name)}` : result.reason}`;
}

function recordedOutcome(text: string | undefined, error: string | undefined): string {
  return error === undefined ? `= ${text ?? ''}` : `! ${error}`;
}

function rootOf(text: string): MapNode {
  const root = parseYaml(new SourceText('/repo/a.yaml', text)).documents[0]?.root;
  assert(root?.kind === 'map', text);
  return root;
}

const settings = rootOf('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\ndata:\n  region: westeurope\n');

function variablesOf(postBuild: string, standIns: StandIns = new Map()): Variables {
  const root = rootOf(`apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\nspec:\n  postBuild: ${postBuild}\n`);
  const problems = new Problems();
  const variables = readVariables(idOfObject(root), root, (kind, _namespace, name) => (kind === 'ConfigMap' && name === 'settings' ? settings : undefined), standIns, problems);
  assert(variables && problems.list.length === 0);
  return variables;
}

function scalarAt(root: MapNode, ...keys: readonly string[]): ScalarNode {
  let node: YamlNode | undefined = root;
  for (const key of keys) node = node?.kind === 'map' ? node.get(key) : undefined;
  assert(node?.kind === 'scalar', keys.join('.'));
  return node;
}

function substitute(text: string, variables: Variables): { before: MapNode; after: MapNode; problems: Problems } {
  const before = rootOf(text);
  const problems = new Problems();
  const [after] = substitutionStep({ variables, strict: true })([before], { problems, cache: new BuildCache() });
  assert(after);
  return { before, after, problems };
}

describe('the language of substitution', () => {
  it('gives what envsubst gives, with its refusals', () => {
    for (const each of recorded) {
      assert.equal(outcome(each, true), recordedOutcome(each.strict, each.strictError), `strict: ${JSON.stringify(each)}`);
      assert.equal(outcome(each, false), recordedOutcome(each.lax, each.laxError), `lax: ${JSON.stringify(each)}`);
    }
  });

  it('ends in time on long and on deeply nested texts', () => {
    const valueOf = (): { kind: 'unset' } => ({ kind: 'unset' });
    const long = evaluateText('${a:-x} $$ '.repeat(20_000), { strict: true, valueOf });
    assert('text' in long && long.text === 'x $ '.repeat(20_000));
    const deep = evaluateText('${a:-'.repeat(50_000), { strict: true, valueOf });
    assert('reason' in deep && deep.reason === 'nested too deeply');
  });
});

describe('substituted objects', () => {
  it('keep every node that no variable is in', () => {
    const { before, after } = substitute('kind: ConfigMap\nmetadata: {name: x}\ndata: {a: "${name}", b: plain}\n', variablesOf('{substitute: {name: web}}'));
    assert.equal(after.get('metadata'), before.get('metadata'));
    assert.equal(scalarAt(after, 'data', 'b'), scalarAt(before, 'data', 'b'));
  });

  it('lead from a value to the entry of substitute, with the text before', () => {
    const { before, after } = substitute('kind: ConfigMap\nmetadata: {name: x}\ndata: {a: "a-${name^^}"}\n', variablesOf('{substitute: {name: web}}'));
    const node = scalarAt(after, 'data', 'a');
    assert.equal(node.value, 'a-WEB');
    assert.equal(node.source.text.slice(node.start, node.end), 'web');
    assert.deepEqual([node.step?.kind, node.step?.field], ['substitution', 'spec.postBuild.substitute.name']);
    assert.equal(node.was, scalarAt(before, 'data', 'a'));
  });

  it('lead to the data of a ConfigMap of the repository', () => {
    const { after } = substitute('kind: ConfigMap\nmetadata: {name: x}\ndata: {a: "${region}"}\n', variablesOf('{substituteFrom: [{kind: ConfigMap, name: settings}]}'));
    const node = scalarAt(after, 'data', 'a');
    assert.deepEqual([node.value, node.source, node.step?.field], ['westeurope', settings.source, 'spec.postBuild.substituteFrom[0]']);
  });

  it('lead to their own text where a default alone decides', () => {
    const { before, after } = substitute('kind: ConfigMap\nmetadata: {name: x}\ndata: {a: "${u:=d}"}\n', variablesOf('{substitute: {name: web}}'));
    const [old, node] = [scalarAt(before, 'data', 'a'), scalarAt(after, 'data', 'a')];
    assert.deepEqual([node.value, node.source, node.start, node.step?.field], ['d', old.source, old.start, 'spec.postBuild']);
  });

  it('report an undefined variable at its expression in the file', () => {
    const text = 'kind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: |\n    first\n    b ${u} c\n';
    const { problems } = substitute(text, variablesOf('{substitute: {name: web}}'));
    const [problem] = problems.list;
    assert.equal(problem?.code, 'flux/undefined-variable');
    assert.deepEqual(problem.location.range, { start: { line: 5, character: 6 }, end: { line: 5, character: 10 } });
  });

  it('show expressions that only the cluster can answer as they stand, and ask for them', () => {
    const variables = variablesOf('{substitute: {name: web}, substituteFrom: [{kind: Secret, name: cluster-vars}]}');
    const text = 'kind: ConfigMap\nmetadata: {name: "${name}"}\ndata: {a: "${domain:=example.com}"}\n';
    const { before, after, problems } = substitute(text, variables);
    assert.equal(scalarAt(after, 'data', 'a').value, '${domain:=example.com}');
    assert.equal(scalarAt(after, 'metadata', 'name').value, 'web');
    assert.deepEqual(
      problems.list.map(({ code, severity }) => [code, severity]),
      [['flux/substitution-not-fetched', 'info']],
    );
    const asked = findStandIns([before], { variables, strict: true }, new BuildCache());
    assert.deepEqual(
      asked.map(({ name, from }) => ({ name, from })),
      [{ name: 'domain', from: [{ kind: 'Secret', namespace: 'flux-system', name: 'cluster-vars' }] }],
    );
  });

  it('take the stand-ins that somebody supplied, and defaults where they say that there is nothing', () => {
    const standIns: StandIns = new Map([
      ['domain', 'shop.example.com'],
      ['other', null],
    ]);
    const { after, problems } = substitute(
      'kind: ConfigMap\nmetadata: {name: x}\ndata: {a: "${domain:=example.com}", b: "${other:=d}"}\n',
      variablesOf('{substituteFrom: [{kind: Secret, name: cluster-vars}]}', standIns),
    );
    assert.deepEqual([scalarAt(after, 'data', 'a').value, scalarAt(after, 'data', 'b').value, problems.list], ['shop.example.com', 'd', []]);
  });
});

describe('finding substitutions', () => {
  it('tells name, form, default and place of each', () => {
    const text = 'x ${a} ${b:-c ${d}} ${#e} ${f^^} ${g/x/y} ${h:1:2} ${i%%.*} $$j';
    const { uses, doubled, broken } = findSubstitutions(new SourceText('/a', text));
    assert.deepEqual(
      uses.map(({ name, form, default: given, isNested, place }) => [name, form, given, isNested, text.slice(place.start, place.end)]),
      [
        ['a', 'value', undefined, false, '${a}'],
        ['b', 'default', 'c ${d}', false, '${b:-c ${d}}'],
        ['d', 'value', undefined, true, '${d}'],
        ['e', 'length', undefined, false, '${#e}'],
        ['f', 'case', undefined, false, '${f^^}'],
        ['g', 'replace', undefined, false, '${g/x/y}'],
        ['h', 'part', undefined, false, '${h:1:2}'],
        ['i', 'trim', undefined, false, '${i%%.*}'],
      ],
    );
    assert.deepEqual(
      doubled.map(({ start }) => start),
      [text.indexOf('$$')],
    );
    assert.equal(broken, undefined);
  });

  it('tells what breaks the text, and what stands before that', () => {
    const text = 'ok ${a} $$ then ${a.b} rest';
    const { uses, broken, doubled } = findSubstitutions(new SourceText('/a', text));
    assert.equal(uses.length, 1);
    assert.equal(doubled.length, 1);
    assert(broken);
    assert.deepEqual([broken.reason, text.slice(broken.place.start, broken.place.end)], ['missing closing brace', '${a.b}']);
  });

  it('gives places in the file for a scalar', () => {
    const root = rootOf('data:\n  a: |\n    one\n    two ${b} three\n');
    const [use] = findSubstitutions(scalarAt(root, 'data', 'a')).uses;
    assert(use);
    assert.deepEqual(use.place.source.locate(use.place.start, use.place.end).range, { start: { line: 3, character: 8 }, end: { line: 3, character: 12 } });
  });

  it('gives the result of each', () => {
    const { uses } = findSubstitutions(new SourceText('/a', '${name^} ${u} ${u:=d}'));
    const variables = variablesOf('{substitute: {name: web}}');
    assert.deepEqual(
      uses.map((use) => {
        const result = resultOfSubstitution(use, variables, true);
        return result.kind === 'value' ? result.value : result.kind;
      }),
      ['Web', 'failed', 'd'],
    );
  });
});

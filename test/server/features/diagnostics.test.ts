import assert from 'node:assert/strict';
import type { Problem } from '../../../src/core/base/problem.js';
import { listNames, mergeProblems, type FoundProblems } from '../../../src/server/features/diagnostics.js';

const base = '/w/base/web.yaml';

function problem(code = 'kustomize/missing-name', path = base, line = 0): Problem {
  return { code, severity: 'error', message: 'It has no name.', location: { path, range: { start: { line, character: 0 }, end: { line, character: 4 } } } };
}

function environment(label: string, problems: readonly Problem[], dependencies: readonly string[] = [base]): FoundProblems {
  return { label, isEnvironment: true, problems, dependencies: new Set(dependencies) };
}

function messages(all: readonly FoundProblems[], isCheckedElsewhere: (path: string) => boolean = () => false): readonly string[] {
  return [...mergeProblems(all, [], { isCheckedElsewhere }).values()].flat().map(({ diagnostic }) => diagnostic.message);
}

describe('Problems of many environments', () => {
  it('are reported once, unnamed, when all that use the file have them', () => {
    assert.deepEqual(messages([environment('dev', [problem()]), environment('prod', [problem()])]), ['It has no name.']);
  });

  it('name the environments that have them when others that use the file have not', () => {
    assert.deepEqual(messages([environment('dev', [problem()]), environment('stage', []), environment('prod', [problem()])]), ['It has no name. (in dev, prod)']);
  });

  it('do not count environments that do not use the file', () => {
    assert.deepEqual(messages([environment('dev', [problem()]), environment('other', [], ['/w/else.yaml'])]), ['It has no name.']);
  });

  it('do not name a base beside the environments that build on it', () => {
    const asBase: FoundProblems = { ...environment('base', [problem()]), isEnvironment: false };
    assert.deepEqual(messages([asBase, environment('dev', [problem()]), environment('prod', [problem()])]), ['It has no name.']);
  });

  it('are one per place', () => {
    assert.equal(messages([environment('dev', [problem(), problem(undefined, base, 3)])]).length, 2);
  });

  it('leave syntax to who checks it already, and only syntax', () => {
    const all = [environment('dev', [problem('yaml/bad-indent'), problem('kustomize/duplicate-key', base, 1), problem('yaml/too-deep', base, 2), problem()])];
    const byFile = mergeProblems(all, [], { isCheckedElsewhere: (path) => path === base });
    assert.deepEqual(
      byFile.get(base)?.map(({ diagnostic }) => diagnostic.code),
      ['yaml/too-deep', 'kustomize/missing-name'],
    );
    assert.equal(mergeProblems(all, [], { isCheckedElsewhere: () => false }).get(base)?.length, 4);
  });

  it('carry their severity, code and related places', () => {
    const location = { path: '/w/base/ä.yaml', range: problem().location.range };
    const [reported] =
      mergeProblems([environment('dev', [{ ...problem(), severity: 'warning', related: [{ location, message: 'the other one' }] }])], [], { isCheckedElsewhere: () => false }).get(
        base,
      ) ?? [];
    assert.equal(reported?.diagnostic.severity, 2);
    assert.equal(reported?.diagnostic.source, 'GitOps');
    assert.equal(reported?.diagnostic.relatedInformation?.[0]?.location.uri, 'file:///w/base/%C3%A4.yaml');
  });
});

describe('A list of names', () => {
  it('is cut when it grows long', () => {
    assert.equal(listNames(['a', 'b']), 'a, b');
    assert.equal(listNames(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more');
  });
});

import assert from 'node:assert/strict';
import type { Problem } from '../../../src/core/base/problem.js';
import { SourceText } from '../../../src/core/base/source.js';
import { defaultRuleSettings } from '../../../src/core/rules/settings.js';
import { isSwitchedOff, Suppressor, type SuppressionInput } from '../../../src/core/rules/suppressions.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';

/** What of problems at lines (1-based) is left, and what is said of the comments. */
function suppress(text: string, found: readonly (readonly [code: string, line: number, severity?: Problem['severity']])[], more: Partial<SuppressionInput> = {}) {
  const source = new SourceText('/a.yaml', text);
  const parsed = parseYaml(source);
  const problems = found.map(([code, line, severity = 'warning']): Problem => {
    const start = source.lineStarts[line - 1] ?? 0;
    return { code, severity, message: 'm', location: source.locate(start, start + 1) };
  });
  const result = new Suppressor().apply(problems, (problem) => problem, { read: () => source, parse: () => parsed, files: ['/a.yaml'], ...more });
  return {
    kept: result.kept.map(({ code, location }) => `${code} ${location.range.start.line + 1}`),
    said: result.problems.map(({ code, location }) => `${code} ${location.range.start.line + 1}:${location.range.start.character}`),
  };
}

const facts = { title: 'A title', what: 'A.', why: 'B.', mend: 'C.', examples: { bad: 'a', good: 'b' }, hasFix: false } as const;

describe('suppressions', () => {
  it('hold for their own line', () =>
    assert.deepEqual(
      suppress('a: 1 # gitops-ignore x/one: why\nb: 2\n', [
        ['x/one', 1],
        ['x/one', 2],
        ['x/two', 1],
      ]),
      { kept: ['x/one 2', 'x/two 1'], said: [] },
    ));

  it('hold for the next line where they stand alone, also above another comment', () =>
    assert.deepEqual(
      suppress('# gitops-ignore x/one: why\n# about a\na: 1\nb: 2\n', [
        ['x/one', 3],
        ['x/one', 4],
      ]),
      { kept: ['x/one 4'], said: [] },
    ));

  it('hold for a whole file', () =>
    assert.deepEqual(
      suppress('# gitops-ignore-file x/one: why\na: 1\nb: 2\n', [
        ['x/one', 2],
        ['x/one', 3],
      ]),
      { kept: [], said: [] },
    ));

  it('name several codes, or a group', () => {
    assert.deepEqual(
      suppress('a: 1 # gitops-ignore x/one, x/two: why\n', [
        ['x/one', 1],
        ['x/two', 1],
      ]),
      { kept: [], said: [] },
    );
    assert.deepEqual(
      suppress('a: 1 # gitops-ignore x: why\n', [
        ['x/one', 1],
        ['y/one', 1],
      ]),
      { kept: ['y/one 1'], said: [] },
    );
  });

  it('work on warnings of the renderers, and not on errors', () =>
    assert.deepEqual(
      suppress('a: 1 # gitops-ignore kustomize: why\n', [
        ['kustomize/image-matches-nothing', 1],
        ['kustomize/missing-file', 1, 'error'],
      ]),
      {
        kept: ['kustomize/missing-file 1'],
        said: [],
      },
    ));

  it('are asked for their reason', () => assert.deepEqual(suppress('a: 1 # gitops-ignore x/one\n', [['x/one', 1]]), { kept: [], said: ['rules/suppression-without-reason 1:5'] }));

  it('are reported where they take nothing away, name by name', () => {
    assert.deepEqual(suppress('a: 1 # gitops-ignore x/one, x/two: why\n', [['x/two', 1]]), { kept: [], said: ['rules/unused-suppression 1:21'] });
    assert.deepEqual(suppress('a: 1 # gitops-ignore x/one: why\n', [], { isUnchecked: (name) => name === 'x/one' }), { kept: [], said: [] });
  });

  it('work within a text, where they may only look like a comment', () =>
    assert.deepEqual(suppress('patch: |\n  a: 1 # gitops-ignore x/one: why\n  b: 2 # gitops-ignore x/one: why\n', [['x/one', 2]]), { kept: [], said: [] }));
});

describe('isSwitchedOff', () => {
  it('holds where every rule of the name is off, and never for codes of no rule', () => {
    const rule = (id: string, severity: 'warning' | 'off') => ({ ...facts, id, severity, scope: 'environment', check: () => undefined }) as const;
    const rules = [rule('x/one', 'off'), rule('x/two', 'warning')];
    const answers = ['x/one', 'x/two', 'x', 'kustomize/image-matches-nothing'].map((name) => isSwitchedOff(name, rules, defaultRuleSettings));
    assert.deepEqual(answers, [true, false, false, false]);
  });
});

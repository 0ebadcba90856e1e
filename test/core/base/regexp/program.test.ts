import assert from 'node:assert/strict';
import { compilePattern } from '../../../../src/core/base/regexp/program.js';

function matches(pattern: string, text: string): boolean | undefined {
  const compiled = compilePattern(pattern);
  assert.ok(!('failure' in compiled), `${pattern}: ${'failure' in compiled ? compiled.failure : ''}`);
  return compiled.matches(text);
}

/** Patterns in Go's syntax with texts that they match and texts that they don't, as Go's regexp package says. */
const patterns: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
  ['^(?:web)$', ['web'], ['webs', 'aweb', '', 'web\n']],
  ['^(?:web|api)-v[0-9]+$', ['web-v1', 'api-v20'], ['web-v', 'job-v1']],
  ['^(?i)DEPLOY.*$', ['Deployment', 'deploy'], ['Job']],
  ['^(?:(?i:a)b)$', ['ab', 'Ab'], ['aB']],
  ['^a{2,3}$', ['aa', 'aaa'], ['a', 'aaaa']],
  ['^a{,2}$', ['a{,2}'], ['a']],
  ['^[^a-c\\d]$', ['x', '-'], ['b', '5']],
  ['^[]a-]+$', [']a-'], ['b']],
  ['^[[:alpha:]_]+$', ['aZ_'], ['a1']],
  ['^\\p{Greek}\\P{L}$', ['α1'], ['a1', 'αb']],
  ['^\\Qa.b\\E+$', ['a.b', 'a.bb'], ['axb']],
  ['\\bapi\\b', ['the-api-1', 'api'], ['apis']],
  ['^a.b$', ['axb', 'aéb'], ['a\nb']],
  ['(?s)^a.b$', ['a\nb'], []],
  ['(?m)^b$', ['a\nb\nc'], ['abc']],
  ['\\Aa\\z', ['a'], ['a\n', 'ba']],
  ['^\\x41\\x{42}\\103$', ['ABC'], ['ABc']],
  ['^(a|b)*?c??$', ['', 'abba', 'abc'], ['cc']],
  ['^(?P<name>a)(?<other>b)$', ['ab'], ['a']],
  ['', ['', 'anything'], []],
];

describe('compilePattern', () => {
  for (const [pattern, yes, no] of patterns) {
    it(`matches as Go does: ${pattern}`, () => {
      for (const text of yes) assert.equal(matches(pattern, text), true, text);
      for (const text of no) assert.equal(matches(pattern, text), false, text);
    });
  }

  it('refuses what Go refuses', () => {
    for (const pattern of [
      'a(',
      'a)',
      '[a',
      '[b-a]',
      '*a',
      'a**',
      '(|*)',
      '\\1',
      '\\Z',
      '\\C',
      '(?=a)',
      '(?P=a)',
      '[[:none:]]',
      '\\p{None}',
      'a{1001}',
      '(a{50}){50}',
      'a{3,2}',
      '\\',
      '(?P<a-b>x)',
    ]) {
      assert.ok('failure' in compilePattern(pattern), pattern);
    }
  });

  it('takes patterns that drive a backtracking engine out of its mind', () => {
    assert.equal(matches('^(a+)+$', `${'a'.repeat(5000)}b`), false);
    assert.equal(matches('^(a|a|a?)*$', `${'a'.repeat(5000)}b`), false);
    assert.equal(matches(`^${'a?'.repeat(200)}${'a'.repeat(200)}$`, 'a'.repeat(200)), true);
  }).timeout(3000);

  it('does not try what is too large, and says so', () => {
    assert.equal(matches('^(a{30}){30}$', 'a'.repeat(100_000)), undefined);
    assert.ok('failure' in compilePattern('(x{1000})'.repeat(200)));
    assert.ok('failure' in compilePattern('('.repeat(20_000)));
  });
});

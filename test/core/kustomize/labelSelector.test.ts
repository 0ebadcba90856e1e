import assert from 'node:assert/strict';
import { matchesLabels, parseLabelSelector } from '../../../src/core/kustomize/labelSelector.js';

function selects(selector: string, labels: Readonly<Record<string, string>>): boolean {
  const parsed = parseLabelSelector(selector);
  assert.ok(!('failure' in parsed), selector);
  return matchesLabels(parsed, new Map(Object.entries(labels)));
}

const web = { app: 'web', tier: 'front', empty: '', size: '10', 'example.com/team': 'a' };

describe('parseLabelSelector', () => {
  it('selects everything with an empty text', () => {
    assert.ok(selects('', web));
    assert.ok(selects('  ', {}));
  });

  for (const selector of [
    'app=web',
    'app==web',
    'app!=api',
    'none!=x',
    'app',
    '!none',
    'app in (api,web)',
    'tier notin (back)',
    'none notin (a)',
    'size>9',
    'size<11',
    'example.com/team=a',
    'app=web,tier=front',
    'empty=',
    'empty in ()',
    'empty in (,)',
    'app in (web,,x)',
    ' app = web , !none ',
    'in!=x',
    'empty=,app',
  ])
    it(`selects with ${selector}`, () => assert.ok(selects(selector, web)));

  for (const selector of [
    'app=api',
    'app!=web',
    'none=x',
    'none',
    '!app',
    'app in (api)',
    'app notin (web)',
    'size>10',
    'app>1',
    'none<1',
    'app=web,none',
    'app=',
    'app notin (x,web)',
  ]) {
    it(`does not select with ${selector}`, () => assert.ok(!selects(selector, web)));
  }

  for (const selector of [
    '=a',
    'a=b=c',
    'a in b',
    'a in (b',
    'a,',
    ',a',
    'a b',
    '!a=b',
    '-a',
    'a/b/c',
    'a=-b',
    'a>x',
    'a in (b c)',
    'a in ((b))',
    'A_/b',
    'a==!b',
    `${'a'.repeat(64)}`,
  ]) {
    it(`refuses ${selector}`, () => assert.ok('failure' in parseLabelSelector(selector)));
  }
});

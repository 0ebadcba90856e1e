/** What holds for every rule. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { MemoryTree } from '../../../src/core/base/fileTree.js';
import { allRules } from '../../../src/core/rules/allRules.js';
import { findingsOf } from '../../support/rules/checkRule.js';
import { readMarks } from '../../support/rules/markedFixture.js';
import { projectFolder } from '../../support/projectFolder.js';

describe('the rules', () => {
  it('have ids of their own, each in the form group/kebab-case', () => {
    const ids = allRules.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
    for (const id of ids) assert.match(id, /^[a-z]+\/[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  it('say in whole sentences what they find, why, and what to do', () => {
    for (const { id, title, what, why, mend, examples } of allRules) {
      for (const text of [what, why, mend]) assert.match(text, /^[A-Z`'"$&.][^]*[.`:]$/, id);
      assert.match(title, /^[^.]+$/, id);
      assert.ok(examples.bad.trim() !== '' && examples.good.trim() !== '', id);
    }
  });

  it('have a test each', () => {
    const tests = fs
      .readdirSync(path.join(projectFolder, 'test', 'core', 'rules'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && name !== 'allRules.test.ts')
      .map((name) => fs.readFileSync(path.join(projectFolder, 'test', 'core', 'rules', name), 'utf8'))
      .join('\n');
    const untested = allRules.filter(({ id }) => !tests.includes(`'${id}'`));
    assert.deepEqual(
      untested.map(({ id }) => id),
      [],
    );
  });

  describe('with examples that are whole workspaces', () => {
    for (const rule of allRules) {
      const { bad, good } = rule.examples;
      if (!bad.startsWith('#- ') || !good.startsWith('#- ')) continue;
      it(`${rule.id} finds the bad example and is quiet on the good one`, () => {
        const find = (example: string): number => findingsOf([rule], new MemoryTree(Object.fromEntries(readMarks(example).files))).length;
        assert.deepEqual({ bad: find(bad) > 0, good: find(good) }, { bad: true, good: 0 });
      });
    }
  });
});

import assert from 'node:assert/strict';
import { findReplacement } from '../../../src/server/preview/textEdit.js';

function apply(before: string, after: string): string {
  const edit = findReplacement(before, after);
  return edit ? before.slice(0, edit.start) + edit.text + before.slice(edit.end) : before;
}

describe('The edit from one text to another', () => {
  it('is nothing for equal texts', () => {
    assert.equal(findReplacement('a: 1\n', 'a: 1\n'), undefined);
  });

  it('replaces only what differs', () => {
    assert.deepEqual(findReplacement('image: web:1.0\nreplicas: 1\n', 'image: web:2.0\nreplicas: 1\n'), { start: 11, end: 12, text: '2' });
  });

  it('does not overlap where the texts repeat', () => {
    assert.deepEqual(findReplacement('aaa', 'aaaa'), { start: 3, end: 3, text: 'a' });
    assert.deepEqual(findReplacement('aaaa', 'aa'), { start: 2, end: 4, text: '' });
  });

  it('leads from any text to any other, without cutting a character in two', () => {
    const words = ['', 'a', 'ab\n', '😀', '😁', '😀x', 'y😁', '- a\n- b\n', '- a\n- 😀\n- b\n'];
    for (const before of words) {
      for (const after of words) {
        assert.equal(apply(before, after), after);
        const edit = findReplacement(before, after);
        if (edit) for (const text of [edit.text, before.slice(0, edit.start), before.slice(edit.end)]) assert.doesNotMatch(text, /\p{Surrogate}/u, `${before} -> ${after}`);
      }
    }
  });
});

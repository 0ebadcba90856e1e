import assert from 'node:assert/strict';
import { MemoryTree } from '../../src/core/base/fileTree.js';
import type { Problem } from '../../src/core/base/problem.js';
import { applyFixes } from '../../src/services/applyFixes.js';

describe('applying fixes', () => {
  const tree = new MemoryTree({ '/a.yaml': 'one: 1\ntwo: 2\n', '/b.yaml': 'three: 3\n', '/c.yaml': new Uint8Array([0x61, 0xff]) });

  /** A problem whose fix replaces the given texts, each in its file. */
  function fixing(changes: readonly (readonly [path: string, text: string, newText: string])[], code = 'kustomize/duplicate-key'): Problem {
    const located = changes.map(([path, text, newText]) => {
      const source = tree.read(path)!;
      const start = source.text.indexOf(text);
      return { location: source.locate(start, start + text.length), newText };
    });
    return { code, severity: 'warning', message: '', location: located[0]!.location, fix: { title: 'Fix', changes: located } };
  }

  it('changes all the places of all fixes', () => {
    const { texts, fixes } = applyFixes(
      [
        fixing([
          ['/a.yaml', '1', '10'],
          ['/b.yaml', '3', '30'],
        ]),
        fixing([['/a.yaml', '2', '20']]),
      ],
      tree,
    );
    assert.deepEqual(
      [fixes, [...texts]],
      [
        2,
        [
          ['/a.yaml', 'one: 10\ntwo: 20\n'],
          ['/b.yaml', 'three: 30\n'],
        ],
      ],
    );
  });

  it('applies the same fix once, and of two that meet only the first, whole', () => {
    const same = fixing([['/a.yaml', '1', '10']]);
    const meeting = fixing([
      ['/b.yaml', '3', '30'],
      ['/a.yaml', 'one: 1', 'x'],
    ]);
    const { texts, fixes } = applyFixes([same, same, meeting], tree);
    assert.deepEqual([fixes, [...texts]], [1, [['/a.yaml', 'one: 10\ntwo: 2\n']]]);
  });

  it('leaves guesses to the author', () => {
    assert.equal(applyFixes([fixing([['/a.yaml', 'one', 'once']], 'kustomize/unknown-field')], tree).fixes, 0);
  });

  it('leaves files alone that it could not write back as they are', () => {
    assert.equal(applyFixes([fixing([['/c.yaml', 'a', 'b']])], tree).fixes, 0);
  });
});

/** What holds of every rendering, whatever came in: it is refused with an error or not at all, and each problem has a code, words and a place. */
import assert from 'node:assert/strict';
import type { FileTree } from '../../src/core/base/fileTree.js';
import type { Rendering } from '../../src/core/objects/rendering.js';

export function checkProblems({ ok, problems }: Rendering, tree: FileTree): void {
  const errors = problems.filter((problem) => problem.severity === 'error');
  assert.equal(ok, errors.length === 0, ok ? `ok with ${errors[0]?.code ?? ''}` : 'refused without an error');
  for (const { code, message, location } of problems) {
    assert.match(code, /^[a-z]+\/[a-z0-9-]+$/);
    assert.notEqual(message, '');
    const { start, end } = location.range;
    assert.ok(start.line < end.line || (start.line === end.line && start.character <= end.character), `${code} ends before it begins`);
    const source = tree.read(location.path);
    if (source) assert.ok(end.line < source.lineStarts.length, `${code} lies beyond the end of ${location.path}`);
  }
}

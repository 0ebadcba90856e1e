import assert from 'node:assert/strict';
import { keepSame } from '../../../src/core/rules/keepSame.js';

class Node {
  constructor(readonly value: string) {}
}

describe('keepSame', () => {
  const node = new Node('a');
  const make = (of: Node, number = 1): unknown => ({ list: [1, 'a', undefined, Number.NaN], set: new Set(['x']), map: new Map([['k', [of]]]), number });

  it('keeps what says the same in plain data', () => {
    const before = make(node);
    assert.equal(keepSame(make(node), before), before);
  });

  it('takes what differs, be it in one object of a class that is another one', () => {
    const before = make(node);
    for (const now of [make(node, 2), make(new Node('a')), { ...(make(node) as object), more: undefined }, [], null, 'a']) assert.equal(keepSame(now, before), now);
  });
});

import assert from 'node:assert/strict';
import { firstCard, moveInGrid, type GridShape } from '../../../src/webview/board/grid.js';

//               dev stage prod
const shape: GridShape = [
  [1, 2, 1],
  [0, 1, 0],
  [1, 0, 1],
];

/** `row column index` after a key, from there. */
function move(from: string, key: string, isControl = false): string | undefined {
  const [row = 0, column = 0, index = 0] = from.split(' ').map(Number);
  const to = moveInGrid(shape, { row, column, index }, key, isControl);
  return to && `${to.row} ${to.column} ${to.index}`;
}

describe('keys on the board', () => {
  it('lead along a row, over empty cells', () => {
    assert.equal(move('0 0 0', 'ArrowRight'), '0 1 0');
    assert.equal(move('2 0 0', 'ArrowRight'), '2 2 0');
    assert.equal(move('2 2 0', 'ArrowLeft'), '2 0 0');
    assert.equal(move('0 2 0', 'ArrowRight'), undefined);
  });

  it('lead through the cards of a cell before they lead to the next row', () => {
    assert.equal(move('0 1 0', 'ArrowDown'), '0 1 1');
    assert.equal(move('0 1 1', 'ArrowDown'), '1 1 0');
    assert.equal(move('1 1 0', 'ArrowUp'), '0 1 1');
  });

  it('enter a row at the nearest card where it has none in the column', () => {
    assert.equal(move('0 0 0', 'ArrowDown'), '1 1 0');
    assert.equal(move('1 1 0', 'ArrowDown'), '2 0 0');
    assert.equal(move('2 0 0', 'ArrowDown'), undefined);
  });

  it('lead to the ends of a row, and with Ctrl to those of the board', () => {
    assert.equal(move('0 1 1', 'Home'), '0 0 0');
    assert.equal(move('0 0 0', 'End'), '0 2 0');
    assert.equal(move('2 2 0', 'Home', true), '0 0 0');
    assert.equal(move('0 0 0', 'End', true), '2 2 0');
  });

  it('begin at the first card, and nowhere on an empty board', () => {
    assert.deepEqual(firstCard(shape), { row: 0, column: 0, index: 0 });
    assert.equal(firstCard([[0, 0]]), undefined);
    assert.equal(move('0 0 0', 'x'), undefined);
  });
});

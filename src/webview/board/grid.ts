/**
 * Moving over the board with the keyboard. The board is rows of cells, and a cell holds any number of cards; only cards
 * take the focus, so a key goes to the next card in its direction and skips empty cells.
 */

/** How many cards stand in each cell, by row and column. */
export type GridShape = readonly (readonly number[])[];

/** A card: the `index`-th of its cell. All 0-based. */
export interface GridPosition {
  readonly row: number;
  readonly column: number;
  readonly index: number;
}

/** Where a key leads from a card; undefined for a key that leads nowhere, or none of ours. */
export function moveInGrid(shape: GridShape, from: GridPosition, key: string, isControl: boolean): GridPosition | undefined {
  switch (key) {
    case 'ArrowRight':
      return alongRow(shape, from, 1);
    case 'ArrowLeft':
      return alongRow(shape, from, -1);
    case 'ArrowDown':
      return acrossRows(shape, from, 1);
    case 'ArrowUp':
      return acrossRows(shape, from, -1);
    case 'Home':
      return isControl ? firstCard(shape) : edgeOfRow(shape, from.row, 'first');
    case 'End':
      return isControl ? lastCard(shape) : edgeOfRow(shape, from.row, 'last');
    default:
      return undefined;
  }
}

/** The first card of the board; undefined where there is none. */
export function firstCard(shape: GridShape): GridPosition | undefined {
  return shape.map((_, row) => edgeOfRow(shape, row, 'first')).find((card) => card !== undefined);
}

function lastCard(shape: GridShape): GridPosition | undefined {
  return shape.map((_, row) => edgeOfRow(shape, row, 'last')).findLast((card) => card !== undefined);
}

function edgeOfRow(shape: GridShape, row: number, edge: 'first' | 'last'): GridPosition | undefined {
  const columns = filledColumns(shape, row);
  const column = edge === 'first' ? columns[0] : columns.at(-1);
  return column === undefined ? undefined : { row, column, index: edge === 'first' ? 0 : countAt(shape, row, column) - 1 };
}

function alongRow(shape: GridShape, { row, column, index }: GridPosition, step: 1 | -1): GridPosition | undefined {
  const columns = filledColumns(shape, row);
  const next = step === 1 ? columns.find((each) => each > column) : columns.findLast((each) => each < column);
  return next === undefined ? undefined : { row, column: next, index: Math.min(index, countAt(shape, row, next) - 1) };
}

function acrossRows(shape: GridShape, { row, column, index }: GridPosition, step: 1 | -1): GridPosition | undefined {
  if (index + step >= 0 && index + step < countAt(shape, row, column)) return { row, column, index: index + step };
  for (let next = row + step; next >= 0 && next < shape.length; next += step) {
    // A row without a card in this column is entered at the nearest one that it has.
    const nearest = [...filledColumns(shape, next)].sort((a, b) => Math.abs(a - column) - Math.abs(b - column))[0];
    if (nearest !== undefined) return { row: next, column: nearest, index: step === 1 ? 0 : countAt(shape, next, nearest) - 1 };
  }
  return undefined;
}

function filledColumns(shape: GridShape, row: number): readonly number[] {
  return (shape[row] ?? []).flatMap((count, column) => (count > 0 ? [column] : []));
}

function countAt(shape: GridShape, row: number, column: number): number {
  return shape[row]?.[column] ?? 0;
}

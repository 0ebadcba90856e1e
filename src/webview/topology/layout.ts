/**
 * Where the nodes of the topology stand: columns by kind in the order of the flow, and within a column such that edges
 * cross little. An edge over several columns gets a lane of its own in each, so that it runs between nodes and not behind
 * them. Pure, so that the page only draws.
 */
import type { Topology, TopologyEdge, TopologyKind, TopologyNode } from '../../server/deliveryProtocol.js';

export const kindTitles: Readonly<Record<TopologyKind, string>> = {
  event: 'Event',
  build: 'Build',
  registry: 'Registry',
  automation: 'Automation',
  source: 'Source',
  operator: 'Operator',
  environment: 'Environment',
  cluster: 'Cluster',
};

const kindOrder: readonly TopologyKind[] = ['event', 'build', 'registry', 'automation', 'source', 'operator', 'environment', 'cluster'];

/** In CSS pixels. Nodes are as wide as the columns leave room for, within bounds. */
export const sizes = { narrowest: 164, widest: 230, nodeHeight: 46, laneHeight: 6, columnGap: 28, rowGap: 14, margin: 16, headHeight: 34 } as const;

export interface PlacedNode {
  readonly node: TopologyNode;
  readonly column: number;
  readonly row: number;
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly edge: TopologyEdge;
  /** An SVG path. */
  readonly path: string;
}

export interface TopologyLayout {
  readonly columns: readonly { readonly kind: TopologyKind; readonly x: number }[];
  /** By column, then from the top. */
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
  readonly nodeWidth: number;
}

/** A name by its end, which tells it from its neighbors: `…/overlays/prod`, `… orders-prod`. One without parts stays whole. `room`: in characters. */
export function shortLabel(label: string, room: number): string {
  if (label.length <= room) return label;
  const starts = [...label.matchAll(/[/ ]/g)].map(({ index }) => index);
  const start = starts.find((each) => label.length - each + 1 <= room) ?? starts.at(-1);
  return start === undefined ? label : `…${label.slice(start)}`;
}

/** Lays out the nodes, and the edges of which both ends are there; within `room` pixels of width, if that is possible. */
export function layoutTopology({ nodes, edges }: Topology, room: number): TopologyLayout {
  const kinds = kindOrder.filter((kind) => nodes.some((node) => node.kind === kind));
  const share = Math.floor((room - 2 * sizes.margin + sizes.columnGap) / Math.max(1, kinds.length)) - sizes.columnGap;
  const nodeWidth = Math.min(sizes.widest, Math.max(sizes.narrowest, share));
  const columnOf = new Map(nodes.map(({ id, kind }) => [id, kinds.indexOf(kind)]));
  const ways = edges.flatMap((edge) => makeWay(edge, columnOf) ?? []);
  const lanes = ways.flatMap(({ stops }) => stops.slice(1, -1));
  const columns = orderColumns(
    kinds.map((_, column) => [
      ...nodes.filter(({ id }) => columnOf.get(id) === column).map(({ id }): Slot => ({ id, column, height: sizes.nodeHeight })),
      ...lanes.filter((lane) => lane.column === column),
    ]),
    ways,
  );
  const xOf = (column: number): number => sizes.margin + column * (nodeWidth + sizes.columnGap);
  const heights = columns.map((column) => column.reduce((sum, { height }) => sum + height + sizes.rowGap, -sizes.rowGap));
  const tallest = Math.max(0, ...heights);
  const middles = new Map(columns.flatMap((column, index) => middlesOf(column, sizes.headHeight + sizes.margin + (tallest - (heights[index] ?? 0)) / 2)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const placed = columns.flatMap((column, index) => {
    const real = column.flatMap(({ id }) => byId.get(id) ?? []);
    return real.map((node, row): PlacedNode => ({ node, column: index, row, x: xOf(index), y: (middles.get(node.id) ?? 0) - sizes.nodeHeight / 2 }));
  });
  return {
    columns: kinds.map((kind, index) => ({ kind, x: xOf(index) })),
    nodes: placed,
    edges: ways.map(({ edge, stops }) => ({
      edge,
      path: pathThrough(stops.map(({ id, column }) => ({ left: xOf(column), right: xOf(column) + nodeWidth, y: middles.get(id) ?? 0, column }))),
    })),
    width: Math.max(0, xOf(kinds.length) - sizes.columnGap + sizes.margin),
    height: sizes.headHeight + 2 * sizes.margin + tallest,
    nodeWidth,
  };
}

/** A place in a column: a node, or the lane of an edge that passes. */
interface Slot {
  readonly id: string;
  readonly column: number;
  readonly height: number;
}

/** An edge with every slot that it passes, both ends included. */
interface Way {
  readonly edge: TopologyEdge;
  readonly stops: readonly Slot[];
}

function makeWay(edge: TopologyEdge, columnOf: ReadonlyMap<string, number>): Way | undefined {
  const [from, to] = [columnOf.get(edge.from), columnOf.get(edge.to)];
  if (from === undefined || to === undefined) return undefined;
  const between = Array.from({ length: Math.max(0, to - from - 1) }, (_, index): Slot => ({
    id: `${edge.from} > ${edge.to} ${index}`,
    column: from + 1 + index,
    height: sizes.laneHeight,
  }));
  return { edge, stops: [{ id: edge.from, column: from, height: sizes.nodeHeight }, ...between, { id: edge.to, column: to, height: sizes.nodeHeight }] };
}

function middlesOf(column: readonly Slot[], top: number): readonly (readonly [id: string, middle: number])[] {
  return column.map(({ id, height }, index) => {
    const above = column.slice(0, index).reduce((sum, slot) => sum + slot.height + sizes.rowGap, 0);
    return [id, top + above + height / 2];
  });
}

/** Passes forth and back over the columns, each putting every slot beside the middle of those before it. */
const sweeps = 8;

/** The order with the fewest crossings that the sweeps come by. */
function orderColumns(columns: readonly (readonly Slot[])[], ways: readonly Way[]): readonly (readonly Slot[])[] {
  const steps = ways.flatMap(({ stops }) =>
    stops.slice(1).flatMap((to, index) => (to.column === (stops[index]?.column ?? 0) + 1 ? [{ from: stops[index]?.id ?? '', to: to.id, column: to.column }] : [])),
  );
  const before = groupBy(
    steps,
    ({ to }) => to,
    ({ from }) => from,
  );
  const after = groupBy(
    steps,
    ({ from }) => from,
    ({ to }) => to,
  );
  const sweep = (order: readonly (readonly Slot[])[], isForth: boolean): readonly (readonly Slot[])[] => {
    const next = [...order];
    const indices = isForth ? [...next.keys()].slice(1) : [...next.keys()].reverse().slice(1);
    for (const index of indices) {
      const neighborhood = new Map((next[isForth ? index - 1 : index + 1] ?? []).map(({ id }, row) => [id, row]));
      next[index] = sortByNeighbors(next[index] ?? [], isForth ? before : after, neighborhood);
    }
    return next;
  };
  const seen = [columns];
  for (let count = 0; count < sweeps; count++) seen.push(sweep(seen.at(-1) ?? columns, count % 2 === 0));
  const counted = seen.map((order) => ({ order, crossings: countCrossings(order, steps) }));
  return counted.reduce((best, each) => (each.crossings < best.crossings ? each : best)).order;
}

interface Step {
  readonly from: string;
  readonly to: string;
  /** Of its end. */
  readonly column: number;
}

function groupBy(steps: readonly Step[], keyOf: (step: Step) => string, valueOf: (step: Step) => string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const step of steps) groups.set(keyOf(step), [...(groups.get(keyOf(step)) ?? []), valueOf(step)]);
  return groups;
}

/** Slots without a neighbor keep their place as far as the others let them. */
function sortByNeighbors(column: readonly Slot[], neighbors: ReadonlyMap<string, readonly string[]>, rows: ReadonlyMap<string, number>): readonly Slot[] {
  const scale = rows.size / Math.max(1, column.length);
  const wished = column.map((slot, row) => {
    const found = (neighbors.get(slot.id) ?? []).flatMap((id) => rows.get(id) ?? []);
    return { slot, at: found.length > 0 ? found.reduce((sum, each) => sum + each, 0) / found.length : row * scale };
  });
  return wished.sort((a, b) => a.at - b.at).map(({ slot }) => slot);
}

function countCrossings(order: readonly (readonly Slot[])[], steps: readonly Step[]): number {
  const rows = new Map(order.flatMap((column) => column.map(({ id }, row) => [id, row] as const)));
  const drawn = steps.map(({ from, to, column }) => ({ column, from: rows.get(from) ?? 0, to: rows.get(to) ?? 0 }));
  return drawn.reduce((sum, a, index) => sum + drawn.slice(index + 1).filter((b) => a.column === b.column && (a.from - b.from) * (a.to - b.to) < 0).length, 0);
}

/** A slot with the sides of its column. */
interface Stop {
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly column: number;
}

function pathThrough(stops: readonly Stop[]): string {
  const [first, last] = [stops[0], stops.at(-1)];
  if (!first || !last) return '';
  // Against the flow, or within a column: around the right sides.
  if (last.column <= first.column) {
    const out = Math.max(first.right, last.right) + sizes.columnGap / 2;
    return `M${first.right} ${first.y}C${out} ${first.y} ${out} ${last.y} ${last.right} ${last.y}`;
  }
  const curves = stops.slice(1).map((stop, index) => {
    const from = stops[index] ?? first;
    const bend = (stop.left - from.right) / 2;
    const curve = `C${from.right + bend} ${from.y} ${stop.left - bend} ${stop.y} ${stop.left} ${stop.y}`;
    // Along the lane, to the other side of the column.
    return stop === last ? curve : `${curve}H${stop.right}`;
  });
  return `M${first.right} ${first.y}${curves.join('')}`;
}

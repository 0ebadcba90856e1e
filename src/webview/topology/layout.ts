/**
 * Where the nodes of the topology stand: columns by kind in the order of the flow, and within a column such that edges
 * cross little. Pure, so that the page only draws. Edges run from the right side of a node to the left side of another.
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

/** In CSS pixels. */
export const sizes = { nodeWidth: 204, nodeHeight: 46, columnGap: 52, rowGap: 14, margin: 16, headHeight: 34 } as const;

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
}

/** As many characters as a node has room for. */
const labelRoom = 19;

/** A path or an image by its end, which tells it from its neighbors: `…/overlays/prod`. */
export function shortLabel(label: string): string {
  if (label.length <= labelRoom || !label.includes('/')) return label;
  const parts = label.split('/');
  const from = parts.findIndex((_, index) => index > 0 && parts.slice(index).join('/').length + 2 <= labelRoom);
  return from < 0 ? `…/${parts.at(-1) ?? ''}` : `…/${parts.slice(from).join('/')}`;
}

/** Lays out the nodes, and the edges of which both ends are there. */
export function layoutTopology({ nodes, edges }: Topology): TopologyLayout {
  const kinds = kindOrder.filter((kind) => nodes.some((node) => node.kind === kind));
  const columns = orderColumns(
    kinds.map((kind) => nodes.filter((node) => node.kind === kind)),
    edges,
  );
  const tallest = Math.max(0, ...columns.map(({ length }) => length));
  const step = sizes.nodeHeight + sizes.rowGap;
  const xOf = (column: number): number => sizes.margin + column * (sizes.nodeWidth + sizes.columnGap);
  const placed = columns.flatMap((column, index) => {
    const top = sizes.headHeight + sizes.margin + ((tallest - column.length) * step) / 2;
    return column.map((node, row): PlacedNode => ({ node, column: index, row, x: xOf(index), y: top + row * step }));
  });
  const places = new Map(placed.map((each) => [each.node.id, each]));
  const drawn = edges.flatMap((edge) => {
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    return from && to ? [{ edge, path: pathBetween(from, to) }] : [];
  });
  return {
    columns: kinds.map((kind, index) => ({ kind, x: xOf(index) })),
    nodes: placed,
    edges: drawn,
    width: xOf(kinds.length) - sizes.columnGap + sizes.margin,
    height: sizes.headHeight + 2 * sizes.margin + Math.max(0, tallest * step - sizes.rowGap),
  };
}

/** Passes forth and back over the columns that put each node beside the middle of its neighbors. */
const sweeps = 4;

function orderColumns(columns: readonly (readonly TopologyNode[])[], edges: readonly TopologyEdge[]): readonly (readonly TopologyNode[])[] {
  const neighbors = new Map<string, string[]>();
  const join = (from: string, to: string): void => void neighbors.set(from, [...(neighbors.get(from) ?? []), to]);
  for (const { from, to } of edges) {
    join(from, to);
    join(to, from);
  }
  const ordered = columns.map((column) => [...column]);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const indices = [...ordered.keys()];
    for (const index of sweep % 2 === 0 ? indices : indices.reverse()) {
      const heights = new Map(ordered.flatMap((column, at) => (at === index ? [] : column.map(({ id }, row) => [id, (row + 0.5) / column.length] as const))));
      const wished = new Map(
        ordered[index]?.map(({ id }, row) => [id, middle((neighbors.get(id) ?? []).flatMap((other) => heights.get(other) ?? [])) ?? (row + 0.5) / (ordered[index]?.length ?? 1)]),
      );
      ordered[index]?.sort((a, b) => (wished.get(a.id) ?? 0) - (wished.get(b.id) ?? 0));
    }
  }
  return ordered;
}

function middle(heights: readonly number[]): number | undefined {
  return heights.length === 0 ? undefined : heights.reduce((sum, height) => sum + height, 0) / heights.length;
}

function pathBetween(from: PlacedNode, to: PlacedNode): string {
  const [y1, y2] = [from.y + sizes.nodeHeight / 2, to.y + sizes.nodeHeight / 2];
  // Against the flow, or within a column: around the right sides.
  if (to.column <= from.column) {
    const [x1, x2] = [from.x + sizes.nodeWidth, to.x + sizes.nodeWidth];
    const out = Math.max(x1, x2) + sizes.columnGap / 2;
    return `M${x1} ${y1}C${out} ${y1} ${out} ${y2} ${x2} ${y2}`;
  }
  const [x1, x2] = [from.x + sizes.nodeWidth, to.x];
  // A bend only in the gap before the target: further columns are crossed in a straight line between their nodes.
  const bend = Math.min((x2 - x1) / 2, sizes.columnGap);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

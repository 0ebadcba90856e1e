/** Questions about the graph of a topology: what leads to a node, what it leads to, and the whole in words. */
import type { Topology, TopologyNode } from '../../server/deliveryProtocol.js';

/** The nodes on a way through `ids`, with those themselves: what comes before them and what comes after, not what is merely beside. */
export function onTheWay({ edges }: Topology, ids: ReadonlySet<string>): ReadonlySet<string> {
  const forth = new Map<string, string[]>();
  const back = new Map<string, string[]>();
  for (const { from, to } of edges) {
    forth.set(from, [...(forth.get(from) ?? []), to]);
    back.set(to, [...(back.get(to) ?? []), from]);
  }
  return new Set([...reach(ids, forth), ...reach(ids, back)]);
}

function reach(ids: ReadonlySet<string>, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set(ids);
  const queue = [...ids];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const other of next.get(id) ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      queue.push(other);
    }
  }
  return seen;
}

/** The part of a topology that has to do with nodes in which every word of `text` occurs; the whole for no word. */
export function filterTopology(topology: Topology, text: string): Topology {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return topology;
  const matches = ({ label, detail, kind }: TopologyNode): boolean => {
    const searched = `${label}\n${detail}\n${kind}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  };
  const kept = onTheWay(topology, new Set(topology.nodes.filter(matches).map(({ id }) => id)));
  return { nodes: topology.nodes.filter(({ id }) => kept.has(id)), edges: topology.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)) };
}

/** `orders-api build. From: push to orders. To: ghcr.io/tidepool.`: what the picture shows of a node, in words. */
export function describeNode({ nodes, edges }: Topology, node: TopologyNode): string {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]));
  const name = (id: string, words: string): string => `${labels.get(id) ?? ''}${words === '' ? '' : ` (${words})`}`;
  const before = edges.filter(({ to }) => to === node.id).map(({ from, label }) => name(from, label));
  const after = edges.filter(({ from }) => from === node.id).map(({ to, label }) => name(to, label));
  return [
    `${node.label}, ${node.kind}${node.detail === '' ? '' : `, ${node.detail}`}`,
    before.length > 0 ? `From ${before.join(', ')}` : '',
    after.length > 0 ? `To ${after.join(', ')}` : '',
    node.place ? `Opens ${node.place.label}` : '',
  ]
    .filter((part) => part !== '')
    .join('. ');
}

/** The node that an arrow key leads to: up and down in the column, left and right along an edge. `rows` are the drawn columns. */
export function moveInTopology({ edges }: Topology, columns: readonly (readonly string[])[], from: string, key: string): string | undefined {
  const column = columns.find((ids) => ids.includes(from)) ?? [];
  const row = column.indexOf(from);
  const place = new Map(columns.flatMap((ids, at) => ids.map((id, index) => [id, { at, index }] as const)));
  const nearest = (ids: readonly string[]): string | undefined =>
    [...ids].sort((a, b) => Math.abs((place.get(a)?.index ?? 0) - row) - Math.abs((place.get(b)?.index ?? 0) - row))[0];
  switch (key) {
    case 'ArrowDown':
      return column[row + 1];
    case 'ArrowUp':
      return column[row - 1];
    case 'ArrowRight':
      return nearest(edges.flatMap((edge) => (edge.from === from && place.has(edge.to) ? [edge.to] : [])));
    case 'ArrowLeft':
      return nearest(edges.flatMap((edge) => (edge.to === from && place.has(edge.from) ? [edge.from] : [])));
    case 'Home':
      return columns[0]?.[0];
    case 'End':
      return columns.at(-1)?.at(-1);
    default:
      return undefined;
  }
}

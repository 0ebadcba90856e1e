import assert from 'node:assert/strict';
import { describeNode, filterTopology, moveInTopology, onTheWay } from '../../../src/webview/topology/flow.js';
import { layoutTopology, shortLabel, sizes } from '../../../src/webview/topology/layout.js';
import { topologyOf } from '../../support/deliveryFixtures.js';

const topology = topologyOf(
  'event:push > build:kaniko > registry:ghcr.io/orders > source:overlays/dev > environment:orders dev > cluster:one',
  'registry:ghcr.io/orders > source:overlays/prod > environment:orders prod > cluster:two',
  'source:dashboard > environment:dashboard > cluster:one',
);

describe('the layout of a topology', () => {
  it('has a column for each kind that there is, in the order of the flow', () => {
    assert.deepEqual(
      layoutTopology(topology, 1400).columns.map(({ kind }) => kind),
      ['event', 'build', 'registry', 'source', 'environment', 'cluster'],
    );
  });

  it('is as wide as there is room for, within bounds', () => {
    assert.ok(layoutTopology(topology, 1200).width <= 1200);
    assert.equal(layoutTopology(topology, 300).nodeWidth, sizes.narrowest);
    assert.equal(layoutTopology(topology, 9000).nodeWidth, sizes.widest);
  });

  it('puts every node once, none over another, all within its size', () => {
    const { nodes, width, height, nodeWidth } = layoutTopology(topology, 1400);
    assert.equal(nodes.length, topology.nodes.length);
    for (const a of nodes) {
      assert.ok(a.x >= 0 && a.x + nodeWidth <= width && a.y >= 0 && a.y + sizes.nodeHeight <= height);
      for (const b of nodes) assert.ok(a === b || Math.abs(a.x - b.x) >= nodeWidth || Math.abs(a.y - b.y) >= sizes.nodeHeight);
    }
  });

  it('uncrosses edges that need not cross', () => {
    const crossed = topologyOf('source:a > environment:2', 'source:b > environment:1', 'source:c > environment:0');
    const sorted = { ...crossed, nodes: [...crossed.nodes].sort((x, y) => x.id.localeCompare(y.id)) };
    const { nodes } = layoutTopology(sorted, 1400);
    const rowOf = (id: string): number | undefined => nodes.find(({ node }) => node.id === id)?.row;
    for (const { from, to } of crossed.edges) assert.equal(rowOf(from), rowOf(to));
  });

  it('draws an edge for each that has both ends, also one against the flow', () => {
    const more = [
      { from: 'cluster:one', to: 'event:push', label: '' },
      { from: 'event:push', to: 'gone', label: '' },
    ];
    const { edges } = layoutTopology({ nodes: topology.nodes, edges: [...topology.edges, ...more] }, 1400);
    assert.equal(edges.length, topology.edges.length + 1);
    for (const { path } of edges) assert.match(path, /^M[\d. -]+(C[\d. -]+(H[\d.]+)?)+$/);
  });

  it('leads an edge over several columns between the nodes of those that it passes', () => {
    const { nodes, edges } = layoutTopology(topologyOf('registry:a > automation:b > source:c', 'registry:a > source:c', 'registry:a > source:d', 'automation:e > source:d'), 1400);
    const passing = edges.filter(({ path }) => path.includes('H'));
    assert.equal(passing.length, 2);
    for (const { path } of passing) {
      const lane = Number(/ ([\d.]+)H/.exec(path)?.[1]);
      for (const { node, y } of nodes) if (node.kind === 'automation') assert.ok(lane < y || lane > y + sizes.nodeHeight, `${lane} is behind ${node.label} at ${y}`);
    }
  });

  it('is nothing for nothing', () => {
    assert.deepEqual(layoutTopology({ nodes: [], edges: [] }, 1400).nodes, []);
  });

  it('shortens names from their beginning', () => {
    assert.equal(shortLabel('orders', 19), 'orders');
    assert.equal(shortLabel('apps/orders/overlays/prod', 19), '…/overlays/prod');
    assert.equal(shortLabel('ghcr.io/tidepool-example/orders-api', 19), '…/orders-api');
    assert.equal(shortLabel('Application orders-prod', 19), '… orders-prod');
    assert.equal(shortLabel('a-name-without-any-parts-in-it', 19), 'a-name-without-any-parts-in-it');
  });
});

describe('the flow of a topology', () => {
  it('runs through a node from what leads to it to what it leads to, and not to its neighbors', () => {
    assert.deepEqual(
      [...onTheWay(topology, new Set(['source:overlays/prod']))].sort(),
      ['build:kaniko', 'cluster:two', 'environment:orders prod', 'event:push', 'registry:ghcr.io/orders', 'source:overlays/prod'].sort(),
    );
  });

  it('ends where a graph goes in a circle', () => {
    const circle = topologyOf('source:a > automation:b > source:a');
    assert.equal(onTheWay(circle, new Set(['source:a'])).size, 2);
  });

  it('is filtered to the ways through what matches', () => {
    assert.deepEqual(
      filterTopology(topology, 'dashboard').nodes.map(({ id }) => id),
      ['cluster:one', 'source:dashboard', 'environment:dashboard'],
    );
    assert.equal(filterTopology(topology, ' ').nodes.length, topology.nodes.length);
    assert.deepEqual(filterTopology(topology, 'nothing of it'), { nodes: [], edges: [] });
  });

  it('is told in words', () => {
    const node = topology.nodes.find(({ id }) => id === 'registry:ghcr.io/orders');
    assert.equal(describeNode(topology, node!), 'ghcr.io/orders, registry. From kaniko. To overlays/dev, overlays/prod');
  });

  it('is walked with arrow keys: along edges, and up and down a column', () => {
    const columns = [
      ['event:push'],
      ['registry:ghcr.io/orders'],
      ['source:overlays/dev', 'source:overlays/prod', 'source:dashboard'],
      ['environment:orders dev', 'environment:orders prod', 'environment:dashboard'],
    ];
    const move = (from: string, key: string): string | undefined => moveInTopology(topology, columns, from, key);
    assert.equal(move('source:overlays/prod', 'ArrowRight'), 'environment:orders prod');
    assert.equal(move('source:overlays/prod', 'ArrowLeft'), 'registry:ghcr.io/orders');
    assert.equal(move('source:overlays/prod', 'ArrowDown'), 'source:dashboard');
    assert.equal(move('source:overlays/dev', 'ArrowUp'), undefined);
    assert.equal(move('environment:dashboard', 'ArrowRight'), undefined);
    assert.equal(move('source:dashboard', 'Home'), 'event:push');
    assert.equal(move('event:push', 'End'), 'environment:dashboard');
  });
});

/** The topology's page: nodes as buttons over a drawing of their edges, and the same in words below. */
import type { TopologyPage, TopologyRequest } from '../../extension/topology/messages.js';
import { countOf } from '../../extension/delivery/words.js';
import type { Topology, TopologyNode } from '../../server/deliveryProtocol.js';
import { element, icon, svgElement } from '../element.js';
import { connectHost, type Host } from '../host.js';
import { describeNode, filterTopology, moveInTopology, onTheWay } from './flow.js';
import { kindTitles, layoutTopology, shortLabel, sizes, type PlacedNode, type TopologyLayout } from './layout.js';

interface SavedState {
  readonly filter: string;
  readonly focusedId: string | undefined;
  readonly page: Extract<TopologyPage, { kind: 'topology' }> | undefined;
}

function isSavedState(value: unknown): value is SavedState {
  return typeof value === 'object' && value !== null && 'filter' in value && typeof value.filter === 'string';
}

/** After this many milliseconds without an answer the page says that it is waiting. */
const patience = 1000;

/** What of a node's width isn't for its label (icon, paddings), and what a bold character takes of it, in CSS pixels: about. */
const [besidesLabel, characterWidth] = [40, 8];

class TopologyView {
  readonly #host: Host<TopologyRequest, SavedState>;
  readonly #filter = element('input', { type: 'search', class: 'filter', placeholder: 'Filter: app, workflow, image …', 'aria-label': 'Filter the topology' });
  readonly #count = element('span', { class: 'count', role: 'status' });
  readonly #board = element('button', { type: 'button', class: 'secondary' }, 'Delivery Board');
  readonly #content = element('div', { class: 'content' });
  #page: SavedState['page'];
  #focusedId: string | undefined;
  #shown: Topology = { nodes: [], edges: [] };
  #layout: TopologyLayout = layoutTopology({ nodes: [], edges: [] }, 0);

  constructor(host: Host<TopologyRequest, SavedState>) {
    this.#host = host;
    this.#page = host.restored?.page;
    this.#focusedId = host.restored?.focusedId;
    this.#filter.value = host.restored?.filter ?? '';
    this.#filter.addEventListener('input', () => this.#draw());
    this.#filter.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
      // Else the same key would press the button that it leads to.
      event.preventDefault();
      this.#buttonOf(this.#focusedId)?.focus();
    });
    this.#board.addEventListener('click', () => host.send({ kind: 'openBoard' }));
  }

  /** Puts the page together, and asks for what it is to show. */
  start(): void {
    document.body.append(element('header', { class: 'bar' }, this.#filter, this.#count, this.#board), element('main', {}, this.#content));
    this.#draw();
    window.addEventListener('resize', () => this.#draw());
    const waiting = setTimeout(() => {
      if (!this.#page) this.#content.replaceChildren(element('p', { class: 'note', role: 'status' }, 'Following commits to their environments …'));
    }, patience);
    this.#host.listen((message) => {
      clearTimeout(waiting);
      // Messages come from our own extension only: nobody else has a window to this page.
      this.#take(message as TopologyPage);
    });
    this.#host.send({ kind: 'ready' });
  }

  #take(page: TopologyPage): void {
    if (page.kind === 'failed') return this.#fail(page.message);
    const isShown = JSON.stringify(page) === JSON.stringify(this.#page) && this.#content.querySelector('.picture') !== null;
    this.#page = page;
    if (!isShown) this.#draw();
  }

  #fail(message: string): void {
    const retry = element('button', { type: 'button' }, 'Try again');
    retry.addEventListener('click', () => this.#host.send({ kind: 'retry' }));
    this.#content.replaceChildren(element('div', { class: 'failure', role: 'alert' }, element('p', {}, `The topology could not be read: ${message}`), retry));
  }

  #draw(): void {
    if (!this.#page) return;
    const { topology } = this.#page;
    const hadFocus = this.#content.contains(document.activeElement);
    this.#shown = filterTopology(topology, this.#filter.value);
    this.#layout = layoutTopology(this.#shown, document.body.clientWidth);
    const environments = this.#shown.nodes.filter(({ kind }) => kind === 'environment').length;
    this.#count.textContent = topology.nodes.length === 0 ? '' : `${countOf(environments, 'environment')}, ${countOf(this.#shown.nodes.length, 'node')}`;
    if (this.#shown.nodes.length === 0) {
      this.#content.replaceChildren(element('p', { class: 'note' }, topology.nodes.length === 0 ? nothingFound : `Nothing matches “${this.#filter.value}”.`));
    } else {
      this.#content.replaceChildren(this.#drawPicture(), this.#drawWords());
    }
    if (!this.#buttonOf(this.#focusedId)) this.#focusedId = this.#layout.nodes[0]?.node.id;
    const focused = this.#buttonOf(this.#focusedId);
    if (focused) focused.tabIndex = 0;
    if (hadFocus) focused?.focus({ preventScroll: true });
    this.#save();
  }

  #drawPicture(): HTMLElement {
    const { width, height, columns, nodes, edges } = this.#layout;
    const heads = columns.map(({ kind, x }) => {
      const head = element('div', { class: 'head', 'aria-hidden': 'true' }, kindTitles[kind]);
      head.style.left = `${x}px`;
      return head;
    });
    const paths = edges.map(({ edge, path }) => svgElement('path', { class: 'edge', d: path, 'data-from': edge.from, 'data-to': edge.to }, svgElement('title', {}, edge.label)));
    const drawing = svgElement('svg', { class: 'edges', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' }, ...paths);
    const picture = element(
      'div',
      { class: 'picture', role: 'group', 'aria-label': 'How commits reach environments. Arrow keys move along the columns and the edges, Enter opens the file.' },
      drawing,
      ...heads,
      ...nodes.map((placed) => this.#drawNode(placed)),
    );
    picture.style.width = `${width}px`;
    picture.style.height = `${height}px`;
    picture.addEventListener('mouseleave', () => this.#highlight(undefined));
    return picture;
  }

  #drawNode({ node, x, y }: PlacedNode): HTMLElement {
    const characters = Math.floor((this.#layout.nodeWidth - besidesLabel) / characterWidth);
    const button = element(
      'button',
      {
        type: 'button',
        class: `node ${node.kind}${node.place ? '' : ' placeless'}`,
        tabindex: -1,
        'data-id': node.id,
        'aria-label': describeNode(this.#shown, node),
        title: tooltipOf(node),
      },
      icon(node.kind),
      element(
        'span',
        { class: 'words' },
        element('span', { class: 'label' }, shortLabel(node.label, characters)),
        node.detail === '' ? undefined : element('span', { class: 'detail' }, shortLabel(node.detail, Math.floor(characters * 1.25))),
      ),
    );
    button.style.left = `${x}px`;
    button.style.top = `${y}px`;
    button.style.width = `${this.#layout.nodeWidth}px`;
    button.style.height = `${sizes.nodeHeight}px`;
    button.addEventListener('focus', () => {
      this.#hold(node.id);
      this.#highlight(node.id);
    });
    button.addEventListener('blur', () => this.#highlight(undefined));
    button.addEventListener('mouseenter', () => this.#highlight(node.id));
    button.addEventListener('click', () => {
      if (node.place) this.#host.send({ kind: 'open', nodeId: node.id });
    });
    button.addEventListener('keydown', (event) => this.#onKey(event, node.id));
    return button;
  }

  /** The picture in words, for those who don't see it or would rather read. */
  #drawWords(): HTMLElement {
    const items = this.#layout.nodes.map(({ node }) => element('li', {}, describeNode(this.#shown, node)));
    return element('details', { class: 'inWords' }, element('summary', {}, 'The same in words'), element('ol', {}, ...items));
  }

  #onKey(event: KeyboardEvent, id: string): void {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const columns = this.#layout.columns.map((_, index) => this.#layout.nodes.filter(({ column }) => column === index).map(({ node }) => node.id));
    const next = moveInTopology(this.#shown, columns, id, event.key);
    if (next === undefined) return;
    event.preventDefault();
    this.#buttonOf(next)?.focus();
  }

  /** Dims what is not on a way through a node. */
  #highlight(id: string | undefined): void {
    const picture = this.#content.querySelector('.picture');
    picture?.classList.toggle('dimmed', id !== undefined);
    const way = id === undefined ? new Set<string>() : onTheWay(this.#shown, new Set([id]));
    for (const node of this.#content.querySelectorAll<HTMLElement>('.node')) node.classList.toggle('lit', way.has(node.dataset['id'] ?? ''));
    for (const edge of this.#content.querySelectorAll<SVGElement>('.edge')) edge.classList.toggle('lit', way.has(edge.dataset['from'] ?? '') && way.has(edge.dataset['to'] ?? ''));
  }

  /** Makes a node the one that Tab comes back to. */
  #hold(id: string): void {
    const before = this.#buttonOf(this.#focusedId);
    if (before) before.tabIndex = -1;
    this.#focusedId = id;
    const now = this.#buttonOf(id);
    if (now) now.tabIndex = 0;
    this.#save();
  }

  #save(): void {
    this.#host.save({ filter: this.#filter.value, focusedId: this.#focusedId, page: this.#page });
  }

  #buttonOf(id: string | undefined): HTMLElement | undefined {
    return [...this.#content.querySelectorAll<HTMLElement>('.node')].find(({ dataset }) => dataset['id'] === id);
  }
}

const nothingFound = 'Nothing is known of how commits reach environments here: no environment was found, and no workflow that builds or writes an image.';

function tooltipOf({ label, detail, place }: TopologyNode): string {
  return [label, detail, place ? `Opens ${place.label}` : ''].filter((part) => part !== '').join('\n');
}

new TopologyView(connectHost<TopologyRequest, SavedState>(isSavedState)).start();

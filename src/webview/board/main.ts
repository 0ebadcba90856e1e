/** The delivery board's page: shows what the extension sends, moves the focus, and tells the extension what was asked for. */
import type { BoardPage, BoardRequest, CardAction } from '../../extension/board/messages.js';
import { countOf } from '../../extension/delivery/words.js';
import type { Board } from '../../server/deliveryProtocol.js';
import { element, type Child } from '../element.js';
import { connectHost, type Host } from '../host.js';
import { boardCards, type Card, type CardBoard } from './cards.js';
import { CardDrag } from './cardDrag.js';
import { drawCard } from './drawCard.js';
import { firstCard, moveInGrid, type GridPosition, type GridShape } from './grid.js';

interface SavedState {
  readonly filter: string;
  readonly focusedId: string | undefined;
  /** The last content, to be seen until a newer one comes. */
  readonly board: Board | undefined;
}

function isSavedState(value: unknown): value is SavedState {
  return typeof value === 'object' && value !== null && 'filter' in value && typeof value.filter === 'string';
}

/** After this many milliseconds without an answer the page says that it is waiting. */
const patience = 1000;

const keyWords: readonly (readonly [key: string, what: string])[] = [
  ['Enter', 'preview'],
  ['D', 'compare with the environment before'],
  ['S', 'source'],
  ['F', 'findings'],
  ['P', 'promote'],
  ['W', 'where is my change?'],
  ['Shift+F10', 'more'],
];

/** Longer names of apps are broken into lines. */
const longestName = 20;

class BoardView {
  readonly #host: Host<BoardRequest, SavedState>;
  readonly #filter = element('input', { type: 'search', class: 'filter', placeholder: 'Filter: app, tag, error, unpushed …', 'aria-label': 'Filter the board' });
  readonly #count = element('span', { class: 'count', role: 'status' });
  readonly #topology = element('button', { type: 'button', class: 'secondary' }, 'Topology');
  readonly #content = element('div', { class: 'content' });
  readonly #keys = element('p', { class: 'keys', id: 'keys' }, ...keyWords.flatMap(([key, what]): Child[] => [element('kbd', {}, key), ` ${what} `]));
  #board: Board | undefined;
  #focusedId: string | undefined;
  readonly #drag = new CardDrag((from, to) => this.#host.send({ kind: 'act', action: 'promote', environmentId: from.id, otherId: to.id }));
  #shown: CardBoard = { columns: [], rows: [], count: 0 };

  constructor(host: Host<BoardRequest, SavedState>) {
    this.#host = host;
    this.#board = host.restored?.board;
    this.#focusedId = host.restored?.focusedId;
    this.#filter.value = host.restored?.filter ?? '';
    this.#filter.addEventListener('input', () => this.#draw());
    this.#filter.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
      event.preventDefault();
      this.#cardOf(this.#focusedId)?.focus();
    });
    this.#topology.addEventListener('click', () => host.send({ kind: 'openTopology' }));
  }

  /** Puts the page together, and asks for what it is to show. */
  start(): void {
    document.body.append(element('header', { class: 'bar' }, this.#filter, this.#count, this.#topology), element('main', {}, this.#content), this.#keys);
    this.#draw();
    const waiting = setTimeout(() => {
      if (!this.#board) this.#content.replaceChildren(element('p', { class: 'note', role: 'status' }, 'Rendering the environments …'));
    }, patience);
    this.#host.listen((message) => {
      clearTimeout(waiting);
      // Messages come from our own extension only: nobody else has a window to this page.
      this.#take(message as BoardPage);
    });
    this.#host.send({ kind: 'ready' });
  }

  #take(page: BoardPage): void {
    if (page.kind === 'failed') return this.#fail(page.message);
    const isShown = JSON.stringify(page.board) === JSON.stringify(this.#board) && this.#content.querySelector('.grid') !== null;
    this.#board = page.board;
    if (!isShown) this.#draw();
  }

  #fail(message: string): void {
    const retry = element('button', { type: 'button' }, 'Try again');
    retry.addEventListener('click', () => this.#host.send({ kind: 'retry' }));
    this.#content.replaceChildren(element('div', { class: 'failure', role: 'alert' }, element('p', {}, `The board could not be read: ${message}`), retry));
    this.#keys.hidden = true;
  }

  #draw(): void {
    this.#keys.hidden = true;
    if (!this.#board) return;
    const hadFocus = this.#content.contains(document.activeElement);
    this.#shown = boardCards(this.#board, this.#filter.value);
    const all = this.#board.rows.reduce((sum, { cells }) => sum + cells.flat().length, 0);
    const { count, rows } = this.#shown;
    this.#count.textContent = count === all ? `${countOf(rows.length, 'app')}, ${countOf(all, 'environment')}` : `${count} of ${countOf(all, 'environment')}`;
    this.#keys.hidden = count === 0;
    this.#content.replaceChildren(count > 0 ? this.#drawGrid() : element('p', { class: 'note' }, all === 0 ? nothingFound : `No environment matches “${this.#filter.value}”.`));
    if (!this.#cardOf(this.#focusedId)) this.#focusedId = this.#idAt(firstCard(this.#shape()));
    const focused = this.#cardOf(this.#focusedId);
    if (focused) focused.tabIndex = 0;
    if (hadFocus) focused?.focus({ preventScroll: true });
    this.#save();
  }

  #drawGrid(): HTMLElement {
    const { columns, rows } = this.#shown;
    const head = element(
      'div',
      { role: 'row', class: 'row head' },
      element('div', { role: 'columnheader', class: 'corner' }, 'App'),
      ...columns.map((name) => element('div', { role: 'columnheader' }, name)),
    );
    const drawn = rows.map(({ app, cells }) =>
      element(
        'div',
        { role: 'row', class: 'row' },
        element('div', { role: 'rowheader', class: 'app' }, app),
        ...cells.map((cards, column) => {
          const style = cards.length === 0 ? 'cell empty' : 'cell';
          return element('div', { role: 'gridcell', class: style, 'data-column': columns[column] }, ...cards.map((card) => this.#drawCard(card)));
        }),
      ),
    );
    const grid = element('div', { role: 'grid', class: 'grid', 'aria-label': 'Environments by app', 'aria-describedby': 'keys' }, head, ...drawn);
    grid.style.setProperty('--columns', String(columns.length));
    // Rows are grids of their own: what makes their columns line up is the same width for all names.
    const longest = Math.max(...rows.map(({ app }) => app.length));
    grid.style.setProperty('--app-width', `calc(${Math.min(longest + 1, longestName)}ch + 34px)`);
    return grid;
  }

  #drawCard(card: Card): HTMLElement {
    const made = drawCard(card, (action) => this.#act(card, action));
    made.addEventListener('focus', () => this.#hold(card.id));
    made.addEventListener('keydown', (event) => this.#onKey(event, card));
    this.#drag.join(made, card);
    return made;
  }

  #onKey(event: KeyboardEvent, card: Card): void {
    if (event.altKey || event.metaKey) return;
    const next = moveInGrid(this.#shape(), this.#positionOf(card.id), event.key, event.ctrlKey);
    const action = event.ctrlKey ? undefined : actionOf(event.key);
    if (!next && !action) return;
    event.preventDefault();
    if (action) this.#act(card, action);
    else this.#cardOf(this.#idAt(next))?.focus();
  }

  #act(card: Card, action: CardAction): void {
    this.#host.send({ kind: 'act', action, environmentId: card.id, otherId: action === 'compare' ? card.previousId : undefined });
  }

  /** Makes a card the one that Tab comes back to. */
  #hold(id: string): void {
    const before = this.#cardOf(this.#focusedId);
    if (before) before.tabIndex = -1;
    this.#focusedId = id;
    const now = this.#cardOf(id);
    if (now) now.tabIndex = 0;
    this.#save();
  }

  #save(): void {
    this.#host.save({ filter: this.#filter.value, focusedId: this.#focusedId, board: this.#board });
  }

  #shape(): GridShape {
    return this.#shown.rows.map(({ cells }) => cells.map(({ length }) => length));
  }

  #positionOf(id: string): GridPosition {
    for (const [row, { cells }] of this.#shown.rows.entries()) {
      for (const [column, cards] of cells.entries()) {
        const index = cards.findIndex((card) => card.id === id);
        if (index >= 0) return { row, column, index };
      }
    }
    return { row: 0, column: 0, index: 0 };
  }

  #idAt(position: GridPosition | undefined): string | undefined {
    return position && this.#shown.rows[position.row]?.cells[position.column]?.[position.index]?.id;
  }

  #cardOf(id: string | undefined): HTMLElement | undefined {
    return [...this.#content.querySelectorAll<HTMLElement>('.card')].find(({ dataset }) => dataset['id'] === id);
  }
}

const nothingFound = 'No environments were found. They are found from Argo CD Applications, Flux Kustomizations and HelmReleases, and from overlays such as overlays/prod.';

function actionOf(key: string): CardAction | undefined {
  const actions = new Map<string, CardAction>([
    ['Enter', 'preview'],
    ['d', 'compare'],
    ['s', 'openSource'],
    ['f', 'findings'],
    ['p', 'promote'],
    ['w', 'where'],
  ]);
  return actions.get(key.length === 1 ? key.toLowerCase() : key);
}

new BoardView(connectHost<BoardRequest, SavedState>(isSavedState)).start();

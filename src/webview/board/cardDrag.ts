/** Dragging a card onto another one of the same app, which asks for a promotion. The keyboard and the menu ask for the same. */
import type { Card } from './cards.js';
import { isPromotable } from './drawCard.js';

export class CardDrag {
  readonly #promote: (from: Card, to: Card) => void;
  #dragged: Card | undefined;

  /** @param promote called when a card was dropped on one that it can be promoted to */
  constructor(promote: (from: Card, to: Card) => void) {
    this.#promote = promote;
  }

  /** Lets a card be dragged, and dropped on. */
  join(made: HTMLElement, card: Card): void {
    made.addEventListener('dragstart', (event) => {
      if (!isPromotable(card)) return event.preventDefault();
      this.#dragged = card;
      event.dataTransfer?.setData('text/plain', card.environment.label);
      if (event.dataTransfer) event.dataTransfer.effectAllowed = 'copy';
      made.classList.add('dragged');
    });
    made.addEventListener('dragend', () => {
      this.#dragged = undefined;
      made.classList.remove('dragged');
    });
    const over = (event: DragEvent): void => {
      if (!this.#takes(card)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      made.classList.add('target');
    };
    made.addEventListener('dragenter', over);
    made.addEventListener('dragover', over);
    made.addEventListener('dragleave', () => made.classList.remove('target'));
    made.addEventListener('drop', (event) => {
      made.classList.remove('target');
      const from = this.#dragged;
      if (!from || !this.#takes(card)) return;
      event.preventDefault();
      this.#promote(from, card);
    });
  }

  #takes({ id, environment }: Card): boolean {
    return this.#dragged !== undefined && this.#dragged.id !== id && this.#dragged.environment.app === environment.app;
  }
}

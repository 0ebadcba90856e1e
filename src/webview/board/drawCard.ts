/** Draws one card of the board. */
import type { CardAction } from '../../extension/board/messages.js';
import { element, icon, type IconName } from '../element.js';
import type { Card } from './cards.js';

/** As many fields as leave a card small enough to compare it with its neighbors; all are in the comparison. */
const shownFields = 3;

/** A card; the caller gives it its keys. `act` is called for its buttons. */
export function drawCard(card: Card, act: (action: CardAction) => void): HTMLElement {
  const { environment } = card;
  const sections = [
    'environment',
    environment.previewUri === undefined ? '' : 'previewable',
    environment.sourceAt === undefined ? '' : 'source',
    environment.operator === 'none' ? '' : 'declaration',
    isPromotable(card) ? 'promotable' : '',
  ];
  const made = element(
    'div',
    {
      class: `card ${environment.state.kind}${environment.findings.errors > 0 ? ' faulty' : ''}`,
      role: 'group',
      tabindex: -1,
      draggable: isPromotable(card) ? 'true' : undefined,
      'aria-label': card.spoken,
      'data-id': card.id,
      'data-vscode-context': JSON.stringify({ webviewSection: sections.join(' '), environmentId: card.id, preventDefaultContextMenuItems: true }),
    },
    card.title === '' ? undefined : element('div', { class: 'title' }, card.title),
    element(
      'div',
      { class: `version ${card.versionState}`, title: imagesText(card) },
      card.version === '' ? (environment.state.kind === 'rendered' ? 'no images' : 'not known') : card.version,
      environment.isProtected ? icon('shield') : undefined,
    ),
    card.comparison === '' ? undefined : element('div', { class: `comparison ${card.versionState}` }, card.comparison),
    card.trouble === ''
      ? undefined
      : line(environment.state.kind === 'broken' ? 'error' : environment.state.kind === 'elsewhere' ? 'link' : 'info', card.trouble, `trouble ${environment.state.kind}`),
    card.differs === '' ? undefined : line('change', card.comparison === '' ? `${card.differs} against ${card.previousName ?? ''}` : card.differs, 'differs'),
    card.fields.length === 0
      ? undefined
      : element(
          'ul',
          { class: 'fields' },
          ...card.fields.slice(0, shownFields).map(({ name, change, whole }) => element('li', { title: whole }, element('span', { class: 'fieldName' }, name), ` ${change}`)),
        ),
    card.findings === '' ? undefined : line(environment.findings.errors > 0 ? 'error' : environment.findings.warnings > 0 ? 'warning' : 'info', card.findings, 'findings'),
    card.delivery.length === 0 ? undefined : line(deliveryIcon(card), card.delivery.join(', '), 'delivery'),
    drawActions(card, act),
  );
  made.addEventListener('dblclick', () => act('preview'));
  return made;
}

/** True where it runs images, which another environment of its app could have too. */
export function isPromotable({ environment }: Card): boolean {
  return environment.previewUri !== undefined && environment.images.length > 0;
}

/** Buttons for the mouse; the keyboard has keys, which the page names. */
function drawActions(card: Card, act: (action: CardAction) => void): HTMLElement {
  const actions: readonly (readonly [action: CardAction, words: string, isThere: boolean])[] = [
    ['preview', 'Preview', card.environment.previewUri !== undefined],
    ['compare', card.previousName === undefined ? 'Compare…' : 'Compare', card.environment.previewUri !== undefined],
    ['openSource', 'Source', card.environment.sourceAt !== undefined],
    ['promote', 'Promote…', isPromotable(card)],
  ];
  const buttons = actions.flatMap(([action, words, isThere]) => {
    if (!isThere) return [];
    const button = element('button', { type: 'button', tabindex: -1, class: 'link' }, words);
    button.addEventListener('click', () => act(action));
    return [button];
  });
  return element('div', { class: 'actions', 'aria-hidden': 'true' }, ...buttons);
}

function line(name: IconName, text: string, style: string): HTMLElement {
  return element('div', { class: `line ${style}`, title: text }, icon(name), element('span', {}, text));
}

function deliveryIcon({ environment: { delivery } }: Card): IconName {
  if (delivery.unsaved.length > 0 || (delivery.uncommitted ?? []).length > 0) return 'edit';
  return (delivery.unpushed ?? 0) > 0 ? 'push' : 'branch';
}

function imagesText({ environment }: Card): string {
  return environment.images.map(({ name, tag, digest }) => `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`).join('\n');
}

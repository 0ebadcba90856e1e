/** What a card of the board says, as data: so that the page only draws, and tests can read it. */
import { deliveryWords, mainVersion, nameOfOperator, stateSentence, versionOf, wordsOfFindings } from '../../extension/delivery/words.js';
import type { Board, BoardCell, BoardDifference, EnvironmentSummary } from '../../server/deliveryProtocol.js';

/** How the version compares with the one of the environment before. */
export type VersionState = 'first' | 'same' | 'other' | 'unknown';

/** A field that differs, in the room that a card has, and whole. */
export interface FieldWords {
  readonly name: string;
  readonly change: string;
  readonly whole: string;
}

export interface Card {
  readonly id: string;
  readonly environment: EnvironmentSummary;
  readonly version: string;
  readonly versionState: VersionState;
  /** `same as stage`, `stage has sha-7c1d`; empty for the first. */
  readonly comparison: string;
  /** What tells it from others in the same cell: `pr-42`; empty where it is alone. */
  readonly title: string;
  /** `3 changed, 1 added`; empty where nothing differs or that isn't known. */
  readonly differs: string;
  /** The first fields that differ. */
  readonly fields: readonly FieldWords[];
  readonly previousId: string | undefined;
  readonly previousName: string | undefined;
  /** Why it can't be rendered; empty where it can. */
  readonly trouble: string;
  readonly findings: string;
  readonly delivery: readonly string[];
  /** The whole in one sentence, for a screen reader. */
  readonly spoken: string;
}

export interface CardRow {
  readonly app: string;
  readonly cells: readonly (readonly Card[])[];
}

export interface CardBoard {
  readonly columns: readonly string[];
  readonly rows: readonly CardRow[];
  readonly count: number;
}

/** The board's cards, of those environments in which every word of the filter occurs; rows and columns without a card are left out. */
export function boardCards(board: Board, filter: string): CardBoard {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const all = new Map(board.rows.flatMap(({ cells }) => cells.flat()).map(({ environment }) => [environment.id, environment]));
  const rows = board.rows
    .map(({ app, cells }): CardRow => ({ app, cells: board.columns.map((_, column) => makeCards(cells[column] ?? [], all).filter((card) => matches(card, words))) }))
    .filter(({ cells }) => cells.some((cards) => cards.length > 0));
  const kept = board.columns.flatMap((_, column) => (rows.some(({ cells }) => (cells[column] ?? []).length > 0) ? [column] : []));
  return {
    columns: kept.map((column) => board.columns[column] ?? ''),
    rows: rows.map(({ app, cells }) => ({ app, cells: kept.map((column) => cells[column] ?? []) })),
    count: rows.reduce((sum, { cells }) => sum + cells.flat().length, 0),
  };
}

function matches({ spoken, environment }: Card, words: readonly string[]): boolean {
  const { app, name, path, images } = environment;
  const searched = [spoken, app, name, path, ...images.map((image) => image.name)].join('\n').toLowerCase();
  return words.every((word) => searched.includes(word));
}

function makeCards(cells: readonly BoardCell[], all: ReadonlyMap<string, EnvironmentSummary>): readonly Card[] {
  return cells.map((cell) => makeCard(cell, cells.length > 1, all));
}

function makeCard({ environment, difference }: BoardCell, hasNeighbors: boolean, all: ReadonlyMap<string, EnvironmentSummary>): Card {
  const { state, app, label } = environment;
  const version = mainVersion(environment) ?? '';
  const compared = compareVersions(environment, difference, all);
  const differs = difference ? wordsOfDifference(difference) : '';
  const card = {
    id: environment.id,
    environment,
    version,
    title: hasNeighbors ? label.replace(`${app} `, '') : '',
    ...compared,
    differs,
    fields: (difference?.fields ?? []).map(shortenField),
    previousId: difference?.previousId,
    previousName: difference?.previousName,
    trouble: state.kind === 'rendered' ? '' : stateSentence(state),
    findings: wordsOfFindings(environment.findings),
    delivery: deliveryWords(environment.delivery),
  };
  return { ...card, spoken: speak(card) };
}

/** `Deployment/orders spec.replicas: 2 → 3` as `orders replicas` and `2 → 3`; what is written otherwise stays whole. */
export function shortenField(whole: string): FieldWords {
  const parts = /^[^/\s]+\/(\S+) (.+?): (.+ → .+)$/.exec(whole);
  const [, object, path, change] = parts ?? [];
  if (object === undefined || path === undefined || change === undefined) return { name: '', change: whole, whole };
  const last = /(?:^|\.)((?:[^.[\]]+|\["[^"]*"\])(?:\[\d+\])?)$/.exec(path)?.[1] ?? path;
  // The hash that kustomize adds says nothing here, and takes the room of what does.
  return { name: `${object.replace(/-[2456789bcdfghkmt]{10}$/, '')} ${last}`, change: shortenImages(change), whole };
}

/** `ghcr.io/x/api:1 → ghcr.io/x/api:2` as `1 → 2`. */
function shortenImages(change: string): string {
  const [, left, leftVersion, right, rightVersion] = /^(\S+\/\S+?)[:@](\S+) → (\S+\/\S+?)[:@](\S+)$/.exec(change) ?? [];
  return left !== undefined && left === right ? `${leftVersion ?? ''} → ${rightVersion ?? ''}` : change;
}

function compareVersions(
  environment: EnvironmentSummary,
  difference: BoardDifference | undefined,
  all: ReadonlyMap<string, EnvironmentSummary>,
): { readonly versionState: VersionState; readonly comparison: string } {
  const previous = difference && all.get(difference.previousId);
  if (!difference || !previous) return { versionState: environment.images.length > 0 ? 'first' : 'unknown', comparison: '' };
  if (versionsText(environment) !== versionsText(previous)) return { versionState: 'other', comparison: `${difference.previousName} has ${mainVersion(previous) ?? 'no image'}` };
  return { versionState: 'same', comparison: isSame(difference) ? `same as ${difference.previousName}` : `same images as ${difference.previousName}` };
}

function versionsText({ images }: EnvironmentSummary): string {
  return images
    .map((image) => `${image.name} ${versionOf(image) ?? ''}`)
    .sort()
    .join('\n');
}

function isSame({ added, removed, changed }: BoardDifference): boolean {
  return added + removed + changed === 0;
}

function wordsOfDifference({ added, removed, changed }: BoardDifference): string {
  const parts = [changed > 0 ? `${changed} changed` : '', added > 0 ? `${added} added` : '', removed > 0 ? `${removed} removed` : ''];
  return parts.filter((part) => part !== '').join(', ');
}

function speak(card: Omit<Card, 'spoken'>): string {
  const { environment } = card;
  const operator = nameOfOperator(environment.operator);
  return [
    `${environment.label}${environment.isProtected ? ', protected' : ''}`,
    card.trouble,
    card.version === '' ? '' : `version ${card.version}`,
    card.comparison,
    card.differs === '' ? '' : `${card.differs} against ${card.previousName ?? ''}`,
    card.findings,
    ...card.delivery,
    environment.namespace === undefined ? '' : `namespace ${environment.namespace}`,
    operator,
  ]
    .filter((part) => part !== '')
    .join('. ');
}

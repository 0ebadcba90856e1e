/** The delivery ladder as rows of the tree: one for each rung, with its evidence, and what that stands on below it. Data in, data out. */
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { LadderRung, LadderState, LadderView } from '../../server/doctorProtocol.js';
import type { Place, UriText } from '../../server/protocol.js';
import type { NodeIcon } from '../environmentTree/icons.js';
import { escapeMarkdown } from '../environmentTree/tooltips.js';
import { part, type TreeNode } from '../environmentTree/treeNode.js';

const icons: Readonly<Record<LadderState, NodeIcon>> = {
  done: { name: 'pass', color: 'testing.iconPassed' },
  pending: { name: 'circle-outline' },
  failed: { name: 'error', color: 'list.errorForeground' },
  unknown: { name: 'question' },
};

/** Where the change waits now: the eye is to fall there first. */
const waiting: NodeIcon = { name: 'arrow-circle-right', color: 'list.warningForeground' };

const stateWords: Readonly<Record<LadderState, string>> = { done: 'done', pending: 'not yet', failed: 'failed', unknown: 'not known' };

/** The first rung that isn't done; undefined where all are. */
export function openRung({ rungs, firstOpen }: LadderView): LadderRung | undefined {
  return firstOpen === undefined ? undefined : rungs.find(({ rung }) => rung === firstOpen);
}

/** `not yet: Pushed`, `failed: Healthy`, `healthy`: how far it is, in the room that a row has. */
export function ladderWords(ladder: LadderView): string {
  const open = openRung(ladder);
  return open ? `${stateWords[open.state]}: ${open.title}` : 'healthy';
}

/** The same with its evidence, as a sentence. */
export function ladderSentence(ladder: LadderView): string {
  const open = openRung(ladder);
  return open ? `${ladderWords(ladder)}. ${open.evidence}` : `All of it is delivered and healthy${ladder.context === undefined ? '' : ` in ${ladder.context}`}.`;
}

export function iconOfLadder(ladder: LadderView): NodeIcon {
  const open = openRung(ladder);
  return open ? iconOfRung(open, ladder) : icons.done;
}

function iconOfRung({ rung, state }: LadderRung, { firstOpen }: LadderView): NodeIcon {
  return rung === firstOpen && state === 'pending' ? waiting : icons[state];
}

/** The rungs from the file to the running pod. `key` begins their identities. */
export function rungNodes(ladder: LadderView, environment: Pick<EnvironmentSummary, 'id' | 'delivery'>, key = 'delivery'): readonly TreeNode[] {
  return ladder.rungs.map((rung) => rungNode(ladder, rung, environment, `${key}/${rung.rung}`));
}

function rungNode(ladder: LadderView, rung: LadderRung, { id, delivery }: Pick<EnvironmentSummary, 'id' | 'delivery'>, key: string): TreeNode {
  const { title, state, evidence, facts, place } = rung;
  const files = rung.rung === 'saved' ? delivery.unsaved : rung.rung === 'committed' ? (delivery.uncommitted ?? []) : [];
  const children = [
    ...facts.map(({ name, value }, index): TreeNode => ({ ...part(id, `${key}/fact/${index}`, name, value, 'circle-small', undefined), copies: value })),
    ...(state === 'done' ? [] : files.map((uri) => fileNode(id, key, uri))),
  ];
  return {
    ...part(id, key, title, state === 'done' ? '' : evidence, '', children.length > 0 ? children : undefined),
    icon: iconOfRung(rung, ladder),
    tooltip: [
      `**${escapeMarkdown(title)}**: ${stateWords[state]}`,
      escapeMarkdown(evidence),
      facts.map(({ name, value }) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(value)}`).join('\n'),
    ]
      .filter((line) => line !== '')
      .join('\n\n'),
    spoken: `${title}, ${stateWords[state]}. ${evidence}`,
    contexts: ['rung', rung.rung, state, ...(place ? ['source'] : [])],
    opens: place && { kind: 'place', place },
    source: place,
    copies: evidence,
  };
}

function fileNode(id: string, key: string, uri: UriText): TreeNode {
  const name = decodeURIComponent(uri).split('/').at(-1) ?? uri;
  const place: Place = { uri, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, label: name };
  return { ...part(id, `${key}/${uri}`, name, '', 'file', undefined), opens: { kind: 'place', place } };
}

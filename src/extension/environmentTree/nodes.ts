/**
 * The tree of environments as plain data: apps, their environments, and in each what is live, its images, resources,
 * findings and the way of its files to the operator.
 */
import type { EnvironmentLive } from '../../server/clusterProtocol.js';
import type { EnvironmentDetails, EnvironmentSummary, FindingSummary, ImageSummary, KindSummary } from '../../server/deliveryProtocol.js';
import type { LadderView } from '../../server/doctorProtocol.js';
import type { Place } from '../../server/protocol.js';
import { countOf, deliveryWords, describeDelivery, mainVersion, nameOfOperator, stateSentence, versionOf, wordsOfFindings } from '../delivery/words.js';
import { iconOfLadder, ladderSentence, ladderWords } from '../ladder/ladderNodes.js';
import { driftOf, isCompared, isDrifted, isSeen, liveRevision, liveWords } from '../live/words.js';
import { iconOfEnvironment, iconOfKind, iconOfSeverity } from './icons.js';
import { liveParts, noClusters, operatorContexts, type LiveView } from './liveNodes.js';
import { environmentTooltip, escapeMarkdown, imageTooltip } from './tooltips.js';
import { leaf, part, type TreeNode } from './treeNode.js';

/** More apps than these begin closed. */
const maximumOpenApps = 12;

/** The top of the tree: one node for each app, in the order of the environments. */
export function appNodes(environments: readonly EnvironmentSummary[], view: LiveView = noClusters): readonly TreeNode[] {
  const byApp = groupByApp(environments);
  return [...byApp].map(([app, members]) => {
    const errors = members.reduce((sum, { findings }) => sum + findings.errors, 0);
    const drifted = members.filter(({ id }) => isDrifted(view.live(id))).length;
    const words = [countOf(members.length, 'environment'), ...(errors > 0 ? [countOf(errors, 'error')] : []), ...(drifted > 0 ? [`${drifted} drifted`] : [])];
    return {
      ...leaf,
      id: `app:${app}`,
      label: app,
      description: words.join(' · '),
      icon: { name: 'package' },
      spoken: `App ${app}, ${words.join(', ')}`,
      contexts: ['app'],
      copies: app,
      startsOpen: byApp.size <= maximumOpenApps,
      children: members.map((environment) => environmentNode(environment, view)),
    };
  });
}

function groupByApp(environments: readonly EnvironmentSummary[]): ReadonlyMap<string, readonly EnvironmentSummary[]> {
  const apps = [...new Set(environments.map(({ app }) => app))];
  return new Map(apps.map((app) => [app, environments.filter((environment) => environment.app === app)]));
}

/** An environment, with what stands below it. */
export function environmentNode(environment: EnvironmentSummary, view: LiveView): TreeNode {
  const { id, name, findings, images, isProtected, namespace, operator, state } = environment;
  const version = mainVersion(environment);
  const live = view.live(id);
  const words = liveWords(live, view.progress(id) !== undefined);
  const revision = live && isSeen(live) ? liveRevision(live) : '';
  const at = revision === '' ? undefined : `at ${revision}`;
  const parts = [...words, version, ...deliveryWords(environment.delivery), at, namespace, nameOfOperator(operator)].filter((part) => part !== undefined && part !== '');
  const spokenParts = [
    `Environment ${environment.label}`,
    isProtected ? 'protected' : undefined,
    nameOfOperator(operator),
    namespace === undefined ? undefined : `namespace ${namespace}`,
    version === undefined ? undefined : `version ${version}`,
    state.kind === 'rendered' ? undefined : stateSentence(state),
    wordsOfFindings(findings),
    ...words,
    at,
    ...deliveryWords(environment.delivery),
  ];
  return {
    ...leaf,
    id: `environment:${id}`,
    label: name,
    description: parts.join(' · '),
    icon: iconOfEnvironment(environment, live),
    tooltip: environmentTooltip(environment, live),
    spoken: spokenParts.filter((part) => part !== undefined && part !== '').join(', '),
    contexts: [
      'environment',
      ...(environment.previewUri === undefined ? [] : ['previewable']),
      ...(environment.sourceAt === undefined ? [] : ['source']),
      ...(environment.operator === 'none' ? [] : ['declaration']),
      ...(environment.previewUri === undefined || images.length === 0 ? [] : ['promotable']),
      ...(live || view.isAble ? liveContexts(live) : []),
    ],
    source: environment.sourceAt,
    copies: environment.label,
    environmentId: id,
    children: partsOf(environment, view),
  };
}

/** What the menus ask for: who delivers it, and what can be done now. */
function liveContexts(live: EnvironmentLive | undefined): readonly string[] {
  if (!live) return ['clustered', 'unchosen'];
  const { context, operator, counts, isReconciled, runningSync } = live;
  return [
    'clustered',
    ...(context === undefined ? ['unchosen'] : ['chosen']),
    ...(isSeen(live) ? ['live'] : []),
    ...(isCompared(live) && driftOf(counts) + counts.foreign + counts.unknown > 0 ? ['comparable'] : []),
    ...(operator ? operatorContexts(operator) : isSeen(live) ? ['syncable'] : []),
    ...(isReconciled ? ['reconciled'] : []),
    ...(runningSync === undefined ? [] : ['running']),
  ];
}

/** What stands below an environment. */
function partsOf(environment: EnvironmentSummary, view: LiveView): readonly TreeNode[] {
  const { id, images, state } = environment;
  const { top, bottom } = liveParts(environment, view);
  const isRendered = state.kind === 'rendered' || state.kind === 'broken';
  const rows: (TreeNode | undefined)[] = [
    state.kind === 'rendered' ? undefined : stateNode(environment, state),
    ...top,
    images.length === 0
      ? undefined
      : part(
          id,
          'images',
          'Images',
          String(images.length),
          'layers',
          images.map((image, index) => imageNode(id, image, index)),
        ),
    isRendered ? part(id, 'resources', 'Resources', '', 'list-tree', 'resources') : undefined,
    findingsPart(environment),
    deliveryPart(environment, view.ladder(id)),
    ...bottom,
  ];
  return rows.filter((row) => row !== undefined);
}

function stateNode({ id }: EnvironmentSummary, state: Exclude<EnvironmentSummary['state'], { kind: 'rendered' }>): TreeNode {
  const icons = {
    broken: { name: 'error', color: 'list.errorForeground' },
    unsupported: { name: 'circle-slash', color: 'list.warningForeground' },
    elsewhere: { name: 'link-external' },
  };
  const place = state.kind === 'broken' ? state.place : undefined;
  return {
    ...part(id, 'state', stateSentence(state), place?.label ?? '', icons[state.kind].name, undefined),
    icon: icons[state.kind],
    tooltip: '',
    opens: place && { kind: 'place', place },
  };
}

function imageNode(environmentId: string, image: ImageSummary, index: number): TreeNode {
  const version = versionOf(image);
  return {
    ...leaf,
    id: `environment:${environmentId}/images/${image.name}#${index}`,
    label: image.name.split('/').at(-1) ?? image.name,
    description: version ?? 'no tag',
    icon: version === undefined ? { name: 'tag', color: 'list.warningForeground' } : { name: 'tag' },
    tooltip: imageTooltip(image),
    spoken: `Image ${image.name}, ${version ?? 'no tag'}, set in ${image.setAt.label}`,
    contexts: ['image'],
    opens: { kind: 'place', place: image.setAt },
    copies: image.name + (image.tag === undefined ? '' : `:${image.tag}`) + (image.digest === undefined ? '' : `@${image.digest}`),
    environmentId,
  };
}

function findingsPart({ id, findings }: EnvironmentSummary): TreeNode | undefined {
  const words = wordsOfFindings(findings);
  if (words === '') return { ...part(id, 'findings', 'Findings', 'none', 'pass', undefined), icon: { name: 'pass', color: 'testing.iconPassed' } };
  const severity = findings.errors > 0 ? 'error' : findings.warnings > 0 ? 'warning' : 'info';
  return { ...part(id, 'findings', 'Findings', words, '', 'findings'), icon: iconOfSeverity(severity) };
}

/** How far the present files have come: the ladder where it is known, else what is known without asking git and the cluster. */
function deliveryPart({ id, delivery, revision }: EnvironmentSummary, ladder: LadderView | undefined): TreeNode {
  if (ladder) {
    return {
      ...part(id, 'delivery', 'Delivery', ladderWords(ladder), '', 'ladder'),
      icon: iconOfLadder(ladder),
      tooltip: escapeMarkdown(ladderSentence(ladder)),
      spoken: `Delivery, ${ladderSentence(ladder)}`,
      contexts: ['delivery'],
    };
  }
  const words = deliveryWords(delivery);
  const steps = describeDelivery(delivery, revision).map((step): TreeNode => {
    const files = step.files.map((uri): TreeNode => {
      const name = decodeURIComponent(uri).split('/').at(-1) ?? uri;
      const place: Place = { uri, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, label: name };
      return { ...part(id, `delivery/${step.key}/${uri}`, name, '', 'file', undefined), opens: { kind: 'place', place } };
    });
    return { ...part(id, `delivery/${step.key}`, step.sentence, '', step.icon, files.length > 0 ? files : undefined) };
  });
  return { ...part(id, 'delivery', 'Delivery', words.join(' · '), 'git-commit', steps), contexts: ['delivery'] };
}

/** The kinds of an environment, each with its objects. */
export function resourceNodes(environment: EnvironmentSummary, { kinds }: EnvironmentDetails): readonly TreeNode[] {
  return kinds.map((kind) => kindNode(environment, kind));
}

function kindNode({ id, previewUri }: EnvironmentSummary, { kind, group, objects }: KindSummary): TreeNode {
  const key = `resources/${group}/${kind}`;
  const children = objects.map((object): TreeNode => ({
    ...leaf,
    id: `environment:${id}/${key}/${object.namespace}/${object.name}`,
    label: object.name,
    description: object.namespace,
    icon: iconOfKind(kind),
    spoken: `${kind} ${object.name}${object.namespace === '' ? '' : ` in namespace ${object.namespace}`}, from ${object.place.label}`,
    tooltip: '',
    contexts: ['object', 'source'],
    opens: previewUri === undefined ? { kind: 'place', place: object.place } : { kind: 'preview', previewUri, line: object.previewLine },
    source: object.place,
    copies: object.name,
    environmentId: id,
  }));
  return {
    ...part(id, key, kind, `${objects.length}${group === '' ? '' : ` · ${group}`}`, '', children),
    icon: iconOfKind(kind),
    contexts: ['kind'],
    spoken: `${kind}, ${objects.length}`,
  };
}

/** The findings of an environment, the gravest first. */
export function findingNodes({ id }: EnvironmentSummary, { findings }: EnvironmentDetails): readonly TreeNode[] {
  const ranks = { error: 0, warning: 1, info: 2 };
  return [...findings].sort((a, b) => ranks[a.severity] - ranks[b.severity]).map((finding, index) => findingNode(id, finding, index));
}

function findingNode(environmentId: string, { severity, code, message, place }: FindingSummary, index: number): TreeNode {
  return {
    ...part(environmentId, `findings/${code}/${place.label}#${index}`, message, place.label, '', undefined),
    icon: iconOfSeverity(severity),
    tooltip: '',
    spoken: `${severity}: ${message} ${place.label}`,
    contexts: ['finding'],
    opens: { kind: 'place', place },
    copies: message,
  };
}

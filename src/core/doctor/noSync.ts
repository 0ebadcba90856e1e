/**
 * no-sync: a change in git that doesn't trigger a sync: what follows git is suspended, isn't automated, can't read the
 * repository, waits for something else, has failed and gave up, or looks only now and then.
 */
import { isTrueAt, textAt } from '../live/readFields.js';
import type { LiveObject } from '../live/liveObject.js';
import { durationWords, parseTime } from '../live/time.js';
import type { OperatorStatus } from '../operators/operatorStatus.js';
import { hashIn, shorten } from '../sync/words.js';
import type { Check } from './check.js';
import { causeOf, type Cause, type RunnableFix } from './diagnosis.js';
import { nameOf, oneLine, placeWords, since } from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';
import { troublesOf, type Trouble } from './operatorTrouble.js';

/** As long as a request is taken up in any case. */
const takeUp = 60_000;
/** Intervals below are what people expect. */
const longInterval = 300;

export const noSync: Check = {
  code: 'no-sync',
  title: 'Change in git that triggers no sync',
  topics: [],
  *examine(facts) {
    const causes = noSyncCauses(facts);
    const { environment, live } = facts;
    if (causes.length === 0 || !live?.status) return;
    yield { code: 'no-sync', severity: 'error', symptom: `${environment.label} doesn't get what is in git.`, object: live.status.id, causes };
  },
};

/** Also asked by what tells of old versions, which leaves to this check what it can say. */
export function noSyncCauses(facts: DoctorFacts): readonly Cause[] {
  const { live } = facts;
  if (!live?.status) return [];
  const { status } = live;
  const isBehind = isBehindGit(facts);
  const isWaiting = isBehind || status.sync === 'OutOfSync' || (live.drift?.objects.some(({ state }) => state === 'changed' || state === 'missing') ?? false);
  const causes: Cause[] = [...troublesOf(live).flatMap((trouble) => troubleCause(trouble, facts) ?? [])];
  if (isWaiting) causes.push(...stopCauses(live, facts));
  if (causes.length === 0 && isBehind) causes.push(...lookCauses(live, facts));
  return causes;
}

/** True where the tracked revision has the change and what the operator reads is known to lack it. */
export function isBehindGit({ sources, live }: DoctorFacts): boolean {
  const revisions = live?.status?.revisions ?? [];
  return sources.some(({ tracked, relations }, index) => {
    const hash = hashIn(revisions[index] ?? revisions[0] ?? '');
    return tracked.hasChange === true && hash !== undefined && relations.get(hash)?.hasChange === false;
  });
}

function stopCauses(live: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  const { status, source, sourceStatus, declaration } = live;
  const causes: Cause[] = [];
  if (source && sourceStatus && isTrueAt(source, 'spec', 'suspend')) causes.push(suspendedCause(sourceStatus, facts));
  if (status?.isSuspended === true) causes.push(status.operator === 'flux' ? suspendedCause(status, facts) : skippedCause(status, declaration));
  if (status?.operator === 'argocd' && !status.isAutomated && !status.isSuspended && status.sync === 'OutOfSync' && status.operation?.isRunning !== true) {
    const place = placeOfDeclaration(facts);
    causes.push(
      causeOf(
        `Automated sync of ${nameOf(status.id)} is off${placeWords(place, facts)}.`,
        [`It is OutOfSync at ${revisionWords(status)}, and spec.syncPolicy.automated isn't set.`],
        'Sync it by hand, or switch automated sync on in its declaration.',
        {
          place,
          runnable: {
            title: 'Sync',
            effect: `Asks Argo CD to sync ${nameOf(status.id)} to ${revisionWords(status)}.`,
            action: { kind: 'operator', id: status.id, action: { kind: 'sync' } },
          },
        },
      ),
    );
  }
  return causes;
}

function suspendedCause(status: OperatorStatus, facts: DoctorFacts): Cause {
  const name = nameOf(status.id);
  return causeOf(`${name} is suspended.`, [`Its spec.suspend is true; it stands at ${revisionWords(status)}.`], 'Resume it, here and in git where git says it.', {
    place: placeOfDeclaration(facts),
    runnable: {
      title: `Resume ${name}`,
      effect: `Sets spec.suspend of ${name} to false in the cluster; where git says true, it is set back.`,
      action: { kind: 'operator', id: status.id, action: { kind: 'resume' } },
    },
  });
}

function skippedCause(status: OperatorStatus, declaration: LiveObject | undefined): Cause {
  const [key] = Object.entries(declaration?.metadata.annotations ?? {}).find(([name]) => name.endsWith('skip-reconcile')) ?? ['argocd.argoproj.io/skip-reconcile'];
  return causeOf(`${nameOf(status.id)} is told not to reconcile.`, [`It has the annotation ${key}: "true".`], 'Take the annotation away where it is declared.');
}

function troubleCause({ kind, evidence, status, who }: Trouble, facts: DoctorFacts): Cause | undefined {
  const place = placeOfDeclaration(facts);
  const url = status.sources[0]?.repoURL ?? '';
  switch (kind) {
    case 'credentials': {
      const secret = status.id.kind === 'GitRepository' && facts.live?.source ? textAt(facts.live.source, 'spec', 'secretRef', 'name') : undefined;
      const known =
        status.operator === 'flux'
          ? [secret === undefined ? `${who} names no Secret with credentials (spec.secretRef).` : `It takes its credentials from Secret ${status.id.namespace}/${secret}.`]
          : [];
      return causeOf(`${who} is refused by the repository ${url}.`, [evidence, ...known], 'Renew its credentials for the repository, and see that the URL is right.', { place });
    }
    case 'unreachable':
      return causeOf(`${who} can't reach ${url === '' ? 'its repository' : url}.`, [evidence], "See the cluster's network and DNS, and the address of the repository.", { place });
    case 'revision': {
      const node = facts.environment.sources[0]?.revision;
      const at = node ? node.source.locate(node.start, node.end) : place;
      return causeOf(
        `${who} finds no ${status.sources[0]?.targetRevision ?? 'revision'} in the repository${placeWords(at, facts)}.`,
        [evidence],
        'Push that branch or tag, or name one that is there.',
        { place: at },
      );
    }
    case 'dependency':
      return causeOf(`${who} waits for what it depends on.`, [evidence], 'Mend what it depends on first.', { place });
    case 'other':
    case 'health':
      return causeOf(
        kind === 'health' ? `${who} applied the change, and it doesn't become healthy.` : `The last try of ${who} failed.`,
        [evidence],
        'Mend what it names, then let it try again.',
        { runnable: tryAgain(status) },
      );
    // Others tell of these.
    case 'path':
    case 'forbidden':
    case 'render':
    case 'spec':
      return undefined;
  }
}

/** Nothing stops it; it hasn't looked. */
function lookCauses({ status, source, sourceStatus, declaration }: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  if (!status) return [];
  const { now } = facts;
  const follower = sourceStatus ?? status;
  const name = nameOf(follower.id);
  const wanted = facts.sources.flatMap(({ tracked }) => (tracked.commit === undefined ? [] : [`${tracked.name} is at ${tracked.commit.slice(0, 8)}`])).join(', ');
  const evidence = [`${nameOf(status.id)} is at ${revisionWords(status)}; ${wanted}.`];
  const asked = parseTime(follower.pendingRequest);
  if (asked !== undefined && now - asked > takeUp) {
    return [
      causeOf(
        `Nobody takes up what ${name} was asked ${durationWords(now - asked)} ago.`,
        [...evidence, `It was asked to reconcile at ${follower.pendingRequest ?? ''}, and has not noted that.`],
        `See whether its controller runs.`,
      ),
    ];
  }
  const looked = since(follower.lookedAt, now);
  const when = looked === undefined ? [] : [`It noted its last look ${durationWords(looked)} ago.`];
  if (follower.interval !== undefined && follower.interval >= longInterval) {
    const interval = textAt(source ?? declaration ?? { apiVersion: '' }, 'spec', 'interval') ?? `${follower.interval}s`;
    return [
      causeOf(
        `${name} looks at git every ${interval}, and nothing tells it to look sooner.`,
        [...evidence, `Its spec.interval is ${interval}.`, ...when],
        'Let it look now; a webhook (Receiver) makes it look at each push.',
        { runnable: tryAgain(status), place: placeOfDeclaration(facts) },
      ),
    ];
  }
  // On its way: one look is always allowed.
  const isDue = status.operator === 'argocd' ? looked !== undefined && looked > argoPause : follower.interval !== undefined && (looked ?? 0) > follower.interval * 2000;
  if (!isDue) return [];
  return [
    causeOf(
      `${name} has not looked at git for ${durationWords(looked ?? 0)}.`,
      [...evidence, ...when],
      'Let it look now; see that its controller runs and that the webhook of the repository reaches it.',
      { runnable: tryAgain(status) },
    ),
  ];
}

/** Argo CD looks every 120 to 180 seconds by default (`timeout.reconciliation` and its jitter). */
const argoPause = 360_000;

function tryAgain(status: OperatorStatus): RunnableFix {
  const name = nameOf(status.id);
  return status.operator === 'argocd'
    ? {
        title: 'Refresh',
        effect: `Asks Argo CD to look at git for ${name} again; automated sync then follows.`,
        action: { kind: 'operator', id: status.id, action: { kind: 'refresh', hard: false } },
      }
    : {
        title: 'Reconcile',
        effect: `Asks Flux to fetch the source of ${name} and to apply it.`,
        action: { kind: 'operator', id: status.id, action: { kind: 'reconcile', withSource: true } },
      };
}

function revisionWords({ revisions }: OperatorStatus): string {
  return revisions.map(shorten).join(', ') || 'no revision';
}

function placeOfDeclaration({ environment: { declaredAt } }: DoctorFacts): Cause['place'] {
  return declaredAt.source.locate(declaredAt.start, declaredAt.end);
}

/** Part of a sentence about a look that is due; for what tells of old versions. */
export function lastLook(status: OperatorStatus, now: number): string {
  const looked = since(status.lookedAt, now);
  return looked === undefined ? '' : oneLine(`It noted its last look ${durationWords(looked)} ago`);
}

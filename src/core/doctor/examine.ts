/** A visit of the doctor: every check looks at the facts, and what they say is sorted and masked. */
import { applicationUnknown } from './applicationUnknown.js';
import type { Check } from './check.js';
import { comparisonError } from './comparisonError.js';
import { containerConfig } from './containerConfig.js';
import { crashLoop } from './crashLoop.js';
import type { Cause, Diagnosis } from './diagnosis.js';
import { oneLine } from './evidence.js';
import type { DoctorFacts, Topic } from './facts.js';
import { forbidden } from './forbidden.js';
import { imageAutomation } from './imageAutomation.js';
import { imagePull } from './imagePull.js';
import { maskOf, type MaskText } from './mask.js';
import { noSync } from './noSync.js';
import { notReady } from './notReady.js';
import { oldVersion } from './oldVersion.js';
import { operatorDisagrees } from './operatorDisagrees.js';
import { pending } from './pending.js';
import { quota } from './quota.js';
import { route } from './route.js';
import { stuckDeletion } from './stuckDeletion.js';
import { unboundVolume } from './unboundVolume.js';
import { wrongPath } from './wrongPath.js';

/** In the order in which a change gets stuck: what comes first may be why of what comes later. */
export const allChecks: readonly Check[] = [
  wrongPath,
  comparisonError,
  applicationUnknown,
  noSync,
  oldVersion,
  imageAutomation,
  forbidden,
  quota,
  imagePull,
  containerConfig,
  unboundVolume,
  pending,
  crashLoop,
  notReady,
  route,
  stuckDeletion,
  operatorDisagrees,
];

/** What all checks together ask to see. */
export const allTopics: readonly Topic[] = [...new Set(allChecks.flatMap(({ topics }) => topics))];

/** Errors first, then in the order of the checks. Secrets are masked. */
export function examine(facts: DoctorFacts): readonly Diagnosis[] {
  const found = allChecks.flatMap((check) => [...check.examine(facts)]);
  const maskText = maskTextOf(facts);
  return found.toSorted((a, b) => rank(a) - rank(b)).map((diagnosis) => maskDiagnosis(diagnosis, maskText));
}

function rank({ severity }: Diagnosis): number {
  return severity === 'error' ? 0 : 1;
}

/** The mask for an environment's texts. */
export function maskTextOf({ rendering, live }: Pick<DoctorFacts, 'rendering' | 'live'>): MaskText {
  const objects = live
    ? [
        ...(live.drift?.objects ?? []).flatMap(({ live: object }) => object ?? []),
        ...Object.values(live.seen).flat(),
        ...[live.declaration, live.source].flatMap((each) => each ?? []),
      ]
    : [];
  return maskOf(rendering, objects);
}

function maskDiagnosis(diagnosis: Diagnosis, maskText: MaskText): Diagnosis {
  return { ...diagnosis, symptom: maskText(diagnosis.symptom), causes: diagnosis.causes.map((cause) => maskCause(cause, maskText)) };
}

function maskCause(cause: Cause, maskText: MaskText): Cause {
  const { runnable } = cause;
  return {
    ...cause,
    cause: maskText(cause.cause),
    evidence: cause.evidence.map(maskText),
    fix: maskText(cause.fix),
    runnable: runnable && { ...runnable, title: maskText(runnable.title), effect: maskText(runnable.effect) },
  };
}

/** What couldn't be seen of a cluster, one sentence each. */
export function notSeenOf({ live, rendering, environment }: DoctorFacts, notAsked: string): readonly string[] {
  if (!live) return [notAsked];
  const kinds = [...new Set([...live.unseen.values()].map(oneLine))];
  const unrendered = rendering.ok ? [] : [`${environment.label} can't be rendered, so that what is live could not be compared.`];
  const unknown = (live.drift?.objects ?? []).filter(({ state }) => state === 'unknown').map(({ id, reason }) => oneLine(`${id.kind} ${id.name} can't be compared: ${reason}`));
  return [...unrendered, ...kinds, ...unknown];
}

/** Plans of edits, ladders and visits of the doctor as the server would tell them, for tests of what shows them. */
import type { Diagnosis, DoctorVisit, LadderRung, LadderRungName, LadderView } from '../../src/server/doctorProtocol.js';
import type { EditPlanView, EditProgress, ImageMove, PlanBranch, PlanTarget } from '../../src/server/promoteProtocol.js';
import { placeAt } from './deliveryFixtures.js';

const overlay = 'apps/orders/overlays/stage/kustomization.yaml';

export function moveOf(changes: Partial<ImageMove> = {}): ImageMove {
  return {
    image: 'ghcr.io/tidepool-example/orders-api',
    before: 'sha-1',
    after: 'sha-2',
    state: 'moves',
    way: 'newTag of images[0]',
    place: placeAt(overlay, 12),
    registry: undefined,
    ...changes,
  };
}

/** An environment that is in sync, and gets one image. */
export function targetOf(name: string, changes: Partial<PlanTarget> = {}): PlanTarget {
  return {
    id: `argocd/argocd/orders-${name}`,
    label: `orders ${name}`,
    isProtected: name === 'prod',
    branch: 'main',
    refusal: undefined,
    isAlong: false,
    moves: [moveOf()],
    rendered: { added: 0, removed: 0, changed: 1, fields: ['Deployment/orders-api image: orders-api:sha-1 → orders-api:sha-2'] },
    findings: [],
    others: [],
    live: { counts: { objects: 12, missing: 0, changed: 0, extra: 0, foreign: 0, unknown: 0 }, health: 'Healthy', message: 'All objects are as they are rendered.' },
    warnings: [],
    ...changes,
  };
}

export function branchOf(changes: Partial<PlanBranch> = {}): PlanBranch {
  return {
    repository: 'delivery',
    branch: 'main',
    isCheckedOut: true,
    commit: '1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d',
    isProtected: false,
    ways: ['push', 'commit', 'edit'],
    topicBranch: 'promote/orders-stage',
    environments: ['argocd/argocd/orders-stage'],
    files: [{ label: overlay, kind: 'source', beforeUri: 'gitops-plan:/a?before', afterUri: 'gitops-plan:/a?after' }],
    conflicts: [],
    ...changes,
  };
}

/** A promotion from dev to stage on one branch. */
export function editPlanOf(changes: Partial<EditPlanView> = {}): EditPlanView {
  const branches = changes.branches ?? [branchOf()];
  return {
    planId: 'plan',
    kind: 'promotion',
    title: 'orders: dev → stage',
    refusal: undefined,
    targets: [targetOf('stage')],
    questions: [],
    warnings: [],
    message: 'chore: promote orders sha-2 to stage',
    documents: branches.flatMap(({ files }) => files),
    ...changes,
    branches,
  };
}

export function editProgressOf(changes: Partial<EditProgress> = {}): EditProgress {
  return { runId: 'run', kind: 'promotion', phase: 'running', message: 'committing to main', part: 0.2, branches: [], ladders: [], rollbackOf: [], ...changes };
}

const rungTitles: Readonly<Record<LadderRungName, string>> = {
  saved: 'Saved',
  committed: 'Committed',
  pushed: 'Pushed',
  tracked: 'Merged into main',
  synced: 'Applied by Argo CD',
  'rolled-out': 'Rolled out',
  healthy: 'Healthy',
};

/** A ladder that is done below `open`, which is as `changes` say. */
export function ladderOf(id: string, open: LadderRungName | undefined, changes: Partial<LadderRung> = {}): LadderView {
  const names = Object.keys(rungTitles) as LadderRungName[];
  const first = open === undefined ? names.length : names.indexOf(open);
  const rungs = names.map((rung, index): LadderRung => {
    const state = index < first ? 'done' : 'pending';
    return { rung, title: rungTitles[rung], state, evidence: `About ${rung}.`, facts: [], place: undefined, ...(index === first && changes) };
  });
  return { id, label: id, commit: undefined, rungs, firstOpen: open, context: 'kind-dev', at: '2026-11-21T11:30:00Z' };
}

/** Pods that can't pull their image, for one reason that a person can mend from here. */
export function diagnosisOf(changes: Partial<Diagnosis> = {}): Diagnosis {
  return {
    code: 'image-pull',
    severity: 'error',
    symptom: "Pods of Deployment orders-api can't pull their image.",
    object: undefined,
    causes: [
      {
        cause: 'The tag sha-9 is not in the registry.',
        evidence: ['Pod orders-api-7d9: ErrImagePull.'],
        fix: 'Set a tag that is there.',
        action: { fixId: 'fix', kind: 'edit', title: 'Set sha-2', effect: 'Edits the overlay in the editor.', needsConfirmation: false, isGuarded: false },
        place: placeAt(overlay, 12),
      },
    ],
    ...changes,
  };
}

export function visitOf(changes: Partial<DoctorVisit> = {}): DoctorVisit {
  return { visitId: 'visit', id: 'orders-stage', label: 'orders stage', diagnoses: [], notSeen: [], context: 'kind-dev', at: '2026-11-21T11:30:00', ...changes };
}

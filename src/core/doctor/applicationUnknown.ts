/** application-unknown: an environment's object of its operator that isn't in the cluster, that nobody looks at, or that says Unknown. */
import { declarationIdOf } from '../operators/declarationOf.js';
import type { Environment } from '../gitops/delivery.js';
import type { Check } from './check.js';
import { causeOf, type Cause } from './diagnosis.js';
import { nameOf, oneLine, placeWords } from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';
import { troublesOf } from './operatorTrouble.js';

export const applicationUnknown: Check = {
  code: 'application-unknown',
  title: 'Operator that knows nothing of it',
  topics: [],
  *examine(facts) {
    const { environment, live } = facts;
    const id = declarationIdOf(environment);
    if (!live || !id) return;
    const cause = live.declaration ? unknownCause(live, facts) : missingCause(live, facts);
    if (!cause) return;
    yield {
      code: 'application-unknown',
      severity: live.declaration ? 'error' : 'warning',
      symptom: live.declaration ? `${nameOf(id)} is Unknown.` : `${nameOf(id)} isn't in the cluster of ${live.context}.`,
      object: id,
      causes: [cause],
    };
  },
};

/** That it is missing says something only where its operator is to be in this cluster. */
function missingCause({ hasOperatorKind, otherDeclarations, context }: LiveFacts, facts: DoctorFacts): Cause | undefined {
  const { environment } = facts;
  const id = declarationIdOf(environment);
  if (!id) return undefined;
  const operator = environment.operator === 'flux' ? 'Flux' : 'Argo CD';
  const place = environment.declaredAt.source.locate(environment.declaredAt.start, environment.declaredAt.end);
  const isHere = environment.operator === 'flux' || deliversToItself(environment);
  if (!hasOperatorKind) {
    if (!isHere) return undefined;
    return causeOf(
      `${operator} isn't installed in the cluster of ${context}.`,
      [`The server doesn't serve ${id.kind} of ${id.group}.`],
      `Install ${operator} there, or choose the context of the cluster that it runs in.`,
      { place },
    );
  }
  if (otherDeclarations === undefined || (!isHere && otherDeclarations === 0)) return undefined;
  const others = otherDeclarations === 0 ? 'no' : String(otherDeclarations);
  return causeOf(
    `${nameOf(id)} is declared${placeWords(place, facts)} and was not delivered.`,
    [`Namespace ${id.namespace} of the cluster has ${others} ${id.kind}${otherDeclarations === 1 ? '' : 's'}, and none of that name.`],
    `Apply the declaration, or sync what is to bring it (an app of apps, an ApplicationSet, Flux's own Kustomization).`,
    { place },
  );
}

function deliversToItself({ destination }: Environment): boolean {
  const server = destination.server?.value;
  const cluster = destination.cluster?.value;
  return (server === undefined || /^https:\/\/kubernetes\.default\.svc(?:\.cluster\.local)?(?::443)?\/?$/.test(server)) && (cluster === undefined || cluster === 'in-cluster');
}

function unknownCause(live: LiveFacts, facts: DoctorFacts): Cause | undefined {
  const { status } = live;
  if (!status) return undefined;
  const silent = status.unknowns.find(({ about }) => about === 'everything');
  const name = nameOf(status.id);
  if (silent) return causeOf(oneLine(silent.message), [`${name} has no status.`], `See whether its controller runs and watches namespace ${status.id.namespace}.`);
  const isUnknown = status.sync === 'Unknown' || (status.operator === 'argocd' && status.health.status === 'Unknown');
  const spec = troublesOf(live).filter(({ kind }) => kind === 'spec' || kind === 'unreachable' || kind === 'other');
  if (!isUnknown && !spec.some(({ kind }) => kind === 'spec')) return undefined;
  const [first] = spec;
  const place = facts.environment.declaredAt;
  const location = place.source.locate(place.start, place.end);
  if (first) {
    const reach = first.kind === 'unreachable';
    return causeOf(
      reach ? `${name} can't reach what it reads from or delivers to.` : oneLine(first.message),
      [first.evidence],
      reach ? 'See its repository and its cluster in the settings of the operator.' : 'Mend what it names in the declaration.',
      { place: location },
    );
  }
  // What it says of paths, credentials and renders is told by others.
  if (troublesOf(live).length > 0) return undefined;
  return causeOf(
    `${name} doesn't know its state, and doesn't say why.`,
    [`Its sync is ${status.sync}, its health ${status.health.status}${status.health.message === '' ? '' : ` (${status.health.message})`}.`],
    'Refresh it; if it stays so, see the log of its controller.',
    {
      runnable: {
        title: 'Refresh',
        effect: `Asks ${name} to look at git again, without what it has kept.`,
        action:
          status.operator === 'argocd'
            ? { kind: 'operator', id: status.id, action: { kind: 'refresh', hard: true } }
            : { kind: 'operator', id: status.id, action: { kind: 'reconcile', withSource: true } },
      },
    },
  );
}

/** forbidden: what somebody may not do: the operator that applies, a controller that makes pods, an admission policy, or who looks. */
import type { ResId } from '../objects/resId.js';
import type { Check } from './check.js';
import { causeOf, type Cause, type Diagnosis } from './diagnosis.js';
import { locate, nameOf, oneLine, renderedOf, workloadsOf } from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';
import { refusalOf } from './quota.js';

export const forbidden: Check = {
  code: 'forbidden',
  title: 'Something that is forbidden',
  topics: ['pods', 'replicaSets', 'events'],
  *examine(facts) {
    const { live } = facts;
    if (!live) return;
    for (const workload of workloadsOf(live)) {
      const refusal = refusalOf(workload, live, facts.now).find(({ words }) => !/quota/i.test(words) && isRefused(words));
      const { id } = workload.drift;
      if (refusal)
        yield {
          code: 'forbidden',
          severity: 'error',
          symptom: `${nameOf(id)} lacks pods: they are refused.`,
          object: id,
          causes: [podCause(refusal.words, refusal.evidence, id, facts)],
        };
    }
    yield* operatorRefusals(live, facts);
  },
};

function isRefused(words: string): boolean {
  return /is forbidden|violates PodSecurity|denied the request|error looking up service account|serviceaccount "[^"]*" not found/i.test(words);
}

function podCause(words: string, evidence: string, id: ResId, facts: DoctorFacts): Cause {
  const object = renderedOf(id, facts);
  const spec = ['spec', 'template', 'spec'];
  const [, account] = /(?:error looking up service account \S*?\/|serviceaccount ")([\w.-]+)"?/i.exec(words) ?? [];
  if (account !== undefined) {
    return causeOf(`ServiceAccount ${account} doesn't exist.`, [evidence], 'Declare the service account, or name another one.', {
      place: locate(object, [...spec, 'serviceAccountName']),
    });
  }
  const [, level] = /violates PodSecurity "([^"]+)"/i.exec(words) ?? [];
  if (level !== undefined) {
    return causeOf(
      `The namespace allows only pods of PodSecurity ${level}.`,
      [evidence],
      'Set what the message names in the securityContext, or have the namespace labelled for another level.',
      { place: locate(object, [...spec, 'securityContext']) },
    );
  }
  const [, webhook] = /admission webhook "([^"]+)" denied the request/i.exec(words) ?? [];
  return causeOf(
    webhook === undefined ? 'The API server refuses its pods.' : `The admission webhook ${webhook} refuses its pods.`,
    [evidence],
    'Mend what the message names, or ask who keeps that policy.',
    { place: locate(object, spec) },
  );
}

/** What the operator's last try says of each object. */
function* operatorRefusals({ status }: LiveFacts, facts: DoctorFacts): Iterable<Diagnosis> {
  if (!status || status.sync === 'Synced' || status.sync === 'Applied') return;
  const name = nameOf(status.id);
  const results = (status.operation?.results ?? []).filter(({ status: result, message }) => result === 'SyncFailed' && isRefused(message));
  const [first] = results;
  const words = first?.message ?? status.conditions.find(({ isBad, message }) => isBad && isRefused(message))?.message;
  if (words === undefined) return;
  const [, user, verb, resource] = /User "([^"]+)" cannot (\w+) resource "([^"]+)"/i.exec(words) ?? [];
  const what = first ? nameOf(first.id) : 'an object';
  const project = /not permitted in project/i.test(words);
  yield {
    code: 'forbidden',
    severity: 'error',
    symptom: `${name} may not apply ${what}${results.length > 1 ? ` and ${results.length - 1} more` : ''}.`,
    object: first?.id ?? status.id,
    causes: [
      causeOf(
        user === undefined ? (project ? "The Application's project doesn't permit it." : 'The API server refuses it.') : `${user} may not ${verb ?? ''} ${resource ?? ''}.`,
        [oneLine(`${name} says: ${words}`)],
        user === undefined ? 'Mend what the message names.' : `Give ${user} a Role with ${verb ?? ''} on ${resource ?? ''} there, or leave the object out.`,
        { place: first && locate(renderedOf(first.id, facts)) },
      ),
    ],
  };
}

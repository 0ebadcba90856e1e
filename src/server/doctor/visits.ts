/** Visits of the doctor: looks at an environment, keeps what was found until the next visit, and reports it. */
import { randomUUID } from 'node:crypto';
import type { Location } from '../../core/base/source.js';
import type { Cause, Diagnosis as Found, RunnableFix } from '../../core/doctor/diagnosis.js';
import { examine, maskTextOf, notSeenOf } from '../../core/doctor/examine.js';
import type { LiveFacts } from '../../core/doctor/facts.js';
import { formatReport, type ReportedVisit } from '../../core/doctor/report.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { gatherFacts, gatherLiveFacts } from '../../services/doctor.js';
import { Failure } from '../../services/failure.js';
import type { Registries } from '../../services/registries.js';
import type { LiveSession } from '../cluster/liveSession.js';
import { nameOfObject } from '../cluster/words.js';
import type { Diagnosis, DiagnosisCause, DoctorFix, DoctorVisit } from '../doctorProtocol.js';
import { labelLocation } from '../fileLabels.js';
import type { Place } from '../protocol.js';
import type { Session } from '../session.js';
import { pathToUri } from '../uris.js';
import type { Ladders } from './ladders.js';

export interface VisitsOptions {
  readonly session: Session;
  readonly live: LiveSession;
  readonly ladders: Ladders;
  /** Asked only what the user allowed. */
  readonly registries: Registries;
}

/** A visit with what its fixes do. */
export interface KeptVisit {
  readonly visit: DoctorVisit;
  readonly environment: Environment;
  readonly fixes: ReadonlyMap<string, RunnableFix>;
  readonly reported: ReportedVisit;
}

const notAsked = 'No cluster is connected for it: what runs was not looked at.';

export class Visits {
  readonly #options: VisitsOptions;
  readonly #kept = new Map<string, KeptVisit>();

  constructor(options: VisitsOptions) {
    this.#options = options;
  }

  /** Looks at an environment. Rejects with a {@link Failure} where there is none, or its cluster can't be asked. */
  async visit(id: string, signal: AbortSignal): Promise<DoctorVisit> {
    const { session, live, ladders, registries } = this.#options;
    const environment = live.environment(id);
    if (!environment) throw new Failure('live/not-compared', 'This environment is gone.', 'Look at the tree again.');
    const { delivery, tree } = session.model;
    const { rendering } = delivery.render(environment);
    const facts = await this.#look(environment, signal);
    const now = Date.now();
    const tagVerdict = session.isTrusted ? (image: string, own: AbortSignal) => registries.tagVerdict(image, own) : undefined;
    const gathered = await gatherFacts(
      {
        environment,
        rendering,
        findings: session.summarySource().problemsOf(environment),
        ladder: await ladders.readOf(id, {}, signal),
        live: facts,
        tree,
        label: (path) => session.label(path),
        tagVerdict,
        now,
      },
      signal,
    );
    const at = new Date(now).toISOString();
    const found = examine(gathered);
    const maskText = maskTextOf(gathered);
    const notSeen = notSeenOf(gathered, notAsked).map(maskText);
    const fixes = new Map<string, RunnableFix>();
    const diagnoses = found.map((diagnosis) => this.#describe(diagnosis, environment, fixes));
    const visit: DoctorVisit = { visitId: randomUUID(), id, label: environment.label, diagnoses, notSeen, context: facts?.context, at };
    const reported: ReportedVisit = {
      label: environment.label,
      context: facts?.context,
      at,
      diagnoses: found,
      rungs: gathered.rungs,
      notSeen,
      maskText,
      labelFile: (path) => session.label(path),
    };
    this.#kept.set(id, { visit, environment, fixes, reported });
    return visit;
  }

  /** A fix of the latest visit of an environment. @throws Failure where there was another visit since */
  find(visitId: string, fixId: string): { readonly kept: KeptVisit; readonly fix: RunnableFix } {
    const kept = [...this.#kept.values()].find(({ visit }) => visit.visitId === visitId);
    const fix = kept?.fixes.get(fixId);
    if (!kept || !fix) throw new Failure('live/not-compared', 'This was found by an earlier visit.', 'Diagnose again.');
    return { kept, fix };
  }

  /** As Markdown. @param ids all that were visited where it is undefined */
  report(ids: readonly string[] | undefined): string {
    const visits = [...this.#kept].filter(([id]) => ids === undefined || ids.includes(id)).map(([, { reported }]) => reported);
    if (visits.length === 0) throw new Failure('live/not-compared', 'Nothing was diagnosed yet.', 'Diagnose an environment first.');
    return formatReport(visits);
  }

  /** One look; what doesn't render is looked at too, as its operator has a word on it. */
  async #look(environment: Environment, signal: AbortSignal): Promise<LiveFacts | undefined> {
    const { session, live } = this.#options;
    const { id } = environment;
    const connection = live.clusters.connectionOf(id);
    if (!connection?.cluster || connection.state !== 'connected') return undefined;
    const { cluster, context } = connection;
    const { rendering } = session.model.delivery.render(environment);
    const compared = rendering.ok && session.settings.drift ? await live.environments.refresh(id) : undefined;
    const fallbackNamespace = live.namespaceOf(context);
    return gatherLiveFacts(
      { cluster, environment, drift: compared?.state.kind === 'compared' ? compared.drift : undefined, rendering, fallbackNamespace, now: Date.now() },
      signal,
    );
  }

  #describe({ code, severity, symptom, object, causes }: Found, environment: Environment, fixes: Map<string, RunnableFix>): Diagnosis {
    return { code, severity, symptom, object: object && nameOfObject(object), causes: causes.map((cause) => this.#describeCause(cause, environment, fixes)) };
  }

  #describeCause({ cause, evidence, fix, runnable, place }: Cause, environment: Environment, fixes: Map<string, RunnableFix>): DiagnosisCause {
    return { cause, evidence, fix, action: runnable && describeFix(runnable, environment, fixes), place: place && this.placeOf(place) };
  }

  placeOf(location: Location): Place {
    const { session } = this.#options;
    return { uri: pathToUri(location.path), range: location.range, label: labelLocation(location, (path) => session.label(path)) };
  }
}

function describeFix(runnable: RunnableFix, { isProtected }: Environment, fixes: Map<string, RunnableFix>): DoctorFix {
  const { action, title, effect } = runnable;
  const fixId = String(fixes.size + 1);
  fixes.set(fixId, runnable);
  const writesOutside = action.kind === 'operator' || action.kind === 'push';
  return { fixId, kind: action.kind === 'set' ? 'edit' : action.kind, title, effect, needsConfirmation: writesOutside, isGuarded: isProtected && writesOutside };
}

/**
 * route: hosts that answer 404 or 503: an Ingress whose class nobody serves, whose host is another one than in git, or
 * that leads to a Service or port that isn't there, or to a Service without ready pods. Nothing is requested: objects tell.
 */
import type { Location } from '../base/source.js';
import { jsonEquals, type JsonObject } from '../live/json.js';
import type { ObjectDrift } from '../drift/drift.js';
import type { LiveObject } from '../live/liveObject.js';
import { mapAt, mapsAt, numberAt, textAt, valueAt } from '../live/readFields.js';
import type { FieldStep } from '../objects/compare.js';
import type { Check } from './check.js';
import { causeOf, type Cause, type Diagnosis } from './diagnosis.js';
import { locate, nameOf, oneLine, placeWords, podWords, renderedOf, since, valueWords } from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';

/** Before that a controller may be about to take it. */
const patience = 600_000;
/** In which pods may become ready. */
const startTime = 60_000;
/** What rules find at routes. */
const routeRules = new Set(['environments/shared-host', 'references/missing-backend', 'references/missing-port']);

export const route: Check = {
  code: 'route',
  title: 'Host that does not answer',
  topics: ['services', 'endpointSlices', 'ingressClasses', 'pods'],
  *examine(facts) {
    const { live } = facts;
    const found = live ? (live.drift?.objects ?? []).flatMap((object) => diagnose(object, live, facts)) : [];
    yield* found;
    yield* findingsOf(facts, found);
  },
};

function diagnose(drift: ObjectDrift, live: LiveFacts, facts: DoctorFacts): readonly Diagnosis[] {
  const { id, live: ingress } = drift;
  if (id.group !== 'networking.k8s.io' || id.kind !== 'Ingress' || !ingress) return [];
  const causes = [
    ...hostCauses(drift, ingress, facts),
    ...classCauses(ingress, drift, live, facts),
    ...backendsOf(ingress).flatMap((backend) => backendCauses(backend, ingress, drift, live, facts)),
  ];
  if (causes.length === 0) return [];
  const hosts = [...new Set(mapsAt(ingress, 'spec', 'rules').map((rule) => textAt(rule, 'host') ?? '*'))];
  return [{ code: 'route', severity: 'error', symptom: `${hosts.join(', ') || 'Any host'} of ${nameOf(id)} does not answer as it should.`, object: id, causes }];
}

/** The cluster serves other hosts than git says. */
function hostCauses({ fields, id }: ObjectDrift, ingress: LiveObject, facts: DoctorFacts): readonly Cause[] {
  const differing = fields.filter(({ path, state }) => state !== 'foreign' && path[0] === 'spec' && (path.at(-1) === 'host' || path.at(-1) === 'rules' || path.at(-2) === 'rules'));
  const [first] = differing;
  if (!first) return [];
  const live = mapsAt(ingress, 'spec', 'rules').map((rule) => textAt(rule, 'host') ?? '*');
  const rendered = renderedOf(id, facts);
  const place = locate(rendered, first.path);
  const desired = typeof first.desired === 'string' ? first.desired : 'other rules';
  return [
    causeOf(
      `The cluster has other hosts than git: it serves ${live.join(', ')}, git says ${desired}${placeWords(place, facts)}.`,
      [`${nameOf(id)} in the cluster has the hosts ${live.join(', ')}.`, ...(first.forecast.message === '' ? [] : [first.forecast.message])],
      'Sync the environment.',
      {
        place,
        runnable: { title: 'Plan a sync', effect: 'Plans a sync of the environment and shows it; nothing is written before it is confirmed.', action: { kind: 'sync' } },
      },
    ),
  ];
}

function classCauses(ingress: LiveObject, { id }: ObjectDrift, live: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  if (live.unseen.has('ingressClasses')) return [];
  const classes = live.seen.ingressClasses;
  const names = classes.map(({ metadata }) => metadata.name).join(', ') || 'none';
  const annotation = ingress.metadata.annotations?.['kubernetes.io/ingress.class'];
  const named = textAt(ingress, 'spec', 'ingressClassName');
  const rendered = renderedOf(id, facts);
  const place = locate(rendered, ['spec', 'ingressClassName']);
  if (named !== undefined && !classes.some(({ metadata }) => metadata.name === named)) {
    return [
      causeOf(
        `There is no IngressClass ${named}${placeWords(place, facts)}.`,
        [`spec.ingressClassName is ${named}; the cluster has these classes: ${names}.`],
        'Name a class that is there, or install its controller.',
        { place },
      ),
    ];
  }
  if (hasAddress(ingress)) return [];
  const isDefault = ({ metadata }: LiveObject): boolean => metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true';
  if (named === undefined && annotation === undefined && classes.length > 0 && !classes.some(isDefault)) {
    return [
      causeOf(
        `It names no class, and none of the cluster's is the default${placeWords(place, facts)}.`,
        [`spec.ingressClassName is not set; the cluster has ${names}, none of them with ingressclass.kubernetes.io/is-default-class.`, 'No controller has given it an address.'],
        'Set ingressClassName.',
        { place },
      ),
    ];
  }
  const age = since(ingress.metadata.creationTimestamp, facts.now) ?? 0;
  if (age < patience || (named === undefined && annotation === undefined && classes.length === 0)) return [];
  return [
    causeOf(
      `No controller has taken it.`,
      [`It has no address in status.loadBalancer after ${Math.round(age / 60_000)} minutes.`],
      `See whether the controller of class ${named ?? annotation ?? names} runs.`,
      { place },
    ),
  ];
}

function hasAddress(ingress: LiveObject): boolean {
  return mapsAt(ingress, 'status', 'loadBalancer', 'ingress').length > 0;
}

interface Backend {
  readonly host: string;
  readonly path: string;
  readonly service: JsonObject;
  readonly at: readonly FieldStep[];
}

function backendsOf(ingress: LiveObject): readonly Backend[] {
  const fallback = mapAt(ingress, 'spec', 'defaultBackend', 'service');
  const rules = mapsAt(ingress, 'spec', 'rules').flatMap((rule, ruleIndex) =>
    mapsAt(rule, 'http', 'paths').flatMap((path, index) => {
      const service = mapAt(path, 'backend', 'service');
      const at = ['spec', 'rules', ruleIndex, 'http', 'paths', index, 'backend', 'service'];
      return service ? [{ host: textAt(rule, 'host') ?? '*', path: textAt(path, 'path') ?? '/', service, at }] : [];
    }),
  );
  return [...(fallback ? [{ host: '*', path: '/', service: fallback, at: ['spec', 'defaultBackend', 'service'] }] : []), ...rules];
}

function backendCauses(backend: Backend, ingress: LiveObject, { id }: ObjectDrift, live: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  if (live.unseen.has('services')) return [];
  const { service: wanted, host, path, at } = backend;
  const namespace = ingress.metadata.namespace ?? '';
  const name = textAt(wanted, 'name') ?? '';
  const rendered = renderedOf(id, facts);
  const where = `${host}${path}`;
  const service = live.seen.services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (!service) {
    const place = locate(rendered, [...at, 'name']);
    const names = live.seen.services.filter(({ metadata }) => metadata.namespace === namespace).map(({ metadata }) => metadata.name);
    return [
      causeOf(
        `${where} leads to Service ${name}, which doesn't exist${placeWords(place, facts)}.`,
        [`Namespace ${namespace} has these Services: ${names.join(', ') || 'none'}.`],
        'Name a Service that is there, or declare it.',
        { place },
      ),
    ];
  }
  if (textAt(service, 'spec', 'type') === 'ExternalName') return [];
  const port = mapAt(wanted, 'port') ?? {};
  const ports = mapsAt(service, 'spec', 'ports');
  const [number, portName] = [numberAt(port, 'number'), textAt(port, 'name')];
  const hit = ports.find((each) => (number === undefined ? textAt(each, 'name') === portName : numberAt(each, 'port') === number));
  if (!hit) return [portCause({ service, ports, wanted: String(number ?? portName ?? ''), where, at }, id, facts)];
  return endpointCauses(service, { where, namespace }, live, facts);
}

interface MissingPort {
  readonly service: LiveObject;
  readonly ports: readonly JsonObject[];
  readonly wanted: string;
  readonly where: string;
  readonly at: readonly FieldStep[];
}

function portCause({ service, ports, wanted, where, at }: MissingPort, id: ObjectDrift['id'], facts: DoctorFacts): Cause {
  const { name } = service.metadata;
  const rendered = renderedOf(id, facts);
  const words = ports.map((each) => `${valueWords(valueAt(each, 'port'))}${textAt(each, 'name') === undefined ? '' : ` (${textAt(each, 'name') ?? ''})`}`).join(', ') || 'none';
  const [only, second] = ports;
  const number = only && numberAt(only, 'port');
  const field = /^\d+$/.test(wanted) ? 'number' : 'name';
  const place = locate(rendered, [...at, 'port', field]);
  const runnable =
    rendered && !second && number !== undefined && field === 'number'
      ? {
          title: `Lead to port ${number}`,
          effect: `Makes the environment's own files say port ${number} for ${where} of ${nameOf(id)}; nothing is saved or committed.`,
          action: { kind: 'set', object: id, path: [...at, 'port', 'number'], value: number } as const,
        }
      : undefined;
  return causeOf(
    `${where} leads to port ${wanted} of Service ${name}, which doesn't have it${placeWords(place, facts)}.`,
    [`Service ${name} has these ports: ${words}.`],
    'Name a port that the Service has.',
    { place, ...(runnable && { runnable }) },
  );
}

/** A Service whose pods aren't ready is told of where the pods are; one that selects none, here. */
function endpointCauses(service: LiveObject, { where, namespace }: { readonly where: string; readonly namespace: string }, live: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  if (live.unseen.has('endpointSlices') || live.unseen.has('pods')) return [];
  const { name } = service.metadata;
  const selector = mapAt(service, 'spec', 'selector');
  const slices = live.seen.endpointSlices.filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name);
  const ready = slices.flatMap((slice) => mapsAt(slice, 'endpoints')).filter((endpoint) => valueAt(endpoint, 'conditions', 'ready') !== false);
  if (ready.length > 0 || !selector || Object.keys(selector).length === 0) return [];
  const id = { group: '', version: 'v1', kind: 'Service', namespace, name };
  const place = locate(renderedOf(id, facts), ['spec', 'selector']);
  const words = Object.entries(selector)
    .map(([key, value]) => `${key}=${valueWords(value)}`)
    .join(', ');
  const pods = live.seen.pods.filter(({ metadata }) => metadata.namespace === namespace && metadata.deletionTimestamp === undefined);
  const selected = pods.filter(({ metadata }) => Object.entries(selector).every(([key, value]) => jsonEquals(metadata.labels?.[key], value)));
  if (selected.length === 0) {
    return [
      causeOf(
        `${where} leads to Service ${name}, which selects no pod${placeWords(place, facts)}.`,
        [`Its selector is ${words}; none of the ${pods.length} pods of ${namespace} has these labels.`],
        "Make the selector and the pods' labels the same, or start pods.",
        { place },
      ),
    ];
  }
  // Pods that were just made are starting.
  if (selected.every(({ metadata: { creationTimestamp } }) => (since(creationTimestamp, facts.now) ?? 0) < startTime)) return [];
  return [
    causeOf(
      `${where} leads to Service ${name}, of which no pod is ready.`,
      [`It selects ${podWords(selected)}; its EndpointSlices have no ready address.`],
      'See why the pods are not ready.',
    ),
  ];
}

/** Without a cluster, or where its objects show nothing: what rules say of routes. */
function* findingsOf(facts: DoctorFacts, found: readonly Diagnosis[]): Iterable<Diagnosis> {
  const places = new Set(found.flatMap(({ causes }) => causes.flatMap(({ place }) => (place ? [keyOf(place)] : []))));
  for (const finding of facts.findings) {
    if (!routeRules.has(finding.code) || places.has(keyOf(finding.location))) continue;
    const { message, location, fix } = finding;
    const runnable = fix && {
      title: fix.title,
      effect: `Edits ${facts.label(location.path)}; nothing is saved or committed.`,
      action: { kind: 'edit', changes: fix.changes } as const,
    };
    yield {
      code: 'route',
      severity: 'warning',
      symptom: 'A host of the environment may not answer as it should.',
      object: undefined,
      causes: [
        causeOf(oneLine(message), [`Rule ${finding.code} finds it${placeWords(location, facts)}.`], 'Mend the route where it is declared, then sync.', {
          place: location,
          ...(runnable && { runnable }),
        }),
      ],
    };
  }
}

function keyOf({ path, range }: Location): string {
  return `${path}:${range.start.line}`;
}

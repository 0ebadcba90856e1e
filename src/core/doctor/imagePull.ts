/**
 * image-pull: pods whose image doesn't come. Told apart by what the kubelet heard from the registry, by what the registry
 * itself says of the image, and by the pull secrets that the pod names.
 */
import { liveKey, type LiveObject } from '../live/liveObject.js';
import { mapsAt, textAt } from '../live/readFields.js';
import { parseImageReference } from '../objects/imageReference.js';
import type { Check } from './check.js';
import { causeOf, type Cause, type Diagnosis } from './diagnosis.js';
import {
  containerPath,
  containersOf,
  eventsOf,
  locate,
  nameOf,
  oneLine,
  placeWords,
  podWords,
  renderedOf,
  waitingContainers,
  waitingReason,
  type PodContainer,
  type WaitingContainers,
  type WorkloadPods,
} from './evidence.js';
import type { DoctorFacts, LiveFacts } from './facts.js';

const reasons = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError', 'RegistryUnavailable']);

export const imagePull: Check = {
  code: 'image-pull',
  title: "Image can't be pulled",
  topics: ['pods', 'replicaSets', 'events'],
  *examine(facts) {
    const { live } = facts;
    if (!live) return;
    for (const found of waitingContainers(live, reasons, ({ name, spec }) => `${name} ${textAt(spec, 'image') ?? ''}`)) yield diagnose(found, live, facts);
  },
};

function diagnose({ workload, first, all }: WaitingContainers, live: LiveFacts, facts: DoctorFacts): Diagnosis {
  const { id } = workload.drift;
  const pods = all.map(({ pod }) => pod);
  const image = textAt(first.spec, 'image') ?? '';
  const words = pullWords(first, live);
  const evidence = [`Container ${first.name} of ${podWords(pods)} is in ${waitingReason(first)} with ${image}.`, ...(words === '' ? [] : [oneLine(`The kubelet heard: ${words}`)])];
  const causes = [...causesOf({ id, first, image, words, evidence }, live, facts)];
  if (causes.length === 0)
    causes.push(causeOf(`The node can't get ${image}.`, evidence, 'See what the kubelet heard, and try the pull from the node.', { place: imagePlace(id, first, facts) }));
  return { code: 'image-pull', severity: 'error', symptom: `${nameOf(id)} can't start: its image ${image} can't be pulled.`, object: id, causes };
}

/** What was heard last; the words of the back-off wrap those of the attempt. */
function pullWords({ status, pod }: PodContainer, live: LiveFacts): string {
  const waiting = (status && textAt(status, 'state', 'waiting', 'message')) ?? '';
  const told = eventsOf(pod, live)
    .map((event) => textAt(event, 'message') ?? '')
    .find((message) => /pull image|Failed to (?:pull|inspect|apply default image)/i.test(message) && !message.startsWith('Back-off'));
  return waiting.includes(': ') && !/^Back-off pulling image "[^"]*"$/.test(waiting) ? waiting : (told ?? waiting);
}

interface Pull {
  readonly id: WorkloadPods['drift']['id'];
  readonly first: PodContainer;
  readonly image: string;
  readonly words: string;
  readonly evidence: readonly string[];
}

function* causesOf(pull: Pull, live: LiveFacts, facts: DoctorFacts): Iterable<Cause> {
  const { id, first, image, words, evidence } = pull;
  const place = imagePlace(id, first, facts);
  if (waitingReason(first) === 'InvalidImageName') {
    yield causeOf(`${image} is no name of an image${placeWords(place, facts)}.`, evidence, 'Mend the name, the tag or the digest where it is set.', { place });
    return;
  }
  const missing = missingImage(pull, facts);
  if (missing) yield missing;
  yield* secretCauses(pull, live, missing !== undefined);
  if (/toomanyrequests|too many requests|rate limit/i.test(words)) {
    yield causeOf('The registry limits how often may be pulled.', evidence, 'Wait, pull with credentials of an account, or pull through a mirror.', { place });
  }
  if (/no such host|connection refused|i\/o timeout|dial tcp|TLS handshake|x509|server gave HTTP response|no route to host|context deadline exceeded/i.test(words) && !missing) {
    yield causeOf(
      `The node can't reach the registry ${parseImageReference(image)?.registry ?? ''}.`,
      evidence,
      "See the node's network and DNS, and whether it trusts the registry's certificate.",
      { place },
    );
  }
  if (/no match for platform|no matching manifest/i.test(words)) {
    yield causeOf(`${image} has no variant for the node's platform.`, evidence, 'Build the image for that platform, or choose nodes with another one.', { place });
  }
}

/** The registry's own word comes before that of the kubelet, which may be minutes old. */
function missingImage({ id, first, image, words, evidence }: Pull, facts: DoctorFacts): Cause | undefined {
  const verdict = facts.images.get(image);
  const reference = parseImageReference(image);
  const heard =
    /manifest unknown|manifest for .* not found|: not found|NotFound|name unknown|repository does not exist|404/i.test(words) &&
    !/unauthorized|denied|authorization failed/i.test(words);
  if (verdict?.kind !== 'missing' && !(heard && verdict?.kind !== 'exists')) return undefined;
  const what = verdict?.kind === 'missing' ? verdict.what : reference?.digest === undefined ? 'tag' : 'digest';
  const name = what === 'repository' ? (reference?.repository ?? image) : what === 'digest' ? (reference?.digest ?? '') : (reference?.tag ?? 'latest');
  const place = imagePlace(id, first, facts);
  const nearest = verdict?.kind === 'missing' ? verdict.nearest : [];
  const asked = verdict?.kind === 'missing' ? [`The registry was asked now and has no ${what} ${name}${nearest.length === 0 ? '' : `; it has ${nearest.join(', ')}`}.`] : [];
  const [near] = nearest;
  const rendered = renderedOf(id, facts);
  const runnable =
    near !== undefined && reference && rendered
      ? {
          title: `Set the tag ${near}`,
          effect: `Makes the environment's own files say ${reference.name}:${near} for container ${first.name} of ${nameOf(id)}; nothing is saved or committed.`,
          action: { kind: 'set', object: id, path: [...containerPath(id, first), 'image'], value: `${reference.name}:${near}` } as const,
        }
      : undefined;
  return causeOf(
    `${reference?.registry ?? 'The registry'} has no ${what} ${name}${what === 'repository' ? '' : ` of ${reference?.repository ?? image}`}${placeWords(place, facts)}.`,
    [...evidence, ...asked],
    `Push the image, or name a ${what} that is there.`,
    { place, ...(runnable && { runnable }) },
  );
}

function* secretCauses({ first, image, words, evidence }: Pull, live: LiveFacts, isMissing: boolean): Iterable<Cause> {
  const { pod } = first;
  const { namespace = '' } = pod.metadata;
  const registry = parseImageReference(image)?.registry ?? '';
  const names = secretNames(pod, live);
  const absent = names.filter((name) => live.pullSecrets.get(`${namespace}/${name}`)?.kind === 'missing');
  const wantsCredentials = /unauthorized|authentication required|denied|forbidden|no basic auth credentials|authorization failed|insufficient_scope|401|403/i.test(words);
  for (const name of absent) {
    yield causeOf(
      `Secret ${namespace}/${name}, which the pod names as its pull secret, doesn't exist.`,
      [...evidence, `The pod's imagePullSecrets, its own or those of its service account, name ${name}; namespace ${namespace} has no such Secret.`],
      `Create Secret ${name} of type kubernetes.io/dockerconfigjson in ${namespace}, or bring it by what manages secrets there.`,
    );
  }
  if (!wantsCredentials || isMissing || absent.length > 0) return;
  if (names.length === 0) {
    yield causeOf(
      `The registry ${registry} asks for credentials, and the pod names no pull secret.`,
      [...evidence, `Neither the pod nor its service account ${accountOf(pod)} names one.`],
      `Create a pull secret for ${registry} in ${namespace}, and name it in imagePullSecrets of the pod or its service account.`,
    );
    return;
  }
  for (const name of names) {
    const secret = live.pullSecrets.get(`${namespace}/${name}`);
    if (secret?.kind !== 'there') continue;
    const known = secret.registries.some((host) => host === registry || host.endsWith(`//${registry}`) || (registry === 'docker.io' && /(^|\.)docker\.io/.test(host)));
    const words = known ? `has credentials for ${registry}, and they were refused` : `has credentials for ${secret.registries.join(', ') || 'no registry'}, not for ${registry}`;
    yield causeOf(
      `Secret ${namespace}/${name} ${words}.`,
      [...evidence, `It is of type ${secret.type}.`],
      known ? 'Renew the credentials in it.' : `Put credentials for ${registry} into it.`,
    );
  }
}

function accountOf(pod: LiveObject): string {
  return textAt(pod, 'spec', 'serviceAccountName') ?? 'default';
}

/** Those of the pod; a pod gets those of its service account when it is made, if it names none. */
export function secretNames(pod: LiveObject, { accounts }: Pick<LiveFacts, 'accounts'>): readonly string[] {
  const own = mapsAt(pod, 'spec', 'imagePullSecrets').flatMap((each) => textAt(each, 'name') ?? []);
  return own.length > 0 ? own : (accounts.get(`${pod.metadata.namespace ?? ''}/${accountOf(pod)}`) ?? []);
}

function imagePlace(id: Pull['id'], container: PodContainer, facts: DoctorFacts): Cause['place'] {
  return locate(renderedOf(id, facts), [...containerPath(id, container), 'image']);
}

/** What is to be read before this check: secrets and service accounts that pods name, as keys of {@link LiveFacts}. */
export function pullReferencesOf(pods: readonly LiveObject[]): { readonly secrets: readonly string[]; readonly accounts: readonly string[] } {
  const failing = pods.filter((pod) => containersOf(pod).some((container) => reasons.has(waitingReason(container))));
  const key = (pod: LiveObject, name: string): string => liveKey({ group: '', kind: '', namespace: pod.metadata.namespace ?? '', name }).slice(2);
  return {
    secrets: [...new Set(failing.flatMap((pod) => mapsAt(pod, 'spec', 'imagePullSecrets').flatMap((each) => key(pod, textAt(each, 'name') ?? ''))))],
    accounts: [...new Set(failing.map((pod) => key(pod, accountOf(pod))))],
  };
}

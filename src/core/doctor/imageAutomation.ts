/** image-automation: a newer image that Flux doesn't write into git: the scan, the policy or the automation stops it. */
import type { LiveObject } from '../live/liveObject.js';
import { conditionsAt, isTrueAt, textAt } from '../live/readFields.js';
import { durationWords } from '../live/time.js';
import { readDuration } from '../operators/duration.js';
import type { ResId } from '../objects/resId.js';
import { idOfLive } from '../live/liveObject.js';
import type { Check } from './check.js';
import { causeOf, type Cause, type RunnableFix } from './diagnosis.js';
import { nameOfLive, oneLine, placeWords, since } from './evidence.js';
import type { DoctorFacts, ImageMarker, LiveFacts } from './facts.js';

export const imageAutomation: Check = {
  code: 'image-automation',
  title: 'Image that is not updated',
  topics: ['imageRepositories', 'imagePolicies', 'imageAutomations'],
  *examine(facts) {
    const { live, markers } = facts;
    if (!live || live.unseen.has('imagePolicies')) return;
    const policies = [...new Map(markers.map((marker) => [`${marker.policyNamespace}/${marker.policyName}`, marker])).values()];
    for (const marker of policies) {
      const causes = causesOf(marker, live, facts);
      if (causes.length === 0) continue;
      const object: ResId = { group: 'image.toolkit.fluxcd.io', version: 'v1', kind: 'ImagePolicy', namespace: marker.policyNamespace, name: marker.policyName };
      yield { code: 'image-automation', severity: 'error', symptom: `The image that policy ${marker.policyName} is for isn't updated.`, object, causes };
    }
  },
};

function causesOf(marker: ImageMarker, live: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  const { policyNamespace: namespace, policyName: name } = marker;
  const at = { path: marker.path, range: { start: { line: marker.line, character: 0 }, end: { line: marker.line, character: 0 } } };
  const find = (objects: readonly LiveObject[], wanted: string, within = namespace): LiveObject | undefined =>
    objects.find(({ metadata }) => metadata.name === wanted && metadata.namespace === within);
  const policy = find(live.seen.imagePolicies, name);
  if (!policy) {
    const names = live.seen.imagePolicies.map(({ metadata }) => `${metadata.namespace ?? ''}:${metadata.name}`).join(', ') || 'none';
    return [
      causeOf(
        `ImagePolicy ${namespace}:${name} doesn't exist${placeWords(at, facts)}.`,
        [`The cluster has these policies: ${names}.`],
        'Declare the policy, or mend its name in the marker.',
        { place: at },
      ),
    ];
  }
  const repositoryName = textAt(policy, 'spec', 'imageRepositoryRef', 'name') ?? '';
  const repository = find(live.seen.imageRepositories, repositoryName, textAt(policy, 'spec', 'imageRepositoryRef', 'namespace') ?? namespace);
  const scan = live.unseen.has('imageRepositories') ? [] : repository ? scanCauses(repository, facts) : [missingRepository(policy, repositoryName)];
  if (scan.length > 0) return scan;
  const ready = conditionsAt(policy).find(({ type }) => type === 'Ready');
  if (isTrueAt(policy, 'spec', 'suspend')) return [suspended(policy)];
  if (ready?.status === 'False') {
    return [
      causeOf(
        `${nameOfLive(policy)} selects no tag.`,
        [oneLine(`${nameOfLive(policy)} says: ${ready.message ?? ready.reason ?? ''}`)],
        'Compare its range or order, and its filter, with the tags that there are.',
      ),
    ];
  }
  return live.unseen.has('imageAutomations') ? [] : automationCauses({ policy, marker, at }, live, facts);
}

function missingRepository(policy: LiveObject, name: string): Cause {
  return causeOf(
    `ImageRepository ${name} doesn't exist.`,
    [`${nameOfLive(policy)} reads its tags from ImageRepository ${name}, which isn't in the cluster.`],
    'Declare it, or mend the name in the policy.',
  );
}

function scanCauses(repository: LiveObject, { now }: DoctorFacts): readonly Cause[] {
  const name = nameOfLive(repository);
  const image = textAt(repository, 'spec', 'image') ?? '';
  if (isTrueAt(repository, 'spec', 'suspend')) return [suspended(repository)];
  const ready = conditionsAt(repository).find(({ type }) => type === 'Ready');
  const words = ready?.message ?? ready?.reason ?? '';
  if (ready?.status === 'False') {
    const isRefused = /unauthorized|authentication|denied|forbidden|401|403/i.test(words);
    const secret = textAt(repository, 'spec', 'secretRef', 'name');
    const provider = textAt(repository, 'spec', 'provider') ?? 'generic';
    const how = secret === undefined ? `It names no Secret (spec.secretRef), its provider is ${provider}.` : `It takes its credentials from Secret ${secret}.`;
    return [
      causeOf(
        isRefused ? `${name} is refused by the registry of ${image}.` : `${name} can't scan ${image}.`,
        [oneLine(`${name} says: ${words}`), ...(isRefused ? [how] : [])],
        isRefused ? 'Renew its credentials for the registry, or set the provider whose identity may read it.' : 'Mend what it names.',
        {
          runnable: again(repository),
        },
      ),
    ];
  }
  const interval = readDuration(textAt(repository, 'spec', 'interval'));
  const scanned = since(textAt(repository, 'status', 'lastScanResult', 'scanTime'), now);
  if (interval === undefined || scanned === undefined || scanned < interval * 3000 + 60_000) return [];
  return [
    causeOf(
      `${name} has not scanned for ${durationWords(scanned)}.`,
      [`Its interval is ${textAt(repository, 'spec', 'interval') ?? ''}, its last scan was ${durationWords(scanned)} ago.`],
      "See whether Flux's image-reflector-controller runs.",
      { runnable: again(repository) },
    ),
  ];
}

interface Behind {
  readonly policy: LiveObject;
  readonly marker: ImageMarker;
  readonly at: NonNullable<Cause['place']>;
}

/** Only where what is written is behind what the policy has chosen. */
function automationCauses({ policy, marker, at }: Behind, live: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  const chosen = textAt(policy, 'status', 'latestRef', 'tag') ?? textAt(policy, 'status', 'latestImage')?.split(':').at(-1);
  if (chosen === undefined || marker.text.endsWith(`:${chosen}`) || marker.text === chosen || marker.text.includes(`:${chosen}@`)) return [];
  const evidence = [`${nameOfLive(policy)} has chosen ${chosen}; ${facts.label(marker.path)}:${marker.line + 1} says ${marker.text}.`];
  const automations = live.seen.imageAutomations.filter(({ metadata }) => metadata.namespace === marker.policyNamespace);
  if (automations.length === 0) {
    return [
      causeOf(
        'No ImageUpdateAutomation writes it into git.',
        [...evidence, `Namespace ${marker.policyNamespace} has no ImageUpdateAutomation.`],
        'Declare one for this repository and path.',
        { place: at },
      ),
    ];
  }
  const causes = automations.flatMap((automation) => automationCause(automation, evidence, at));
  return causes;
}

function automationCause(automation: LiveObject, evidence: readonly string[], at: NonNullable<Cause['place']>): readonly Cause[] {
  const name = nameOfLive(automation);
  if (isTrueAt(automation, 'spec', 'suspend')) return [{ ...suspended(automation), evidence: [...evidence, ...suspended(automation).evidence] }];
  const ready = conditionsAt(automation).find(({ type }) => type === 'Ready');
  if (ready?.status === 'False') {
    return [
      causeOf(
        `${name} can't write to git.`,
        [...evidence, oneLine(`${name} says: ${ready.message ?? ready.reason ?? ''}`)],
        'Mend what it names: its credentials must be allowed to push, and its branch must be there.',
        { place: at, runnable: again(automation) },
      ),
    ];
  }
  const [checkout, push] = [textAt(automation, 'spec', 'git', 'checkout', 'ref', 'branch'), textAt(automation, 'spec', 'git', 'push', 'branch')];
  if (push !== undefined && push !== checkout) {
    return [
      causeOf(
        `${name} writes to the branch ${push}, for somebody to merge.`,
        [...evidence, `It checks out ${checkout ?? "its source's branch"} and pushes to ${push}.`],
        `Merge ${push}.`,
        { place: at },
      ),
    ];
  }
  const path = textAt(automation, 'spec', 'update', 'path')?.replace(/^\.\//, '').replace(/\/+$/, '');
  if (path !== undefined && path !== '' && path !== '.' && !at.path.includes(`/${path}/`)) {
    return [
      causeOf(
        `${name} looks for markers in ${path} alone.`,
        [...evidence, `Its spec.update.path is ${path}, and the marker stands in another folder.`],
        'Widen its path, or move the marker.',
        { place: at },
      ),
    ];
  }
  return [];
}

function suspended(object: LiveObject): Cause {
  const name = nameOfLive(object);
  return causeOf(`${name} is suspended.`, [`spec.suspend of ${name} is true.`], 'Resume it, here and in git where git says it.', {
    runnable: {
      title: `Resume ${name}`,
      effect: `Sets spec.suspend of ${name} to false in the cluster; where git says true, it is set back.`,
      action: { kind: 'operator', id: idOfLive(object), action: { kind: 'resume' } },
    },
  });
}

function again(object: LiveObject): RunnableFix {
  const name = nameOfLive(object);
  return {
    title: 'Reconcile',
    effect: `Asks Flux to reconcile ${name} now.`,
    action: { kind: 'operator', id: idOfLive(object), action: { kind: 'reconcile', withSource: false } },
  };
}

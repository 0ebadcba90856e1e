/** What would write over what a promotion or a rollback makes of an environment, and the step that prevents it. */
import type { FileTree } from '../base/fileTree.js';
import { isInside } from '../base/path.js';
import { readApplication } from '../gitops/argocd/application.js';
import type { DeliveryModel, Environment } from '../gitops/delivery.js';
import { findImageMarkers } from '../gitops/flux/images/imageMarkers.js';
import { readFluxAutomations } from '../gitops/pipelines/fluxAutomation.js';
import type { Pipeline } from '../gitops/pipelines/pipeline.js';
import { readPipelines } from '../gitops/pipelines/readPipelines.js';
import { scalarValue } from '../yaml/nodes.js';
import type { ParsedYaml } from '../yaml/parse.js';
import { readImage } from './imageVersion.js';

/** Something that would bring back what a rollback took away, or take back one that is made elsewhere; or that goes over a promotion. */
export interface Undoing {
  readonly kind: 'image-automation' | 'image-updater' | 'workflow' | 'templated' | 'auto-sync' | 'manual-sync' | 'suspended';
  /** One sentence. */
  readonly message: string;
  /** One sentence: the step that prevents it. */
  readonly prevention: string;
}

export interface UndoingInput {
  readonly environment: Environment;
  readonly model: DeliveryModel;
  readonly tree: FileTree;
  /** The workspace's folders, absolute. */
  readonly folders: readonly string[];
  /** The files that change, absolute. */
  readonly changed: readonly string[];
  /** What is undone. */
  readonly purpose: 'rollback' | 'promotion';
  /** True for a line, 0-based, that changes; every line of the files where it is missing. */
  readonly isTouched?: (path: string, line: number) => boolean;
  /** The names of the images that get another version; any of them where it is missing. */
  readonly images?: ReadonlySet<string>;
  readonly label: (path: string) => string;
  readonly parse: (path: string) => ParsedYaml | undefined;
}

/** The most likely first. What the operator does to a rollback is among them; what it does to a promotion is said with its target. */
export function findUndoings(input: UndoingInput): readonly Undoing[] {
  return [...fluxAutomations(input), ...imageUpdater(input), ...workflows(input), ...(input.purpose === 'rollback' ? operatorOf(input) : [])];
}

/** Markers in what changes: an automation writes its policy's choice there again. */
function fluxAutomations({ model, tree, folders, changed, parse, label, purpose, isTouched }: UndoingInput): readonly Undoing[] {
  const automations = readFluxAutomations(model.objects, tree, { repositories: model.repositories, folders });
  const found = new Map<string, Undoing>();
  for (const path of changed) {
    const parsed = parse(path);
    for (const { policy, node } of parsed ? findImageMarkers(parsed) : []) {
      const line = node?.source.positionAt(node.start).line;
      if (!policy || (isTouched && (line === undefined || !isTouched(path, line)))) continue;
      const name = `${policy.namespace}/${policy.name}`;
      const automation = automations.find(({ folder }) => folder !== undefined && isInside(path, folder));
      const who = automation ? `ImageUpdateAutomation ${automation.name}` : 'An image automation of Flux';
      const suspend = automation ? `flux suspend image update ${automation.name} -n ${automation.namespace}` : 'spec.suspend: true';
      found.set(name, {
        kind: 'image-automation',
        message: `${who} writes the choice of ImagePolicy ${name} into ${label(path)} again.`,
        prevention: `Suspend it first (${suspend}), or let the policy choose ${purpose === 'rollback' ? 'the older' : 'this'} version.`,
      });
    }
  }
  return [...found.values()];
}

/** Argo CD Image Updater is asked for by annotations of the Application (argocd-image-updater, pkg/common/constants.go). */
function imageUpdater({ environment: { declaration }, images, purpose }: UndoingInput): readonly Undoing[] {
  const metadata = declaration?.root.get('metadata');
  const annotations = metadata?.kind === 'map' ? metadata.get('annotations') : undefined;
  const list = annotations?.kind === 'map' ? scalarValue(annotations.get(imageList)) : undefined;
  if (list === undefined || declaration?.id.kind !== 'Application') return [];
  // Items are `alias=name:constraint`, of which the first and the last may be missing.
  const names = list.split(',').map((item) => readImage(item.trim().replace(/^[^=/]+=/, '')).name);
  if (images && !names.some((name) => images.has(name))) return [];
  const step = purpose === 'rollback' ? 'or limit its versions, until the rollback is over' : 'or let it choose this version';
  return [
    {
      kind: 'image-updater',
      message: `Argo CD Image Updater keeps Application ${declaration.id.name} at the newest version of ${list}, whatever git says.`,
      prevention: `Take the annotation ${imageList} away, ${step}.`,
    },
  ];
}

const imageList = 'argocd-image-updater.argoproj.io/image-list';

function workflows(input: UndoingInput): readonly Undoing[] {
  const { tree, model, folders, changed, parse, label, purpose } = input;
  const roots = [...new Set([...model.repositories.map(({ top }) => top), ...folders])];
  const pipelines = readPipelines({ tree, roots, repositories: model.repositories, objects: model.objects, parse });
  return pipelines.flatMap((pipeline) => {
    const files = [...new Set(pipeline.writes.flatMap(({ file }) => (file !== undefined && changed.includes(file) ? [label(file)] : [])))];
    if (files.length === 0) return [];
    return [
      {
        kind: 'workflow' as const,
        message: `The ${systemNames[pipeline.system]} ${pipeline.name} writes a version into ${files.join(', ')} the next time that it runs.`,
        prevention:
          purpose === 'rollback'
            ? 'Revert the change in the application too, or turn the workflow off until a good version is built.'
            : 'Turn it off where this version is to stay, or let it write this one.',
      },
    ];
  });
}

const systemNames: Readonly<Record<Pipeline['system'], string>> = { argo: 'workflow', github: 'GitHub workflow', gitlab: 'GitLab pipeline' };

/** What the operator makes of a rollback in git, and of one in the operator instead. */
function operatorOf({ environment: { declaration, label, operator } }: UndoingInput): readonly Undoing[] {
  if (!declaration) return [];
  const { kind, name } = declaration.id;
  const spec = declaration.root.get('spec');
  if (operator === 'flux') {
    const isSuspended = spec?.kind === 'map' && scalarValue(spec.get('suspend')) === 'true';
    return isSuspended
      ? [
          {
            kind: 'suspended',
            message: `${kind} ${name} is suspended: ${label} stays as it is.`,
            prevention: `Resume it after the push: flux resume ${kind.toLowerCase()} ${name}.`,
          },
        ]
      : [];
  }
  if (operator !== 'argocd') return [];
  if (readApplication(declaration).syncPolicy?.automated?.isEnabled !== true) {
    return [{ kind: 'manual-sync', message: `Argo CD does not sync ${label} by itself: it stays as it is.`, prevention: `Sync it after the push: argocd app sync ${name}.` }];
  }
  const set = declaration.foundIn.kind === 'applicationSet' ? declaration.foundIn.set.id.name : undefined;
  return [
    {
      kind: 'auto-sync',
      message: `Argo CD syncs ${label} by itself: a rollback in Argo CD would be undone by its next sync.`,
      prevention: 'This rollback is made in git, so it stays.',
    },
    ...(set === undefined
      ? []
      : [
          {
            kind: 'templated' as const,
            message: `ApplicationSet ${set} makes Application ${name}: what is changed in the Application itself, it sets back.`,
            prevention: 'This rollback is made in git; auto-sync is turned off in the template of the set, not in the Application.',
          },
        ]),
  ];
}

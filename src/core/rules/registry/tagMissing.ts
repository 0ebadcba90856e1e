/**
 * registry/tag-missing: an image that its registry does not have. Registries are asked elsewhere, and only where the user
 * allowed it; where one was not asked, or did not answer, nothing is found.
 */
import type { Fix } from '../../base/problem.js';
import type { ImageReference } from '../../objects/imageReference.js';
import type { TagVerdict } from '../../registry/imageFacts.js';
import type { ScalarNode } from '../../yaml/nodes.js';
import { resolveTagYaml11 } from '../../yaml/scalars.js';
import { scalarValue } from '../../yaml/nodes.js';
import { containersIn } from '../environmentContainers.js';
import { defineWorkspaceRule } from '../rule.js';

interface UsedImage {
  readonly image: ScalarNode;
  readonly reference: ImageReference;
}

export const tagMissing = defineWorkspaceRule({
  id: 'registry/tag-missing',
  title: 'Image that the registry does not have',
  severity: 'error',
  what: 'A container runs an image whose tag, digest or repository the registry does not have. Registries are asked only where you allowed it, from the editor; where one can’t be asked, nothing is reported. Containers with `imagePullPolicy: Never` are left out.',
  why: 'The pods stay in ImagePullBackOff: a new Deployment never becomes ready, and a rollout stands still with the old pods, until the tag is pushed or changed.',
  mend: 'Push the image, or change the tag to one that there is. Registries don’t tell strangers that a private repository exists: sign in where the tag should be there.',
  examples: {
    bad: `# ghcr.io has 1.4.2 and 1.5.0 of example/web
images:
- name: ghcr.io/example/web
  newTag: 1.5.1`,
    good: `# ghcr.io has 1.4.2 and 1.5.0 of example/web
images:
- name: ghcr.io/example/web
  newTag: 1.5.0`,
  },
  hasFix: true,
  gather: ({ environment, rendering }) => ({
    environment,
    images: containersIn(rendering).flatMap(({ image, reference, node }): readonly UsedImage[] =>
      image && reference && scalarValue(node.get('imagePullPolicy')) !== 'Never' ? [{ image, reference }] : [],
    ),
  }),
  check(gathered, _workspace, report, { tagVerdict }) {
    if (!tagVerdict) return;
    for (const { environment, images } of gathered) {
      for (const { image, reference } of images) {
        const verdict = tagVerdict(reference);
        if (verdict?.kind !== 'missing') continue;
        const [first, ...others] = verdict.what === 'tag' ? verdict.nearest.flatMap((tag) => fixTo(image, reference, tag) ?? []) : [];
        report(image, messageOf(reference, verdict), { environments: [environment], ...(first && { fix: first }), ...(others.length > 0 && { otherFixes: others }) });
      }
    }
  },
});

function messageOf({ registry, repository, tag = 'latest', digest = '' }: ImageReference, { what, nearest }: Extract<TagVerdict, { readonly kind: 'missing' }>): string {
  const meant = nearest[0] === undefined ? '' : ` Did you mean ${nearest[0]}?`;
  switch (what) {
    case 'tag':
      return `${registry} has no tag ${tag} of ${repository}: pods can't pull this image.${meant}`;
    case 'digest':
      return `${registry} has no ${repository}@${digest.slice(0, 19)}…: pods can't pull this image.`;
    case 'repository':
      return `${registry} has no repository ${repository}: pods can't pull this image.`;
  }
}

/** Another tag where it is set: in a newTag, a value or a whole image. Undefined where the text there is something else. */
function fixTo({ source, start, end, value }: ScalarNode, { tag }: ImageReference, wanted: string): Fix | undefined {
  const written = source.text.slice(start, end);
  const quote = /^(["'])[^]*\1$/.test(written) ? written.charAt(0) : '';
  const text = quote === '' ? written : written.slice(1, -1);
  const location = source.locate(start, end);
  const title = `Change to ${wanted}`;
  if (tag !== undefined && text === tag) {
    const isText = resolveTagYaml11(wanted) === '!!str';
    const around = quote === '' && !isText ? '"' : quote;
    return { title, changes: [{ location, newText: `${around}${wanted}${around}` }], needsReview: true };
  }
  if (text !== value || tag === undefined || !text.endsWith(`:${tag}`)) return undefined;
  return { title, changes: [{ location, newText: `${quote}${text.slice(0, -tag.length)}${wanted}${quote}` }], needsReview: true };
}

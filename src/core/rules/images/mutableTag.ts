/** images/mutable-tag: a tag that is pushed again and again, on pods that don't pull it again. What is a moving tag is told by its name alone. */
import { insertField, replaceScalar } from '../../yaml/edit.js';
import { containersIn, type EnvironmentContainer } from '../environmentContainers.js';
import { findMapAt } from '../fileNodes.js';
import type { EnvironmentRule, RuleContext } from '../rule.js';
import type { Fix } from '../../base/problem.js';

/** Words that people push again and again: branches, stages and channels. */
const moving =
  /^(latest|dev|develop|development|main|master|trunk|head|edge|nightly|snapshot|canary|next|unstable|stable|current|test|testing|qa|stage|staging|uat|preview|prod|production|release)$|[-.](latest|snapshot|nightly)$/i;

export const mutableTag: EnvironmentRule = {
  id: 'images/mutable-tag',
  title: 'Moving tag that is not pulled again',
  severity: 'warning',
  scope: 'environment',
  what: 'A container runs a tag that is pushed again and again (`dev`, `main`, `stable`, ...), and its `imagePullPolicy` is not `Always`.',
  why: 'A node that has the tag already starts the image it has. After a push, restarted pods run the old image or the new one, depending on the node that they land on.',
  mend: 'Set `imagePullPolicy: Always` where the tag has to move, or deploy a tag that is never pushed again.',
  examples: {
    bad: `#- overlays/dev/kustomization.yaml
resources:
- web.yaml
#- overlays/dev/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: ghcr.io/example/web:dev`,
    good: `#- overlays/dev/kustomization.yaml
resources:
- web.yaml
#- overlays/dev/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: ghcr.io/example/web:dev
        imagePullPolicy: Always`,
  },
  hasFix: true,
  check({ rendering }, report, context) {
    for (const container of containersIn(rendering)) {
      const { image, reference, node } = container;
      const policy = node.get('imagePullPolicy');
      const policyText = policy?.kind === 'scalar' ? policy.value : undefined;
      if (!image || !reference || reference.digest !== undefined || policyText === 'Always') continue;
      const tag = reference.tag ?? 'latest';
      // Without a policy, `latest` is pulled each time.
      if (!moving.test(tag) || (policyText === undefined && tag === 'latest')) continue;
      const fix = makeFix(container, context);
      const says = policyText === undefined ? 'no imagePullPolicy is set' : `imagePullPolicy is ${policyText}`;
      report(policyText === undefined || !policy ? image : policy, `The tag ${tag} moves, but ${says}: a node that has an older image of it starts that one.`, fix && { fix });
    }
  },
};

function makeFix({ node }: EnvironmentContainer, context: RuleContext): Fix | undefined {
  const policy = node.get('imagePullPolicy');
  const title = 'Set imagePullPolicy to Always';
  if (policy) {
    const changes = policy.kind === 'scalar' && policy.value !== '' ? replaceScalar(policy, 'Always') : undefined;
    return changes && { title, changes };
  }
  const map = findMapAt(node, context);
  const changes = map && insertField(map, 'imagePullPolicy', 'Always', 'image');
  return changes && { title, changes };
}

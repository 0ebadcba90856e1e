/** images/latest-tag: a container whose image names no version. Which version to name is for the author to say. */
import { partSaying } from '../../helm/manifestOrigins.js';
import { containersIn } from '../environmentContainers.js';
import type { EnvironmentRule } from '../rule.js';

export const latestTag: EnvironmentRule = {
  id: 'images/latest-tag',
  title: 'Image without a version',
  severity: 'warning',
  scope: 'environment',
  what: 'The image of a container has the tag `latest`, or neither a tag nor a digest, which means the same.',
  why: 'Which version runs is decided by the moment at which a pod starts: pods of one Deployment may run different ones, nothing in git tells what is running, and there is nothing to roll back to.',
  mend: 'Name a version, best one that is never pushed again, or a digest. Overlays set it with `images:` and `newTag:`.',
  examples: {
    bad: `#- overlays/prod/kustomization.yaml
resources:
- web.yaml
#- overlays/prod/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: ghcr.io/example/web:latest`,
    good: `#- overlays/prod/kustomization.yaml
resources:
- web.yaml
images:
- name: ghcr.io/example/web
  newTag: 1.4.2
#- overlays/prod/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: ghcr.io/example/web:latest`,
  },
  hasFix: false,
  check({ rendering }, report) {
    for (const { image, reference } of containersIn(rendering)) {
      if (!image || !reference || reference.digest !== undefined) continue;
      if (reference.tag === undefined) report(image, `The image ${reference.name} has no tag: each pod runs whatever \`latest\` is when it starts. Name a version.`);
      else if (reference.tag === 'latest') report(partSaying(image, 'latest'), `Each pod runs whatever ${reference.name}:latest is when it starts. Name a version.`);
    }
  },
};

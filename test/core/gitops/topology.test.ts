import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { MemoryTree } from '../../../src/core/base/fileTree.js';
import { findImages } from '../../../src/core/gitops/environmentImages.js';
import { readPipelines } from '../../../src/core/gitops/pipelines/readPipelines.js';
import { describeTopology, type Topology } from '../../../src/core/gitops/topology.js';
import { deliveryOfTree } from '../../support/deliveryOf.js';
import { parseFixture } from '../../support/fixture.js';
import { projectFolder } from '../../support/projectFolder.js';

const top = '/repository';

function topologyOf(files: ReadonlyMap<string, string>): Topology {
  const tree = new MemoryTree(Object.fromEntries([...files].map(([name, text]) => [`${top}/${name}`, text])));
  const { delivery } = deliveryOfTree(tree, top);
  const { model, render, parse } = delivery;
  const pipelines = readPipelines({ tree, roots: [top], repositories: model.repositories, objects: model.objects, parse });
  return describeTopology({
    model,
    pipelines,
    tree,
    folders: [top],
    imagesOf: (environment) => findImages(render(environment).rendering),
    filesOf: (environment) => render(environment).rendering.dependencies,
    placeOf: () => undefined,
  });
}

/** Each edge as `kind label -> kind label [label]`. */
function edgesOf({ nodes, edges }: Topology): readonly string[] {
  const name = (id: string): string => {
    const node = nodes.find((candidate) => candidate.id === id);
    assert.ok(node, `no node ${id}`);
    return `${node.kind} ${node.label}`;
  };
  return edges.map(({ from, to, label }) => `${name(from)} -> ${name(to)}${label === '' ? '' : ` [${label}]`}`).sort();
}

function sample(name: string): ReadonlyMap<string, string> {
  const folder = path.join(projectFolder, 'samples', name);
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => fs.statSync(path.join(folder, file)).isFile());
  return new Map(names.map((file) => [file.replaceAll('\\', '/'), fs.readFileSync(path.join(folder, file), 'utf8')]));
}

describe('topology', () => {
  it('an image that is built in the cluster under a stable tag is pulled by the environment', () => {
    assert.deepEqual(edgesOf(topologyOf(sample('build-in-cluster'))), [
      'build build-storefront -> registry storefront [dev]',
      'environment ci -> cluster in-cluster',
      'environment storefront dev -> cluster in-cluster',
      'event push to dev -> build build-storefront',
      'operator Application ci -> environment ci',
      'operator Application storefront-dev -> environment storefront dev',
      'registry storefront -> environment storefront dev [dev]',
      'source apps/storefront/overlays/dev -> operator Application storefront-dev',
      'source argocd -> environment argocd',
      'source ci -> operator Application ci',
    ]);
  });

  it('a workflow writes each branch to the overlays that follow it', () => {
    const field = '[images[name=ghcr.io/lumen-example/atlas].newTag]';
    assert.deepEqual(
      edgesOf(topologyOf(sample('argocd-branches'))).filter((edge) => !/^(?:operator|environment|source)/.test(edge)),
      [
        `automation CD -> source deploy/overlays/dev ${field}`,
        `automation CD -> source deploy/overlays/prod ${field}`,
        `automation CD -> source deploy/overlays/stage ${field}`,
        'build CI -> automation CD [dev, main]',
        'build CI -> registry atlas [sha-<commit:8>]',
        'event pull request to dev -> build CI',
        'event push to dev, main -> build CI',
        'registry atlas -> automation CD [sha-<commit:8>]',
        'registry atlas -> environment atlas pr-42 [sha-9c40e1d7]',
      ],
    );
  });

  it("flux's automation is joined by the markers in the files that it writes", () => {
    const files = parseFixture(`#- flux/sync.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: app, namespace: flux-system}
spec: {url: "https://github.com/acme/app.git", ref: {branch: main}, interval: 1m}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app-dev, namespace: flux-system}
spec: {path: ./deploy/dev, sourceRef: {kind: GitRepository, name: app}, interval: 1m, prune: true}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux-system}
spec: {image: ghcr.io/acme/app, interval: 1m}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: 1.x}}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: app, namespace: flux-system}
spec: {sourceRef: {kind: GitRepository, name: app}, interval: 1m, update: {path: ./deploy}, git: {push: {branch: main}}}
#- deploy/dev/kustomization.yaml
resources: [pod.yaml]
images:
  - name: app
    newName: ghcr.io/acme/app
    newTag: 1.2.3 # {"$imagepolicy": "flux-system:app:tag"}
#- deploy/dev/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: app}
spec: {containers: [{name: app, image: app}]}
#- .github/workflows/build.yml
name: Build
on: {push: {tags: ["v*"]}}
jobs:
  image:
    steps:
      - uses: docker/build-push-action@v6
        with: {push: true, tags: "ghcr.io/acme/app:\${{ github.ref_name }}"}
`);
    assert.deepEqual(edgesOf(topologyOf(files)), [
      'automation ImageUpdateAutomation app -> source deploy/dev',
      'build Build -> registry app [<tag>]',
      'environment app dev -> cluster in-cluster',
      'event tag v* -> build Build',
      'operator Kustomization app-dev -> environment app dev',
      'registry app -> automation ImageUpdateAutomation app [flux-system:app]',
      'source deploy/dev -> operator Kustomization app-dev',
    ]);
  });

  it('an automation that pushes to a branch of its own says by way of which', () => {
    const edges = edgesOf(topologyOf(sample('flux-images')));
    const way = '[by way of flux/image-updates]';
    assert.deepEqual(
      edges.filter((edge) => /^(?:event|build|registry|automation)/.test(edge)),
      [
        `automation ImageUpdateAutomation archive -> source cluster/overlays/dev ${way}`,
        `automation ImageUpdateAutomation archive -> source cluster/overlays/staging ${way}`,
        'build .gitlab-ci.yml -> registry web [main-${WEB_COMMIT:0:7}-<date>, $WEB_VERSION]',
        'event another pipeline -> build .gitlab-ci.yml',
        'registry web -> automation ImageUpdateAutomation archive [flux-system:archive-dev, flux-system:archive-staging]',
        'registry web -> environment archive prod [1.3.2]',
      ],
    );
  });

  it('nodes and edges stand there once, in the order of the flow, and the same for every run', () => {
    const once = topologyOf(sample('argocd-branches'));
    assert.deepEqual(
      once.nodes.map(({ id }) => id),
      topologyOf(sample('argocd-branches')).nodes.map(({ id }) => id),
    );
    assert.equal(new Set(once.nodes.map(({ id }) => id)).size, once.nodes.length);
    assert.equal(new Set(once.edges.map(({ from, to }) => `${from} ${to}`)).size, once.edges.length);
  });

  it('a write to another branch than the one that is followed is no way to the environment', () => {
    const files = new Map(sample('argocd-branches'));
    const cd = files.get('.github/workflows/cd.yml') ?? '';
    files.set('.github/workflows/cd.yml', cd.replace('git push origin "HEAD:$BRANCH"', 'git push origin HEAD:delivery'));
    const edges = edgesOf(topologyOf(files));
    assert.ok(!edges.some((edge) => edge.includes('-> source') && edge.includes('prod ->')));
    assert.ok(edges.includes('registry atlas -> environment atlas prod [sha-3fb7a215]'));
  });
});

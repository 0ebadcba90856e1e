import assert from 'node:assert/strict';
import { describePipelines } from '../../../support/pipelineFixtures.js';

/** A workflow of one job with these steps (each indented by six). */
function workflow(steps: string, more = ''): string {
  return `#- .github/workflows/deliver.yml
name: Deliver
on:
  push:
    branches: [main]
env:
  IMAGE: ghcr.io/acme/web
jobs:
  deliver:
    runs-on: ubuntu-latest
    steps:
${steps}
#- deploy/kustomization.yaml
images:
  - name: web
    newName: ghcr.io/acme/web
    newTag: v1
  - name: worker
    newTag: v1
#- chart/values.yaml
image:
  registry: ghcr.io
  repository: acme/web
  tag: v1
worker:
  image: "ghcr.io/acme/worker:v1"
${more}`;
}

function stepsOf(fixture: string): readonly string[] {
  return describePipelines(fixture)
    .slice(1)
    .map((line) => line.trim().replace(/ on main(?= @)/, ''));
}

/** A checkout, a script that writes, and a push. */
function script(...lines: readonly string[]): string {
  return workflow(['      - uses: actions/checkout@v5', '      - run: |', ...lines.map((line) => `          ${line}`), '          git commit -am x && git push'].join('\n'));
}

describe('github workflows', () => {
  it('a tag that steps hand on by outputs is followed to the image and to the file', () => {
    const steps = `      - uses: actions/checkout@v5
      - id: vars
        run: |
          SHORT=$(git rev-parse --short=8 HEAD)
          echo "tag=sha-$SHORT" >> "$GITHUB_OUTPUT"
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: |
            \${{ env.IMAGE }}:\${{ steps.vars.outputs.tag }}
            \${{ env.IMAGE }}:latest
      - working-directory: deploy
        run: kustomize edit set image web=\${IMAGE}:\${{ steps.vars.outputs.tag }}
      - uses: stefanzweifel/git-auto-commit-action@v6`;
    assert.deepEqual(stepsOf(workflow(steps)), [
      'docker pushes ghcr.io/acme/web:{sha-<commit:8>,latest} @19',
      'writes ghcr.io/acme/web:sha-<commit:8> (text) into deploy/kustomization.yaml images[name=web].newTag line 4 to main @23',
    ]);
  });

  it('sed finds the lines that its pattern begins with, and says whether it quotes', () => {
    const found = stepsOf(
      script(
        'sed -i "s|newTag:.*|newTag: ${GITHUB_SHA::7}|g" deploy/kustomization.yaml',
        "sed -i 's/tag: .*/tag: \"'$GITHUB_SHA'\"/' chart/values.yaml",
        'sed -i -E "s#^(\\s*newTag: ).*#\\1${GITHUB_SHA}#" deploy/kustomization.yaml',
        'sed -i "s|image: \\"ghcr.io/acme/worker:.*|image: \\"ghcr.io/acme/worker:${GITHUB_SHA::8}\\"|" chart/values.yaml',
        'sed -i "/name: worker/{n;s/newTag: .*/newTag: v2/}" deploy/kustomization.yaml',
      ),
    );
    assert.deepEqual(found, [
      'writes ?:<commit:7> (bare) into deploy/kustomization.yaml line 4+6 to main @13',
      'writes ghcr.io/acme/web:<commit> (text) into chart/values.yaml line 4 to main @14',
      'writes ?:<commit> (bare) into deploy/kustomization.yaml line 4+6 to main @15',
      'writes ghcr.io/acme/worker:<commit:8> (text) into chart/values.yaml line 6 to main @16',
      'writes worker:v2 (bare) into deploy/kustomization.yaml line 6 to main @17',
    ]);
  });

  it('yq writes text with strenv and strings, and whatever YAML makes of it with env', () => {
    const found = stepsOf(
      script(
        'export TAG=${GITHUB_SHA::8}',
        "yq -i '.images[0].newTag = strenv(TAG)' deploy/kustomization.yaml",
        "yq e -i '.image.tag = env(TAG)' chart/values.yaml",
        'yq -i "(.images[] | select(.name == \\"worker\\")).newTag = \\"sha-$TAG\\"" deploy/kustomization.yaml',
        'yq -i \'.worker.image = "ghcr.io/acme/worker:" + strenv(TAG) | .image.tag = strenv(TAG)\' chart/values.yaml',
        'yq \'.image.tag = "only printed"\' chart/values.yaml',
        "yq -i '.replicas = 3' chart/values.yaml",
      ),
    );
    assert.deepEqual(found, [
      'writes ghcr.io/acme/web:<commit:8> (text) into deploy/kustomization.yaml images[0].newTag line 4 to main @14',
      'writes ghcr.io/acme/web:<commit:8> (parsed) into chart/values.yaml image.tag line 4 to main @15',
      'writes worker:sha-<commit:8> (text) into deploy/kustomization.yaml images[name=worker].newTag line 6 to main @16',
      'writes ghcr.io/acme/worker:<commit:8> (text) into chart/values.yaml worker.image line 6 to main @17',
      'writes ghcr.io/acme/web:<commit:8> (text) into chart/values.yaml image.tag line 4 to main @17',
    ]);
  });

  it('loops over constants are followed, and what depends on a run is said to', () => {
    const found = stepsOf(
      script(
        'for folder in deploy missing; do (cd $folder && kustomize edit set image web=*:$GITHUB_SHA); done',
        'for folder in */; do yq -i ".images[0].newTag = \\"v2\\"" $folder/kustomization.yaml; done',
        'sed -i "s/newTag: v[0-9]*/newTag: $GITHUB_SHA/" chart/values.yaml',
        'find . -name kustomization.yaml -exec sed -i "s/newTag: .*/newTag: $GITHUB_SHA/" {} \\;',
        "sed -i '/image:/,/tag:/ s/tag:.*/tag: '\"$GITHUB_SHA\"'/' chart/values.yaml",
      ),
    );
    assert.deepEqual(found, [
      'writes ghcr.io/acme/web:<commit> (text) into deploy/kustomization.yaml images[name=web].newTag line 4 to main @13',
      'writes ?:<commit> (text) into missing/kustomization.yaml images[name=web].newTag to main @13',
      'writes ghcr.io/acme/web:<commit> (bare) into chart/values.yaml line 4 to main @17',
      '? the file depends on $folder/kustomization.yaml @14',
      '? no line of chart/values.yaml is one that it changes @15',
      '? its files are looked for when it runs @16',
    ]);
  });

  it('a branch decides: conditions of jobs, of scripts and of expressions', () => {
    const lines = describePipelines(`#- .github/workflows/cd.yml
name: CD
on: {push: {branches: [dev, main]}}
jobs:
  deliver:
    steps:
      - uses: actions/checkout@v5
      - run: |
          if [ "\${{ github.ref_name }}" = "main" ]; then ENVIRONMENT=prod; else ENVIRONMENT=dev; fi
          yq -i ".image.tag = \\"$GITHUB_SHA\\"" $ENVIRONMENT.yaml
      - run: yq -i ".image.tag = \\"v1\\"" \${{ github.ref == 'refs/heads/main' && 'prod' || 'dev' }}.yaml
      - if: github.ref == 'refs/heads/dev'
        run: yq -i ".image.tag = \\"v2\\"" dev.yaml
      - run: git push
`);
    assert.deepEqual(lines, [
      'CD: push dev, main',
      '  writes ?:<commit> (text) into dev.yaml image.tag to dev on dev @9',
      '  writes ?:v1 (text) into dev.yaml image.tag to dev on dev @10',
      '  writes ?:v2 (text) into dev.yaml image.tag to dev on dev @12',
      '  writes ?:<commit> (text) into prod.yaml image.tag to main on main @9',
      '  writes ?:v1 (text) into prod.yaml image.tag to main on main @10',
    ]);
  });

  it('reusable workflows and composite actions of the repository are followed with their inputs', () => {
    const lines = describePipelines(`#- .github/workflows/app.yml
name: App
on: {push: {tags: ["v*"]}}
jobs:
  release:
    uses: ./.github/workflows/release.yml
    with: {image: web, charts: acme/charts}
#- .github/workflows/release.yml
on:
  workflow_call:
    inputs: {image: {type: string}, charts: {type: string}, tag: {type: string, default: stable}}
jobs:
  release:
    steps:
      - uses: ./.github/actions/build
        with: {name: "ghcr.io/acme/\${{ inputs.image }}"}
      - uses: actions/checkout@v5
        with: {repository: "\${{ inputs.charts }}", path: charts}
      - run: yq -i '.image.tag = "\${{ inputs.tag }}"' charts/\${{ inputs.image }}/values.yaml
      - uses: peter-evans/create-pull-request@v7
        with: {path: charts, base: main}
#- .github/actions/build/action.yml
inputs: {name: {}, push: {default: "true"}}
runs:
  using: composite
  steps:
    - uses: docker/metadata-action@v5
      id: meta
      with: {images: "\${{ inputs.name }}", tags: "type=semver,pattern={{version}}"}
    - uses: docker/build-push-action@v6
      with: {push: "\${{ inputs.push }}", tags: "\${{ steps.meta.outputs.tags }}"}
`);
    assert.deepEqual(lines, [
      'App: tag v*',
      '  docker pushes ghcr.io/acme/web:{<tag>,latest} @9',
      '  writes ?:stable (text) into acme/charts web/values.yaml image.tag by pull request to main @11',
    ]);
  });

  it('each combination of a matrix is one run', () => {
    const lines = describePipelines(
      `#- .github/workflows/ci.yml
name: CI
on: push
jobs:
  image:
    strategy:
      matrix:
        app: [api, worker]
        include: [{app: worker, file: worker.Dockerfile}, {app: tools}]
    steps:
      - run: docker build -t ghcr.io/\${{ github.repository }}/\${{ matrix.app }}:\${{ github.sha }} . && docker push ghcr.io/\${{ github.repository }}/\${{ matrix.app }}:\${{ github.sha }}
`,
      'git@github.com:Acme/Shop.git',
    );
    assert.deepEqual(lines, [
      'CI: push',
      '  docker pushes ghcr.io/acme/shop/api:{<commit>} @10',
      '  docker pushes ghcr.io/acme/shop/worker:{<commit>} @10',
      '  docker pushes ghcr.io/acme/shop/tools:{<commit>} @10',
    ]);
  });

  it('other repositories are known by what is cloned, and by where it is pushed', () => {
    const found = stepsOf(
      script(
        'git clone --depth 1 "https://x-access-token:${{ secrets.TOKEN }}@github.com/acme/infra.git" /tmp/infra',
        'cd /tmp/infra/apps/web',
        'kustomize edit set image ghcr.io/acme/web:$GITHUB_SHA',
        'git push origin HEAD:release',
      ),
    );
    assert.deepEqual(found, [
      'writes ghcr.io/acme/web:<commit> (text) into https://github.com/acme/infra.git apps/web/kustomization.yaml images[name=ghcr.io/acme/web].newTag to release @15',
    ]);
  });

  it('scripts of the repository are followed with what they are given', () => {
    const calls = `      - uses: actions/checkout@v5
      - run: |
          ./scripts/bump.sh deploy "\${GITHUB_SHA::8}"
          bash -e scripts/bump.sh chart v2
          git push`;
    const bump = `#- scripts/bump.sh
#!/bin/sh
set -e
cd "$1"
yq -i ".images[0].newTag = \\"$2\\"" kustomization.yaml
./bump.sh again
`;
    assert.deepEqual(stepsOf(workflow(calls, bump)), [
      'writes ghcr.io/acme/web:<commit:8> (text) into deploy/kustomization.yaml images[0].newTag line 4 to main @4',
      'writes ?:v2 (text) into chart/kustomization.yaml images[0].newTag to main @4',
    ]);
  });

  it('a pull request takes what is pushed to the branch that it is for', () => {
    const found = stepsOf(
      script('git checkout -b bump', 'cd deploy && kustomize edit set image web=web:v2 && cd ..', 'git push origin bump', 'gh pr create --base release --fill'),
    );
    assert.deepEqual(found, ['writes web:v2 (text) into deploy/kustomization.yaml images[name=web].newTag line 4 by pull request to release @14']);
  });

  it('builds of other tools are known by their options', () => {
    const found = stepsOf(
      script(
        'crane copy docker.io/library/nginx:1.29 ghcr.io/acme/nginx:1.29',
        'skopeo copy docker://a/b:1 docker://ghcr.io/acme/b:1',
        'KO_DOCKER_REPO=ghcr.io/acme ko build -B --tags v1 ./cmd/web',
        './mvnw -B compile jib:build -Dimage=ghcr.io/acme/jib:v1',
        'docker buildx build --push -t $IMAGE:v1 .',
        'docker build -t $IMAGE:local .',
        'docker build -t built:1 . ; docker tag built:1 $IMAGE:named ; docker push $IMAGE:named',
      ),
    );
    assert.deepEqual(found, [
      'copy pushes ghcr.io/acme/nginx:{1.29} @13',
      'copy pushes ghcr.io/acme/b:{1} @14',
      'ko pushes ghcr.io/acme/web:{v1} @15',
      'jib pushes ghcr.io/acme/jib:{v1} @16',
      'docker pushes ghcr.io/acme/web:{v1} @17',
      'docker builds ghcr.io/acme/web:{local} @18',
      'docker builds built:{1} @19',
      'docker pushes ghcr.io/acme/web:{named} @19',
    ]);
  });
});

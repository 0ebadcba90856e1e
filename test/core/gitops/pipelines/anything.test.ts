import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parseFixture } from '../../../support/fixture.js';
import { pipelineInput } from '../../../support/pipelineFixtures.js';
import { projectFolder } from '../../../support/projectFolder.js';
import { readPipelines } from '../../../../src/core/gitops/pipelines/readPipelines.js';

/** Numbers that look random and are the same in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pieces = [
  '${{',
  '}}',
  '{{',
  '$(',
  '"',
  "'",
  '`',
  '\\',
  '\n',
  '  ',
  '- ',
  ': ',
  '[',
  ']',
  '{',
  '}',
  '|',
  '&&',
  'if ',
  'fi',
  'case x in',
  ';;',
  '<<EOF',
  'for i in *; do',
  'done',
  'steps:',
  'null',
  '&a',
  '*a',
  '%',
  '\u0000',
  '$',
];

/** The text with some of it cut out, doubled or replaced. */
function damage(text: string, random: (below: number) => number): string {
  let damaged = text;
  for (let times = 1 + random(2); times > 0; times--) {
    const at = random(damaged.length);
    const length = random(25);
    const kind = random(3);
    const inserted = kind === 0 ? '' : kind === 1 ? (pieces[random(pieces.length)] ?? '') : damaged.slice(random(damaged.length)).slice(0, length);
    damaged = damaged.slice(0, at) + inserted + damaged.slice(at + (kind === 1 ? 0 : length));
  }
  return damaged;
}

function readSample(...names: readonly string[]): string {
  return names.map((name) => `#- ${name.replace(/^samples\/[^/]+\//, '')}\n${fs.readFileSync(path.join(projectFolder, name), 'utf8')}`).join('');
}

describe('pipelines of anything', () => {
  const fixtures = [
    readSample(
      'samples/argocd-branches/.github/workflows/ci.yml',
      'samples/argocd-branches/.github/workflows/cd.yml',
      'samples/argocd-branches/deploy/overlays/dev/kustomization.yaml',
    ),
    readSample('samples/build-in-cluster/ci/event-source.yaml', 'samples/build-in-cluster/ci/sensor.yaml', 'samples/build-in-cluster/ci/workflow-template.yaml'),
    `#- .gitlab-ci.yml
include: [{local: ci/*.yml}, ci/a.yml]
.base: {variables: {TAG: $CI_COMMIT_SHORT_SHA}, rules: [{if: '$CI_COMMIT_BRANCH == "main"'}]}
deploy:
  extends: [.base]
  parallel: {matrix: [{APP: [a, b], TIER: x}]}
  script:
    - cd deploy/$APP && sed -i "s/tag: .*/tag: $TAG/" values.yaml
    - yq -i ".images[0].newTag = \\"$TAG\\"" kustomization.yaml; git push
#- deploy/a/values.yaml
image: {repository: a, tag: v1}
`,
  ];

  it('whatever stands in the files, reading them ends without an error of ours', () => {
    const random = randomNumbers(7);
    let found = 0;
    for (let round = 0; round < 400; round++) {
      const files = [...parseFixture(fixtures[round % fixtures.length] ?? '')].map(([name, text]) => `#- ${name}\n${damage(text, random).replace(/^#- /gm, '# ')}`);
      for (const { builds, writes, unresolved } of readPipelines(pipelineInput(files.join('\n')))) {
        for (const { place } of [...builds, ...writes, ...unresolved]) assert.ok(place.source.locate(place.start, place.end).range.start.line >= 0);
        found += builds.length + writes.length;
      }
    }
    assert.ok(found > 100, `only ${found} builds and writes were left to look at`);
  });

  it('the samples themselves leave nothing open', () => {
    for (const fixture of fixtures.slice(0, 2)) {
      const pipelines = readPipelines(pipelineInput(fixture));
      assert.ok(pipelines.some(({ builds }) => builds.length > 0));
      assert.deepEqual(
        pipelines.flatMap(({ unresolved }) => unresolved.map(({ text }) => text)),
        [],
      );
    }
  });
});

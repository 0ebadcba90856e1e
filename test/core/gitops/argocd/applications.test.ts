/**
 * Sources of Applications rendered as planned, against what Argo CD's repo server makes of the same repository: each folder
 * of test/data/argocd/applications has the Application, the repository and what came out (recorded by scripts/facts/argocd).
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { joinPath } from '../../../../src/core/base/path.js';
import { readApplication } from '../../../../src/core/gitops/argocd/application.js';
import { planArgoSource, type SourcePlan } from '../../../../src/core/gitops/argocd/planSource.js';
import { renderSource } from '../../../../src/core/gitops/renderSource.js';
import { BuildCache } from '../../../../src/core/kustomize/buildCache.js';
import type { Rendering } from '../../../../src/core/objects/rendering.js';
import type { Problem } from '../../../../src/core/base/problem.js';
import type { YamlNode } from '../../../../src/core/yaml/nodes.js';
import { caseFolders, objectOf, readJson, toPlain } from '../../../support/argoCases.js';
import { FolderTree } from '../../../support/folderTree.js';

interface Expected {
  readonly error: string | null;
  readonly sourceType?: string;
  readonly objects?: readonly unknown[];
}

interface Rendered {
  readonly planned: SourcePlan;
  readonly rendering: Rendering | undefined;
  readonly errors: readonly Problem[];
}

const revision = '0123456789abcdef0123456789abcdef01234567';

/** Renders a case; what the destination adds is left away, as the repo server knows nothing of it. */
function renderCase(folder: string, withDestination = false): Rendered {
  const file = `${folder}/application.yaml`;
  const application = readApplication(objectOf(fs.readFileSync(file, 'utf8'), file));
  const tree = new FolderTree();
  const top = `${folder}/repo`;
  const planned = planArgoSource(application, 0, { tree, locate: (source) => ({ top, folder: joinPath(top, source.path?.value ?? '.') }), revisionOf: () => revision });
  assert.ok(planned);
  const plan = planned.plan && (withDestination ? planned.plan : { ...planned.plan, finish: [] });
  const rendering = plan && renderSource(plan, { tree, cache: new BuildCache(), options: { loadRestrictor: 'rootOnly', enableHelm: false } });
  const errors = [...application.problems, ...planned.problems, ...(rendering?.problems ?? [])].filter(({ severity }) => severity === 'error');
  return { planned, rendering, errors };
}

function caseOf(name: string): Rendered {
  const found = caseFolders('applications').find((each) => each.name === name);
  assert.ok(found);
  return renderCase(found.folder, true);
}

function find(rendering: Rendering | undefined, kind: string, ...way: readonly (string | number)[]): YamlNode | undefined {
  let at: YamlNode | undefined = rendering?.objects.find(({ id }) => id.kind === kind)?.root;
  for (const key of way) {
    if (at?.kind === 'map') at = at.get(String(key));
    else at = at?.kind === 'sequence' ? at.items[Number(key)] : undefined;
  }
  return at;
}

/** The text that a scalar comes from, and the step that took it from there. */
function originOf(node: YamlNode | undefined): readonly [text: string, field: string | undefined] {
  assert.equal(node?.kind, 'scalar');
  const scalar = node;
  return [scalar.source.text.slice(scalar.start, scalar.end), scalar.step?.field];
}

describe('sources of Applications', () => {
  for (const { name, folder } of caseFolders('applications')) {
    it(`${name} renders as the repo server does`, () => {
      const expected = readJson(`${folder}/expected.json`) as Expected;
      const { rendering, planned, errors } = renderCase(folder);
      if (expected.error !== null) {
        assert.ok(errors.length > 0, expected.error);
        return;
      }
      assert.deepEqual(errors, []);
      assert.equal(planned.plan?.renderer, expected.sourceType?.toLowerCase());
      assert.deepEqual(
        rendering?.objects.map(({ root }) => toPlain(root)),
        expected.objects,
      );
    });
  }

  it('lead from a rendered field to the part of the Application that set it', () => {
    const { rendering } = caseOf('kustomize-all');
    const image = find(rendering, 'Deployment', 'spec', 'template', 'spec', 'containers', 0, 'image');
    assert.deepEqual(originOf(image), ['2.0', 'spec.source.kustomize.images[0].newTag']);
    assert.deepEqual(originOf(image?.was), ['registry.test/web', 'spec.source.kustomize.images[0].newName']);
    assert.deepEqual(originOf(find(rendering, 'Deployment', 'spec', 'replicas')), ['4', 'spec.source.kustomize.replicas[0].count']);
    assert.deepEqual(originOf(find(rendering, 'Deployment', 'metadata', 'namespace')), ['forced', 'spec.source.kustomize.namespace']);
    assert.deepEqual(originOf(find(rendering, 'Deployment', 'metadata', 'name')), ['-suf', 'spec.source.kustomize.nameSuffix']);
    assert.deepEqual(originOf(find(rendering, 'Deployment', 'metadata', 'labels', 'app.kubernetes.io/part-of')), [
      '$ARGOCD_APP_NAME',
      'spec.source.kustomize.commonLabels.app.kubernetes.io/part-of',
    ]);
    assert.deepEqual(originOf(find(rendering, 'Deployment', 'spec', 'paused')), ['true', 'spec.source.kustomize.patches[1]']);
  });

  it('lead to the file with parameters in the repository where that set a field', () => {
    const { rendering } = caseOf('parameters-file');
    const image = find(rendering, 'Deployment', 'spec', 'template', 'spec', 'containers', 0, 'image');
    assert.deepEqual(originOf(image), ['own-file', 'kustomize.images[0].newTag']);
    assert.match(image?.source.path ?? '', /\.argocd-source-parameters-file\.yaml$/);
  });

  it('get the namespace of the destination where they have none, and lose it where their kind has none', () => {
    const { rendering } = caseOf('plain');
    assert.deepEqual(originOf(find(rendering, 'Deployment', 'metadata', 'namespace')), ['web', 'spec.destination.namespace']);
    assert.equal(find(rendering, 'ClusterRole', 'metadata', 'namespace'), undefined);
    assert.equal(find(caseOf('kustomize-all').rendering, 'ClusterRole', 'metadata', 'namespace'), undefined);
  });
});

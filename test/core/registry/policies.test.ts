/** What image policies would select from a registry's tags, and what automation would commit of it. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/core/base/fileTree.js';
import { applyChanges } from '../../../src/core/yaml/edit.js';
import { readFluxAutomations } from '../../../src/core/gitops/pipelines/fluxAutomation.js';
import { planAutomation, type AutomationPlan } from '../../../src/core/registry/automationEdits.js';
import { choosePolicyTag, describePolicyFailure, findPolicies, type PolicyChoice } from '../../../src/core/registry/policyChoice.js';
import type { LatestImage } from '../../../src/core/gitops/flux/images/imageMarkers.js';
import { deliveryOfTree } from '../../support/deliveryOf.js';
import { fixtureRoot, parseFixture } from '../../support/fixture.js';

const objects = (policy: string, repository = ''): string => `#- clusters/images.yaml
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: flux-system}
spec:
  image: ghcr.io/acme/web
  interval: 5m
${repository}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: web
  namespace: flux-system
  labels: {team: shop}
spec:
  imageRepositoryRef: {name: web}
${policy}
`;

const semver = '  policy: {semver: {range: ">=1.0.0"}}';

function deliver(fixture: string): ReturnType<typeof deliveryOfTree> & { tree: MemoryTree } {
  const tree = new MemoryTree(Object.fromEntries([...parseFixture(fixture)].map(([name, text]) => [`${fixtureRoot}/${name}`, text])));
  return { ...deliveryOfTree(tree, fixtureRoot), tree };
}

function choose(policy: string, tags: readonly string[], repository = ''): PolicyChoice {
  const [found, ...others] = findPolicies(deliver(objects(policy, repository)).delivery.model.objects);
  assert.ok(found && others.length === 0);
  assert.equal(found.image?.repository, 'acme/web');
  return choosePolicyTag(found, tags);
}

describe('image policies with a registry', () => {
  it('select by version, by alphabet and by number', () => {
    const tags = ['1.2.0', '1.10.0', '2.0.0-rc.1', 'main-9', 'main-10'];
    assert.deepEqual(choose(semver, tags), { kind: 'selected', tag: '1.10.0', of: 5 });
    assert.deepEqual(choose('  policy: {alphabetical: {order: asc}}', tags), { kind: 'selected', tag: 'main-9', of: 5 });
    const numbered = "  filterTags: {pattern: '^main-(?P<n>\\d+)$', extract: '$n'}\n  policy: {numerical: {order: asc}}";
    assert.deepEqual(choose(numbered, tags), { kind: 'selected', tag: 'main-10', of: 5 });
  });

  it('don’t see signatures, nor what the repository excludes', () => {
    const alphabetical = '  policy: {alphabetical: {}}';
    assert.deepEqual(choose(alphabetical, ['1.0.0', 'sha256-abc.sig']), { kind: 'selected', tag: '1.0.0', of: 1 });
    assert.deepEqual(choose(alphabetical, ['1.0.0', 'sha256-abc.sig', 'z-dev'], '  exclusionList: ["^z-"]'), { kind: 'selected', tag: 'sha256-abc.sig', of: 2 });
    assert.equal(choose(alphabetical, ['1.0.0'], '  exclusionList: ["("]').kind, 'unknown');
  });

  it('say why they select nothing', () => {
    const why = (policy: string, tags: readonly string[]): string => {
      const choice = choose(policy, tags);
      assert.ok(choice.kind === 'none');
      return describePolicyFailure(choice.failure);
    };
    assert.match(why(semver, ['dev']), /No tag is a version in the range/);
    assert.match(why('  policy: {numerical: {order: asc}}', ['1', 'dev']), /The tag dev is no number/);
    assert.match(why("  filterTags: {pattern: '^x'}\n  policy: {alphabetical: {}}", ['dev']), /gets through the filter/);
    assert.match(why("  filterTags: {pattern: '('}\n  policy: {alphabetical: {}}", ['dev']), /no regular expression/);
    assert.match(why('  policy: {semver: {range: nonsense}}', ['1.0.0']), /nonsense is no range/);
    assert.match(why('  policy: {alphabetical: {order: up}}', ['1.0.0']), /neither asc nor desc/);
    assert.match(why('  interval: 1m', ['1.0.0']), /says no order/);
  });
});

describe('image automation', () => {
  const automation = (more = ''): string => `#- clusters/automation.yaml
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: all, namespace: flux-system}
spec:
  sourceRef: {kind: GitRepository, name: delivery}
  update: {path: ./apps, strategy: Setters}
  git:
    checkout: {ref: {branch: main}}
    commit:
      author: {name: flux, email: flux@example.com}
${more}`;
  const kustomization = `#- apps/web/kustomization.yaml
images:
  - name: web
    newName: ghcr.io/acme/web # {"$imagepolicy": "flux-system:web:name"}
    newTag: "1.2.0" # {"$imagepolicy": "flux-system:web:tag"}
#- apps/other.yaml
image: ghcr.io/acme/web:1.2.0 # {"$imagepolicy": "flux-system:web"}
other: ghcr.io/acme/web:1.2.0 # {"$imagepolicy": "shop:web"}
#- elsewhere/values.yaml
tag: 1.2.0 # {"$imagepolicy": "flux-system:web:tag"}
`;

  function plan(more = '', image: Partial<LatestImage> = {}, policy = semver): AutomationPlan & { readonly texts: Readonly<Record<string, string>> } {
    const { delivery, renderings, yamlFiles, tree } = deliver(`${objects(policy)}${automation(more)}\n${kustomization}`);
    const { model } = delivery;
    const [found] = readFluxAutomations(model.objects, tree, { repositories: model.repositories, folders: [fixtureRoot] });
    const object = model.objects.find(({ id }) => id.kind === 'ImageUpdateAutomation');
    assert.ok(found && object);
    const latest: LatestImage = { name: 'ghcr.io/acme/web', tag: '1.10.0', digest: undefined, ...image };
    const planned = planAutomation({
      object,
      automation: found,
      policies: findPolicies(model.objects),
      latest: () => latest,
      files: yamlFiles,
      parse: (path) => renderings.parse(path, tree),
    });
    const texts: Record<string, string> = {};
    for (const path of new Set(planned.edits.map(({ node }) => node.source.path))) {
      const source = tree.read(path);
      assert.ok(source);
      texts[path.slice(fixtureRoot.length + 1)] = applyChanges(
        source,
        planned.edits.filter(({ node }) => node.source.path === path).flatMap(({ changes }) => changes ?? []),
      );
    }
    return { ...planned, texts };
  }

  it('writes the values at its markers below its path, in their quotes', () => {
    const { edits, texts, branch, message, isSuspended } = plan();
    assert.deepEqual(
      edits.map(({ before, after }) => [before, after]),
      [
        ['ghcr.io/acme/web:1.2.0', 'ghcr.io/acme/web:1.10.0'],
        ['1.2.0', '1.10.0'],
      ],
    );
    assert.match(texts['apps/web/kustomization.yaml'] ?? '', /newTag: "1\.10\.0" # \{"\$imagepolicy": "flux-system:web:tag"\}/);
    assert.match(texts['apps/other.yaml'] ?? '', /^image: ghcr\.io\/acme\/web:1\.10\.0 #.*\nother: ghcr\.io\/acme\/web:1\.2\.0 #/);
    assert.deepEqual([branch, message, isSuspended], ['main', 'Update from image update automation', false]);
  });

  it('commits with its own words, where they are no template', () => {
    assert.equal(plan('      messageTemplate: New images').message, 'New images');
    assert.equal(plan('      messageTemplate: "{{ range .Changed.Changes }}{{ end }}"').message, undefined);
  });

  it('does nothing for policies that its selector leaves out', () => {
    assert.equal(plan('  policySelector: {matchLabels: {team: other}}').edits.length, 0);
    assert.equal(plan('  policySelector: {matchLabels: {team: shop}}').edits.length, 2);
    assert.equal(plan('  policySelector: {matchExpressions: [{key: team, operator: Sometimes}]}').edits.length, 0);
  });

  it('writes digests where the policy reflects them', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    assert.ok(plan('', { digest }).texts['apps/other.yaml']?.includes(`image: ghcr.io/acme/web:1.10.0@${digest} #`));
    assert.equal(plan('', { tag: '1.2.0' }).edits.length, 0);
  });
});

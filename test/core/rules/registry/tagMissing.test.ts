/** registry/tag-missing: found where a registry said that there is no such image, at the text that sets it. */
import assert from 'node:assert/strict';
import type { TagVerdict } from '../../../../src/core/registry/imageFacts.js';
import type { GivenContext } from '../../../../src/core/rules/rule.js';
import { tagMissing } from '../../../../src/core/rules/registry/tagMissing.js';
import { checkFix, checkRule } from '../../../support/rules/checkRule.js';

const has: readonly string[] = ['ghcr.io/example/web:1.5.0', 'docker.io/library/nginx:1.29'];

/** Says `missing` of everything that isn't in the list, with these tags near. */
const registry =
  (nearest: readonly string[] = [], verdict: Partial<TagVerdict> = {}): GivenContext['tagVerdict'] =>
  ({ registry: host, repository, tag = 'latest', digest }) =>
    has.includes(`${host}/${repository}:${tag}`) && digest === undefined
      ? { kind: 'exists', digest: 'sha256:1' }
      : ({ kind: 'missing', what: digest === undefined ? 'tag' : 'digest', nearest, ...verdict } as TagVerdict);

const base = `#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      initContainers:
      - name: init
        image: nginx:1.29
      containers:
      - name: web
        image: ghcr.io/example/web:1.5.0`;

const overlay = (entry: string): string => `${base}
#- overlays/dev/kustomization.yaml
resources:
- ../../base
images:
- name: ghcr.io/example/web
${entry}`;

describe("the rule 'registry/tag-missing'", () => {
  it('finds a tag that there isn’t where it is set, and says what was probably meant', () => {
    checkRule(tagMissing, overlay("  newTag: 1.5.1\n  #       ^^^^^ ghcr.io has no tag 1.5.1 of example/web: pods can't pull this image. Did you mean 1.5.0?"), {
      tagVerdict: registry(['1.5.0']),
    });
  });

  it('finds a whole image', () => {
    const broken = base.replace('nginx:1.29', 'nginx:1.92');
    checkRule(
      tagMissing,
      `${broken.replace('        image: nginx:1.92', '        image: nginx:1.92\n        #      ^^^^^^^^^^ docker.io has no tag 1.92 of library/nginx')}\n#- overlays/dev/kustomization.yaml\nresources:\n- ../../base`,
      {
        tagVerdict: registry(),
      },
    );
  });

  it('finds digests and repositories', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    checkRule(tagMissing, overlay(`  digest: ${digest}\n  #       ${'^'.repeat(71)} ghcr.io has no example/web@sha256:aaaaaaaaaaaa…`), { tagVerdict: registry() });
    checkRule(tagMissing, overlay('  newTag: 2.0.0\n  #       ^^^^^ ghcr.io has no repository example/web'), {
      tagVerdict: registry([], { what: 'repository' }),
    });
  });

  it('is quiet where nothing was asked, where it isn’t known, and where nothing is pulled', () => {
    checkRule(tagMissing, overlay('  newTag: 1.5.1'));
    checkRule(tagMissing, overlay('  newTag: 1.5.1'), { tagVerdict: () => undefined });
    checkRule(tagMissing, overlay('  newTag: 1.5.1'), { tagVerdict: () => ({ kind: 'unknown', isAllowed: true, reason: 'ghcr.io can’t be reached.' }) });
    checkRule(tagMissing, overlay('  newTag: 1.5.1').replace('web:1.5.0', 'web:1.5.0\n        imagePullPolicy: Never'), { tagVerdict: registry() });
  });

  it('offers the nearest tags, quoted where they would be numbers', () => {
    const options = { tagVerdict: registry(['1.5.0', '1.50']) };
    checkFix(tagMissing, overlay('  newTag: 1.5.1'), overlay('  newTag: 1.5.0'), options);
    checkFix(tagMissing, overlay("  newTag: '1.5.1'"), overlay("  newTag: '1.50'"), { ...options, title: '1.50', staysFound: true });
    checkFix(tagMissing, overlay('  newTag: 1.5.1'), overlay('  newTag: "1.50"'), { ...options, title: '1.50', staysFound: true });
    const image = `${base.replace('web:1.5.0', 'web:1.5.9')}\n#- overlays/dev/kustomization.yaml\nresources:\n- ../../base`;
    checkFix(tagMissing, image, image.replace('1.5.9', '1.5.0'), options);
  });

  it('is one finding for all environments that share the text', () => {
    const shared = `${base.replace('web:1.5.0', 'web:1.5.9')}\n${['dev', 'stage'].map((name) => `#- overlays/${name}/kustomization.yaml\nresources:\n- ../../base`).join('\n')}`;
    const findings = checkRule(tagMissing, shared.replace('web:1.5.9', 'web:1.5.9\n        #      ^^^^^^^^^^^^^^^^^^^^^^^^^ has no tag 1.5.9'), { tagVerdict: registry() });
    assert.deepEqual(
      findings.map(({ environments }) => environments.map(({ name }) => name)),
      [['dev', 'stage']],
    );
  });
});

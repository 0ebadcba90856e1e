/** The rules about Flux's objects. */
import assert from 'node:assert/strict';
import { fluxRules } from '../../../../src/core/rules/flux/fluxRules.js';
import type { Rule } from '../../../../src/core/rules/rule.js';
import { checkFix, checkRule } from '../../../support/rules/checkRule.js';
import { markText } from '../../../support/rules/markText.js';

function ruleOf(id: string): Rule {
  const rule = fluxRules.find((each) => each.id === id);
  assert.ok(rule, `no rule ${id}`);
  return rule;
}

describe('flux/missing-folder', () => {
  const rule = ruleOf('flux/missing-folder');

  it('names the folder that is meant', () => {
    checkRule(rule, markText(rule.examples.bad, './deploy/platfrom', 'did you mean deploy/platform?'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
  });
});

describe('flux/unknown-source', () => {
  const rule = ruleOf('flux/unknown-source');

  it('names the source that is meant', () => {
    checkRule(rule, markText(rule.examples.bad, 'infar', 'Nothing in this workspace declares GitRepository infar; did you mean infra?'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
  });

  it('tells a source in another namespace', () => {
    const apart = rule.examples.good.replace('{name: apps, namespace: flux-system}', '{name: apps, namespace: tenant}').replace('    name: infra', '    name: "infra"');
    checkRule(rule, markText(apart, '"infra"', 'GitRepository infra is in the namespace flux-system, and Kustomization apps asks for it in tenant'));
    checkRule(rule, `${apart}    namespace: flux-system\n`);
  });

  it('knows the sources of releases', () => {
    const release = (lines: string): string =>
      `${rule.examples.good}---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: flux-system}\nspec:\n  interval: 5m\n${lines}`;
    checkRule(rule, markText(release('  chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts}}}\n'), 'charts', 'declares HelmRepository charts'));
    checkRule(rule, markText(release('  chartRef: {kind: OCIRepository, name: charts}\n'), 'charts', 'declares OCIRepository charts'));
  });

  it('is quiet on what controllers make, and in hidden folders', () => {
    checkRule(rule, rule.examples.bad.replace('    kind: GitRepository\n    name', '    kind: ExternalArtifact\n    name'));
    checkRule(rule, `${rule.examples.good}#- .archive/old.yaml\n${rule.examples.bad.split('---\n')[1]?.replace('name: apps', 'name: old') ?? ''}`);
  });

  it('is quiet on what bootstrap makes, on variables, and where no source is declared', () => {
    checkRule(rule, rule.examples.bad.replace('infar', 'flux-system'));
    checkRule(rule, rule.examples.bad.replace('infar', '${SOURCE}'));
    checkRule(rule, rule.examples.bad.slice(0, 12) + rule.examples.bad.split('---\n')[1]);
  });
});

describe('flux/unknown-dependency', () => {
  const rule = ruleOf('flux/unknown-dependency');

  it('names the one that is meant', () => {
    checkRule(rule, markText(rule.examples.bad, 'platfrom', 'did you mean platform?'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
  });

  it('tells a dependency in another namespace', () => {
    const apart = rule.examples.good.replace('{name: platform, namespace: flux-system}', '{name: platform, namespace: infra}').replace('- name: platform', '- name: "platform"');
    checkRule(rule, markText(apart, '"platform"', 'Kustomization platform is in the namespace infra, and apps waits for one in flux-system'));
    checkRule(rule, apart.replace('- name: "platform"', '- {name: platform, namespace: infra}'));
  });
});

describe('flux/dependency-cycle', () => {
  const rule = ruleOf('flux/dependency-cycle');

  it('finds a circle once', () => {
    checkRule(
      rule,
      rule.examples.bad.replace('    - name: apps\n', '    - name: apps\n          # ^^^^ platform waits for apps waits for platform: none of them is ever applied\n'),
    );
  });

  it('is quiet where the same names stand in two clusters', () => {
    const [first = '', second = ''] = rule.examples.bad.replace('#- apps.yaml\n', '').split('---\n');
    checkRule(rule, `#- clusters/a/platform.yaml\n${first}#- clusters/b/apps.yaml\n${second}`);
  });
});

describe('flux/unknown-image-repository', () => {
  const rule = ruleOf('flux/unknown-image-repository');

  it('names the repository that is meant', () => {
    checkRule(rule, markText(rule.examples.bad, 'wbe', 'No ImageRepository wbe is declared in the namespace flux-system'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
  });
});

describe('flux/image-marker', () => {
  const rule = ruleOf('flux/image-marker');
  const withMarker = (line: string): string => rule.examples.good.replace(/ {4}newTag: .*/, line);
  const mark = (line: string, text: string, message: string): string => `${line}\n${' '.repeat(line.indexOf(text) - 2)}# ${'^'.repeat(text.length)} ${message}`;

  it('finds a marker of the whole image at a tag, and of the tag at a whole image', () => {
    checkFix(rule, rule.examples.bad, rule.examples.good);
    const line = '    newTag: 1.4.2 # {"$imagepolicy": "flux-system:web"}';
    checkRule(rule, withMarker(mark(line, 'flux-system:web', 'add :tag to the marker')));
    const pod = (marker: string): string =>
      `${rule.examples.good}#- apps/web/pod.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: web:1.4.2 # {"$imagepolicy": "${marker}"}\n`;
    checkRule(rule, pod('flux-system:web'));
    checkFix(rule, pod('flux-system:web:tag'), pod('flux-system:web'));
  });

  it('finds a marker that leads nowhere', () => {
    const line = '    newTag: 1.4.2 # {"$imagepolicy": "flux-system:wbe:tag"}';
    checkRule(rule, withMarker(mark(line, 'flux-system:wbe:tag', 'did you mean web?')));
    checkFix(rule, withMarker(line), rule.examples.good);
    const other = '    newTag: 1.4.2 # {"$imagepolicy": "apps:web:tag"}';
    checkRule(rule, withMarker(mark(other, 'apps:web:tag', 'ImagePolicy web is in the namespace flux-system, not in apps')));
    checkFix(rule, withMarker(other), rule.examples.good);
  });

  it('finds a marker that is none', () => {
    const line = '    newTag: 1.4.2 # {"$imagepolicy": "web"}';
    checkRule(rule, withMarker(`${line}\n${' '.repeat(line.lastIndexOf('web') - 2)}# ^^^ has not the form`));
    const alone = '    # {"$imagepolicy": "flux-system:web:tag"}';
    checkRule(rule, withMarker(`${alone}\n${' '.repeat(2)}# ${'^'.repeat(alone.length - 4)} stands at no value\n    newTag: 1.4.2`));
  });
});

describe('flux/automation-branch', () => {
  const rule = ruleOf('flux/automation-branch');

  it('finds markers of a protected environment on its own branch', () => {
    checkRule(
      rule,
      rule.examples.bad
        .replace('push: {branch: main}', 'push: {branch: "main"}')
        .replace('    push: {branch: "main"}', '    push: {branch: "main"}\n                 # ^^^^^^ although that environment is protected'),
    );
    checkRule(rule, rule.examples.bad.replaceAll('overlays/prod', 'overlays/dev'));
  });

  it('finds branches that the settings protect', () => {
    const settings = { protectedBranches: ['image-updates'] };
    checkRule(rule, markText(rule.examples.good, 'image-updates', 'which is a protected branch'), { settings });
  });
});

describe('flux/empty-variable', () => {
  const rule = ruleOf('flux/empty-variable');

  it('finds a variable that nobody defines, where Flux tolerates it', () => {
    checkRule(rule, markText(rule.examples.bad, '${DOMIAN}', 'The variable DOMIAN is not defined'));
    checkRule(rule, rule.examples.good);
    checkRule(rule, rule.examples.bad.replace('strictSubstitution: false', 'strictSubstitution: true'));
  });

  it('is quiet on a default, and on what the cluster may know', () => {
    checkRule(rule, rule.examples.bad.replace('${DOMIAN}', '${DOMIAN:=example.com}'));
    checkRule(rule, rule.examples.bad.replace('{substitute: {', '{substituteFrom: [{kind: ConfigMap, name: cluster}], substitute: {'));
  });
});

describe('flux/doubled-dollar', () => {
  const rule = ruleOf('flux/doubled-dollar');

  it('doubles both signs', () => {
    checkRule(rule, markText(rule.examples.bad, '$$', 'Flux leaves one dollar sign of these two'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
  });

  it('is quiet on what escapes an expression, and on objects that are left as they are', () => {
    checkRule(rule, rule.examples.bad.replace('echo $$', 'echo $${HOME}'));
    checkRule(rule, rule.examples.bad.replace('namespace: web}', 'namespace: web, labels: {kustomize.toolkit.fluxcd.io/substitute: disabled}}'));
  });
});

describe('flux/without-prune', () => {
  const rule = ruleOf('flux/without-prune');

  it('offers to prune', () => {
    checkRule(rule, markText(rule.examples.bad, 'false', 'stays in the cluster'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
    checkRule(rule, rule.examples.bad.replace('path: ./apps', 'path: ./crds'));
  });
});

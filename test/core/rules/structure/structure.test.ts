/** The rules about what is reached, what is not, and what stands twice. */
import assert from 'node:assert/strict';
import type { Rule } from '../../../../src/core/rules/rule.js';
import { structureRules } from '../../../../src/core/rules/structure/structureRules.js';
import { checkFix, checkRule } from '../../../support/rules/checkRule.js';
import { markText } from '../../../support/rules/markText.js';

function ruleOf(id: string): Rule {
  const rule = structureRules.find((each) => each.id === id);
  assert.ok(rule, `no rule ${id}`);
  return rule;
}

describe('structure/unreachable-overlay', () => {
  const rule = ruleOf('structure/unreachable-overlay');

  it('finds an overlay beside one that is delivered', () => {
    const [before, after] = rule.examples.bad.split('#- shop/overlays/qa/kustomization.yaml\n');
    checkRule(rule, `${before}#- shop/overlays/qa/kustomization.yaml\nnamespace: shop-qa\n^^^^^^^^^ Nothing delivers this overlay\n`);
    assert.equal(after, 'namespace: shop-qa\n');
  });

  it('is quiet where nothing beside it is delivered, and where a workflow applies it', () => {
    checkRule(rule, rule.examples.bad.replace('#- shop/overlays/qa/', '#- other/qa/'));
    checkRule(rule, `${rule.examples.bad}#- .github/workflows/deploy.yaml\njobs: {deploy: {steps: [{run: kubectl apply -k shop/overlays/qa}]}}\n`);
  });

  it('is quiet where a set generates nothing here', () => {
    checkRule(
      rule,
      `${rule.examples.bad}#- set.yaml\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: set, namespace: argocd}\nspec:\n  generators: [{scmProvider: {github: {organization: acme}}}]\n  template: {metadata: {name: '{{path}}'}, spec: {project: default, source: {repoURL: https://git.example.com/other.git, path: a}, destination: {server: https://kubernetes.default.svc}}}\n`,
    );
  });
});

describe('structure/unused-file', () => {
  const rule = ruleOf('structure/unused-file');

  it('finds a manifest that was forgotten', () => {
    const [before, after = ''] = rule.examples.bad.replace('kind: Ingress\nmetadata: {name: shop}', 'kind: Ingress\nmetadata:\n  name: shop').split('#- shop/ingress.yaml');
    checkRule(rule, `${before}#- shop/ingress.yaml${after.replace('  name: shop', '  name: shop\n      # ^^^^ ingress.yaml is not listed in kustomization.yaml beside it')}`);
  });

  it('is quiet on Secrets, which are applied by hand', () => {
    checkRule(rule, rule.examples.bad.replace('networking.k8s.io/v1\nkind: Ingress', 'v1\nkind: Secret'));
  });

  it('is quiet on what is named in a comment, on examples, declarations and other texts', () => {
    checkRule(rule, rule.examples.bad.replace('resources: [service.yaml]', 'resources: [service.yaml] # ingress.yaml later'));
    checkRule(rule, rule.examples.bad.replace('#- shop/ingress.yaml', '#- shop/ingress.example.yaml'));
    checkRule(rule, rule.examples.bad.replace('networking.k8s.io/v1\nkind: Ingress', 'argoproj.io/v1alpha1\nkind: Application'));
    checkRule(rule, rule.examples.bad.replace('apiVersion: networking.k8s.io/v1\nkind: Ingress\n', 'a: b\n'));
  });
});

describe('structure/duplicate-object', () => {
  const rule = ruleOf('structure/duplicate-object');

  it('points at the one that wins', () => {
    const [before, after = ''] = rule.examples.bad.split('#- shop/b.yaml');
    checkRule(rule, `${before}#- shop/b.yaml${markText(after, 'settings', 'ConfigMap settings stands twice')}`);
  });
});

describe('structure/replicas-with-autoscaler', () => {
  const rule = ruleOf('structure/replicas-with-autoscaler');

  it('offers to remove the number', () => {
    checkRule(
      rule,
      rule.examples.bad.replace('  replicas: 3\n', '  replicas: 3\n          # ^ Deployment web has 3 replicas here, and HorizontalPodAutoscaler web sets them too\n'),
    );
    checkFix(rule, rule.examples.bad, rule.examples.good);
  });

  it('points at the entry of a kustomization that sets it, without a fix', () => {
    const overlay = rule.examples.good.replace('resources: [web.yaml]\n', 'resources: [web.yaml]\nreplicas:\n  - name: web\n    count: 3\n');
    const findings = checkRule(rule, overlay.replace('    count: 3\n', '    count: 3\n         # ^ has 3 replicas here\n'));
    assert.equal(findings[0]?.problem.fix, undefined);
  });

  it('is quiet for an Application that ignores the difference', () => {
    checkRule(
      rule,
      `${rule.examples.bad.replace('#- kustomization', '#- web/kustomization').replace('#- web.yaml', '#- web/web.yaml')}#- app.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: web}
  destination: {server: https://kubernetes.default.svc, namespace: web}
  ignoreDifferences: [{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}]
`,
    );
  });
});

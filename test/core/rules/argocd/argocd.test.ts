/** The rules about Argo CD's declarations. */
import assert from 'node:assert/strict';
import { argocdRules } from '../../../../src/core/rules/argocd/argocdRules.js';
import type { Rule } from '../../../../src/core/rules/rule.js';
import { checkFix, checkRule } from '../../../support/rules/checkRule.js';
import { markText } from '../../../support/rules/markText.js';

function ruleOf(id: string): Rule {
  const rule = argocdRules.find((each) => each.id === id);
  assert.ok(rule, `no rule ${id}`);
  return rule;
}

const application = (name: string, lines: string, file = `apps/${name}.yaml`): string => `#- ${file}
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
spec:
${lines}`;

const source = (path: string): string => `  source:\n    repoURL: https://git.example.com/infra.git\n    path: ${path}\n`;
const destination = (namespace: string): string => `  destination:\n    server: https://kubernetes.default.svc\n    namespace: ${namespace}\n`;

describe('argocd/missing-folder', () => {
  const rule = ruleOf('argocd/missing-folder');

  it('names the folder that is meant', () => {
    const bad = rule.examples.bad.replace(
      '{repoURL: https://git.example.com/infra.git, path: deploy/payment}',
      '\n    repoURL: https://git.example.com/infra.git\n    path: deploy/payment',
    );
    checkRule(rule, markText(bad, 'deploy/payment', 'did you mean deploy/payments?'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
  });

  it('is quiet on other repositories and on what is filled in later', () => {
    checkRule(rule, rule.examples.bad.replace('infra.git, path: deploy/payment}', 'payments.git, path: deploy/payment}'));
    checkRule(rule, rule.examples.bad.replace('path: deploy/payment}', "path: '${path}'}"));
  });
});

describe('argocd/project-forbids', () => {
  const rule = ruleOf('argocd/project-forbids');
  const project = (lines: string): string => `#- project.yaml\napiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: shop, namespace: argocd}\nspec:\n${lines}`;
  const orders = application('orders', `  project: shop\n${source('orders')}${destination('shop-orders')}`);
  const all = "  sourceRepos: ['*']\n  destinations: [{server: '*', namespace: '*'}]\n";

  it('finds the source and the destination that are refused', () => {
    checkRule(
      rule,
      markText(
        project("  sourceRepos: ['https://git.example.com/apps*']\n  destinations: [{server: '*', namespace: '*'}]\n") + orders,
        'https://git.example.com/infra.git',
        'no entry of its sourceRepos allows it',
      ),
    );
    checkRule(
      rule,
      markText(
        project("  sourceRepos: ['*']\n  destinations: [{server: '*', namespace: prod-*}]\n") + orders,
        'shop-orders',
        'does not permit shop-orders on https://kubernetes.default.svc',
      ),
    );
    checkRule(rule, project(all) + orders);
  });

  it('finds kinds that are refused: cluster-scoped ones unless they are listed', () => {
    const role =
      '#- orders/kustomization.yaml\nresources: [role.yaml]\n#- orders/role.yaml\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: orders}\n';
    checkRule(
      rule,
      markText(
        project(all) + orders + role,
        'ClusterRole',
        'does not permit ClusterRole (rbac.authorization.k8s.io), which orders brings: no entry of its clusterResourceWhitelist allows it',
      ),
    );
    checkRule(rule, project(`${all}  clusterResourceWhitelist: [{group: rbac.authorization.k8s.io, kind: ClusterRole}]\n`) + orders + role);
    const service = (namespace: string): string => `#- orders/service.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: orders\n${namespace}`;
    checkRule(
      rule,
      project(`${all}  namespaceResourceBlacklist: [{group: '', kind: Service}]\n`) +
        orders +
        markText(service(''), 'Service', 'an entry of its namespaceResourceBlacklist refuses it'),
    );
    checkRule(
      rule,
      markText(
        project("  sourceRepos: ['*']\n  destinations: [{server: '*', namespace: shop-*}]\n") + orders + service('  namespace: kube-system\n'),
        'kube-system',
        'objects in the namespace kube-system',
      ),
    );
  });

  it('is quiet where two projects of a name may be meant', () => {
    const other = project(all).replace('#- project.yaml', '#- clusters/prod/project.yaml');
    checkRule(rule, project('  sourceRepos: []\n').replace('#- project.yaml', '#- clusters/dev/project.yaml') + other + orders);
  });
});

describe('argocd/unknown-project', () => {
  const rule = ruleOf('argocd/unknown-project');

  it('names the project that is meant, and leaves default alone', () => {
    checkRule(rule, markText(rule.examples.bad, 'shpo', 'did you mean shop?'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
    checkRule(rule, rule.examples.bad.replace('shpo', 'default'));
  });

  it('is quiet where no project is declared', () => checkRule(rule, rule.examples.bad.replace('kind: AppProject', 'kind: Workflow')));
});

describe('argocd/missing-namespace', () => {
  const rule = ruleOf('argocd/missing-namespace');

  it('offers to create the namespace', () => {
    checkRule(rule, markText(rule.examples.bad.replace('namespace: orders}', 'namespace: "orders"}'), '"orders"', 'Nothing in this workspace creates the namespace orders'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
    const automated = '  syncPolicy:\n    automated: {}\n';
    checkFix(
      rule,
      rule.examples.bad.replace('#- payments', `${automated}#- payments`),
      rule.examples.bad.replace('#- payments', `${automated}    syncOptions:\n    - CreateNamespace=true\n#- payments`),
    );
  });

  it('is quiet where a Namespace stands in a file that nothing here renders', () => {
    checkRule(rule, `${rule.examples.bad}#- elsewhere/namespace.yaml\napiVersion: v1\nkind: Namespace\nmetadata: {name: orders}\n`);
  });

  it('is quiet where a Namespace is brought, and where nobody creates namespaces', () => {
    checkRule(rule, `${rule.examples.bad}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: orders}\n`);
    checkRule(rule, rule.examples.bad.replace('CreateNamespace=true', 'PruneLast=true'));
  });
});

describe('argocd/duplicate-application', () => {
  const rule = ruleOf('argocd/duplicate-application');
  const orders = (file: string): string => application('orders', source('orders') + destination('orders'), file);

  it('finds the second one of a name', () => {
    checkRule(rule, orders('apps/a.yaml') + markText(orders('apps/b.yaml'), 'orders', 'There is another Application orders in the same place'));
  });

  it('is quiet on the same name in two clusters', () => checkRule(rule, orders('clusters/a/orders.yaml') + orders('clusters/b/orders.yaml')));
});

describe('argocd/shared-object', () => {
  const rule = ruleOf('argocd/shared-object');

  it('finds what two Applications bring to one cluster', () => {
    const [before, after] = rule.examples.bad.split('#- deploy/payments/role.yaml');
    checkRule(rule, `${before}#- deploy/payments/role.yaml${markText(after ?? '', 'orders-reader', 'payments and orders both bring ClusterRole orders-reader to one cluster')}`);
  });

  it('is quiet on different clusters', () => {
    const [before, after] = rule.examples.bad.split('#- apps/payments.yaml');
    checkRule(rule, `${before}#- apps/payments.yaml${after?.replace('https://kubernetes.default.svc', 'https://other.example.com')}`);
  });
});

describe('argocd/unknown-parameter', () => {
  const rule = ruleOf('argocd/unknown-parameter');

  it('points at the template, once for all that is generated', () => {
    const findings = checkRule(rule, markText(rule.examples.bad, "'overlays/{{enviroment}}'", 'gives the parameter enviroment'));
    assert.equal(findings.length, 1);
  });

  it('finds a parameter that stays beside one that is filled', () => {
    checkRule(rule, markText(rule.examples.good.replace("'overlays/{{env}}'", "'{{env}}/{{vne}}'"), "'{{env}}/{{vne}}'", 'did you mean env?'));
  });

  it('leaves values for Helm alone', () => {
    checkRule(rule, rule.examples.good.replace("path: 'overlays/{{env}}'}", "path: 'overlays/{{env}}', helm: {values: 'a: \"{{ other }}\"'}}"));
  });
});

describe('argocd/unused-parameter', () => {
  const rule = ruleOf('argocd/unused-parameter');

  it('points at the first element that has it', () => {
    const lines = rule.examples.bad.split('\n');
    const at = lines.findIndex((line) => line.trim() === 'namespace: shop-dev');
    lines.splice(at + 1, 0, '          # ^^^^^^^^^ asks for the parameter namespace');
    checkRule(rule, lines.join('\n'));
  });

  it('is quiet where a selector or another generator asks for it', () => {
    checkRule(rule, rule.examples.bad.replace('  template:\n', '      selector:\n        matchLabels: {namespace: shop-dev}\n  template:\n'));
  });
});

describe('argocd/missing-key-option', () => {
  const rule = ruleOf('argocd/missing-key-option');

  it('adds the option', () => {
    checkRule(rule, markText(rule.examples.bad, 'true', 'add missingkey=error'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
  });
});

describe('argocd/partial-automation', () => {
  const rule = ruleOf('argocd/partial-automation');

  it('adds what is missing, and takes false for an answer', () => {
    checkRule(rule, markText(rule.examples.bad, 'automated', 'says nothing of selfHeal'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
    checkRule(rule, `${rule.examples.bad}      selfHeal: false\n`);
    checkRule(rule, rule.examples.bad.replace('      prune: true\n', '      enabled: false\n'));
  });
});

describe('argocd/missing-finalizer', () => {
  const rule = ruleOf('argocd/missing-finalizer');

  it('finds children only', () => {
    checkRule(rule, rule.examples.bad.replace('  name: orders\n', '  name: orders\n      # ^^^^^^ what it deployed stays\n'));
    checkFix(rule, rule.examples.bad, rule.examples.good);
  });

  it('tells a decision once, at the parent', () => {
    const [root = '', child = ''] = rule.examples.bad.split('#- apps/orders.yaml');
    const children = ['a', 'b', 'c', 'd'].map((name) => `#- apps/${name}.yaml${child.replaceAll('orders', name)}`).join('');
    checkRule(rule, markText(root.replace('{name: root,', '{name: "root",'), '"root"', 'None of the 4 Applications that root brings has') + children);
  });

  it('takes the finalizers of background and foreground deletion', () => {
    checkRule(rule, rule.examples.good.replace('argoproj.io\nspec', 'argoproj.io/background\nspec'));
  });
});

describe('argocd/late-namespace', () => {
  const rule = ruleOf('argocd/late-namespace');

  it('says that the wave has no effect', () =>
    checkRule(rule, markText(rule.examples.bad, '"5"', 'The wave 5 of Namespace shop has no effect: Service shop goes into it in wave 0')));
  it('is quiet where all waves are the same', () => checkRule(rule, rule.examples.bad.replace('"5"', '"0"')));
});

describe('argocd/uncleaned-hook', () => {
  const rule = ruleOf('argocd/uncleaned-hook');

  it('finds a hook that is made anew each time', () => checkRule(rule, markText(rule.examples.bad, 'PreSync', 'nothing deletes it')));
  it('is quiet on a fixed name and on Jobs that end', () => {
    checkRule(rule, rule.examples.bad.replace('generateName: migrate-', 'name: migrate'));
    checkRule(rule, rule.examples.bad.replace('spec:\n  template', 'spec:\n  ttlSecondsAfterFinished: 60\n  template'));
  });
});

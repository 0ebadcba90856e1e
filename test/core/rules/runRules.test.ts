/** What is run again after a change, what is not, and how findings come together. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/core/base/fileTree.js';
import type { Place } from '../../../src/core/base/problem.js';
import type { Environment } from '../../../src/core/gitops/delivery.js';
import type { Rendering } from '../../../src/core/objects/rendering.js';
import { defineWorkspaceRule, type CheckedWorkspace, type EnvironmentRule, type FileRule, type Rule, type GivenContext } from '../../../src/core/rules/rule.js';
import { RuleRunner, type Finding } from '../../../src/core/rules/runRules.js';
import { defaultRuleSettings, type RuleSettings } from '../../../src/core/rules/settings.js';
import { parseYaml, type ParsedYaml } from '../../../src/core/yaml/parse.js';

const facts = { title: 'A title', severity: 'warning', what: 'A.', why: 'B.', mend: 'C.', examples: { bad: 'a', good: 'b' }, hasFix: false } as const;

const tree = new MemoryTree({ '/r/a.yaml': 'a: 1\n', '/r/b.yaml': 'b: 1\n', '/r/chart/Chart.yaml': 'name: c\n', '/r/chart/templates/a.yaml': 'a: {{ .Values.a }}\n' });

function placeIn(path: string, within: MemoryTree = tree): Place {
  const source = within.read(path);
  assert.ok(source);
  return { source, start: 0, end: 1 };
}

function makeEnvironment(name: string): Environment {
  return {
    id: `folder/${name}`,
    app: 'app',
    name,
    label: `app ${name}`,
    order: 0,
    isProtected: false,
    operator: 'none',
    sources: [],
    destination: { server: undefined, cluster: undefined, namespace: undefined },
    declaration: undefined,
    declaredAt: placeIn('/r/a.yaml'),
  };
}

function makeRendering(): Rendering {
  return { folder: '/r', ok: true, objects: [], problems: [], lacks: [], dependencies: new Set() };
}

function contextOf(within: MemoryTree, settings: RuleSettings = defaultRuleSettings): GivenContext {
  const parsed = new Map<string, ParsedYaml>();
  return {
    tree: within,
    settings,
    parse: (path) => {
      const source = within.read(path);
      if (!source) return undefined;
      const known = parsed.get(path) ?? parseYaml(source);
      parsed.set(path, known);
      return known;
    },
  };
}

/** A workspace of which parts can be exchanged. */
class Bench {
  readonly calls: string[] = [];
  readonly failures: string[] = [];
  environments = ['dev', 'stage', 'prod'].map((name) => ({ environment: makeEnvironment(name), rendering: makeRendering() }));
  tree = tree;
  settings: RuleSettings = defaultRuleSettings;
  users: readonly Environment[] = [];
  usersStamp = {};
  model: CheckedWorkspace['model'] = { environments: this.environments.map(({ environment }) => environment), objects: [], repositories: [], problems: [] };
  readonly yamlFiles = ['/r/a.yaml', '/r/b.yaml', '/r/chart/Chart.yaml', '/r/chart/templates/a.yaml'];
  readonly #runner: RuleRunner;

  constructor(make: (calls: string[]) => readonly Rule[]) {
    this.#runner = new RuleRunner(make(this.calls), (rule, error) => this.failures.push(`${rule.id}: ${String(error)}`));
  }

  run(): readonly Finding[] {
    this.calls.length = 0;
    const workspace: CheckedWorkspace = {
      model: this.model,
      environments: this.environments,
      kustomizations: [],
      yamlFiles: this.yamlFiles,
      usersOf: () => this.users,
      usersStamp: this.usersStamp,
    };
    return this.#runner.run(workspace, contextOf(this.tree, this.settings));
  }

  rerender(index: number): void {
    this.environments = this.environments.map((checked, at) => (at === index ? { ...checked, rendering: makeRendering() } : checked));
  }
}

function environmentRule(check: EnvironmentRule['check'], id = 'test/environment'): EnvironmentRule {
  return { ...facts, id, scope: 'environment', check };
}

function fileRule(check: FileRule['check'], id = 'test/file'): FileRule {
  return { ...facts, id, scope: 'file', looksAt: (path) => /[ab]\.yaml$/.test(path), check };
}

describe('RuleRunner', () => {
  it('looks again only at the environments whose rendering changed', () => {
    const bench = new Bench((calls) => [environmentRule(({ environment }) => calls.push(environment.name))]);
    bench.run();
    assert.deepEqual(bench.calls, ['dev', 'stage', 'prod']);
    bench.run();
    assert.deepEqual(bench.calls, []);
    bench.rerender(1);
    bench.run();
    assert.deepEqual(bench.calls, ['stage']);
    bench.settings = { ...defaultRuleSettings };
    bench.run();
    assert.deepEqual(bench.calls, ['dev', 'stage', 'prod']);
  });

  it('looks again at an environment for which a rule read another file that changed', () => {
    const bench = new Bench((calls) => [
      environmentRule(({ environment }, _report, { tree: read }) => {
        calls.push(`${environment.name} ${(environment.name === 'prod' ? read.read('/r/b.yaml')?.text : undefined) ?? ''}`.trim());
      }),
    ]);
    bench.run();
    bench.tree = tree.with('/r/b.yaml', 'b: 2\n');
    bench.run();
    assert.deepEqual(bench.calls, ['prod b: 2']);
  });

  it('gathers anew only where something changed, and compares again only where that came out differently', () => {
    let suffix = '';
    const bench = new Bench((calls) => [
      defineWorkspaceRule<{ readonly names: readonly string[] }>({
        ...facts,
        id: 'test/workspace',
        gather: ({ environment }) => {
          calls.push(`gather ${environment.name}`);
          return { names: [`${environment.name}${suffix}`] };
        },
        check: (gathered, _, report) => {
          calls.push(`check ${gathered.flatMap(({ names }) => names).join(' ')}`);
          report(placeIn('/r/a.yaml'), 'Found.');
        },
      }),
    ]);
    bench.run();
    bench.rerender(0);
    assert.equal(bench.run().length, 1);
    assert.deepEqual(bench.calls, ['gather dev']);
    suffix = '!';
    bench.rerender(1);
    assert.equal(bench.run().length, 1);
    assert.deepEqual(bench.calls, ['gather stage', 'check dev stage! prod']);
  });

  it('compares again where a file that it read, what it asked of the workspace or one of many files says something else', () => {
    const countIn = ({ text }: { readonly text: string }): number => text.length;
    const bench = new Bench((calls) =>
      ['tree', 'users', 'files', 'model'].map((what) =>
        defineWorkspaceRule<undefined>({
          ...facts,
          id: `test/${what}`,
          gather: () => undefined,
          check: (_, workspace, _report, context) => {
            if (what === 'tree') context.tree.read('/r/b.yaml');
            if (what === 'users') workspace.usersOf('/r/b.yaml');
            if (what === 'files') context.ofFiles(workspace.yamlFiles, countIn);
            if (what === 'model') assert.ok(workspace.model);
            calls.push(what);
          },
        }),
      ),
    );
    bench.run();
    bench.run();
    assert.deepEqual(bench.calls, []);
    bench.tree = tree.with('/r/b.yaml', 'b: 2\n');
    bench.run();
    assert.deepEqual(bench.calls, ['tree']);
    bench.tree = tree.with('/r/b.yaml', 'b: 22\n');
    bench.run();
    assert.deepEqual(bench.calls, ['tree', 'files']);
    bench.usersStamp = {};
    bench.run();
    assert.deepEqual(bench.calls, ['users']);
    bench.model = { ...bench.model };
    bench.run();
    assert.deepEqual(bench.calls, ['model']);
  });

  it('looks again only at the files that changed, and not at templates of charts', () => {
    const bench = new Bench((calls) => [fileRule(({ source }) => calls.push(source.path))]);
    bench.run();
    assert.deepEqual(bench.calls, ['/r/a.yaml', '/r/b.yaml']);
    bench.tree = tree.with('/r/b.yaml', 'b: 2\n');
    bench.run();
    assert.deepEqual(bench.calls, ['/r/b.yaml']);
  });

  it('looks again at a file whose users changed only where a rule asked for them', () => {
    const bench = new Bench((calls) => [fileRule((file) => calls.push(`${file.source.path} ${file.source.path === '/r/b.yaml' ? file.users.length : ''}`))]);
    bench.run();
    bench.users = [makeEnvironment('new')];
    bench.usersStamp = {};
    bench.run();
    assert.deepEqual(bench.calls, ['/r/b.yaml 1']);
  });

  it('reports the same finding of several environments once, with all of them', () => {
    const bench = new Bench(() => [environmentRule(({ environment }, report) => environment.name !== 'dev' && report(placeIn('/r/b.yaml'), 'Too bad.'))]);
    const [finding, ...others] = bench.run();
    assert.equal(others.length, 0);
    assert.equal(finding?.problem.code, 'test/environment');
    assert.equal(finding.problem.severity, 'warning');
    assert.deepEqual(
      finding.environments.map(({ name }) => name),
      ['stage', 'prod'],
    );
  });

  it('takes the severity of the rule over that of its group over the default, and drops what is off', () => {
    const bench = new Bench(() => [environmentRule((_, report) => report(placeIn('/r/b.yaml'), 'Too bad.'))]);
    const severityWith = (severities: RuleSettings['severities']): string | undefined => {
      bench.settings = { ...defaultRuleSettings, severities };
      return bench.run()[0]?.problem.severity;
    };
    assert.equal(severityWith(new Map([['test', 'info']])), 'info');
    assert.equal(
      severityWith(
        new Map([
          ['test', 'off'],
          ['test/environment', 'error'],
        ]),
      ),
      'error',
    );
    assert.equal(severityWith(new Map([['test', 'off']])), undefined);
  });

  it('lets a rule that throws cost its own findings only, and says so once', () => {
    const bench = new Bench(() => [
      environmentRule((_, report) => {
        report(placeIn('/r/a.yaml'), 'Half a finding.');
        throw new Error('broken');
      }, 'test/broken'),
      fileRule(({ source }, report) => report({ source, start: 0, end: 1 }, 'Found.')),
    ]);
    const summary = (): readonly string[] => bench.run().map(({ problem }) => `${problem.code} ${problem.location.path}`);
    assert.deepEqual(summary(), ['rules/internal-error /r/a.yaml', 'test/file /r/a.yaml', 'test/file /r/b.yaml']);
    bench.rerender(0);
    assert.equal(summary().length, 3);
    assert.deepEqual(bench.failures, ['test/broken: Error: broken']);
  });
});

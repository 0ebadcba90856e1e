import assert from 'node:assert/strict';
import { runCommandLine, type CommandRun } from '../support/runCommandLine.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const shop = `
#- base/kustomization.yaml
resources: [web.yaml]
#- base/web.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  version: 1.10
#- dev/kustomization.yaml
resources: [../base]
#- prod/kustomization.yaml
resources: [../base]
images:
  - name: web
    newTag: 2.10
#- tools/kustomization.yaml
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches: [{path: none.yaml}]
`;

interface FindingFields {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly environments: readonly string[];
  readonly fixable: boolean;
}

describe('gitops-workbench check', () => {
  const folder = temporaryFolders();
  const run = (files: TemporaryFolder, ...words: readonly string[]): Promise<CommandRun> => runCommandLine(['check', ...words], { folder: files.path });
  const findings = async (files: TemporaryFolder, ...words: readonly string[]): Promise<readonly FindingFields[]> =>
    JSON.parse((await run(files, '--format', 'json', ...words)).output) as readonly FindingFields[];

  it('reports each finding once, with the environments that meet it', async () => {
    assert.deepEqual(
      (await findings(folder(shop))).map(({ message, ...fields }) => ({ ...fields, message: message.length > 10 })),
      [
        {
          rule: 'kustomize/reprinted-scalar',
          severity: 'warning',
          file: 'base/web.yaml',
          line: 6,
          column: 12,
          endLine: 6,
          endColumn: 16,
          environments: ['dev'],
          fixable: true,
          message: true,
        },
        {
          rule: 'kustomize/wrong-type',
          severity: 'error',
          file: 'prod/kustomization.yaml',
          line: 4,
          column: 13,
          endLine: 4,
          endColumn: 17,
          environments: ['prod'],
          fixable: true,
          message: true,
        },
      ],
    );
  });

  it('ends with 1 where there are errors, with 0 where there are only warnings or nothing', async () => {
    const files = folder(shop);
    assert.equal((await run(files)).status, 1);
    assert.equal((await run(files, 'dev', 'base')).status, 0);
    assert.deepEqual(await run(folder('#- kustomization.yaml\nnamespace: x\nconfigMapGenerator: [{name: a}]')), { status: 0, output: '', errors: '' });
  });

  it('prints lines that editors and terminals can jump to', async () => {
    const { output } = await run(folder(shop), 'prod');
    assert.match(output, /^prod\/kustomization\.yaml:4:13: error: newTag must be a string.* \(kustomize\/wrong-type\)\n$/);
  });

  it('leaves out what comments suppress, and asks for reasons and for comments that are of no use', async () => {
    const files = folder(`
#- dev/kustomization.yaml
resources:
- web.yaml # gitops-ignore security/plain-secret: nothing here
images:
- name: other # gitops-ignore kustomize/image-matches-nothing: comes later
  newTag: "1"
#- dev/web.yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: web # gitops-ignore images/latest-tag
`);
    assert.deepEqual(
      (await findings(files)).map(({ rule, line }) => `${rule} ${line}`),
      ['rules/unused-suppression 2', 'rules/suppression-without-reason 8'],
    );
  });

  it('looks only at what is named', async () => {
    const files = folder(shop);
    assert.deepEqual(
      (await findings(files, 'base')).map(({ file }) => file),
      ['base/web.yaml'],
    );
    assert.deepEqual(
      (await findings(files, 'base/web.yaml')).map(({ file }) => file),
      ['base/web.yaml'],
    );
    assert.deepEqual(
      (await findings(files, 'dev')).map(({ file }) => file),
      ['base/web.yaml'],
    );
    const missing = await run(files, 'none');
    assert.deepEqual([missing.status, missing.errors], [2, 'error: none does not exist; name files or folders of the workspace.\n']);
  });

  it('shows only the severities and rules that are asked for', async () => {
    const files = folder(shop);
    assert.deepEqual(
      (await findings(files, '--severity', 'error')).map(({ rule }) => rule),
      ['kustomize/wrong-type'],
    );
    assert.deepEqual(
      (await findings(files, '--rule', 'kustomize/reprinted-scalar')).map(({ rule }) => rule),
      ['kustomize/reprinted-scalar'],
    );
    assert.equal((await run(files, '--rule', 'kustomize/reprinted-scalar')).status, 0);
  });

  it('fixes what can be fixed in the files, and tells what is left', async () => {
    const files = folder(shop);
    const { status, output, errors } = await run(files, '--fix');
    assert.deepEqual(
      [errors, files.read('base/web.yaml').includes('version: "1.10"'), files.read('prod/kustomization.yaml').includes('newTag: "2.10"')],
      ['Applied 2 fixes in 2 files.\n', true, true],
    );
    assert.deepEqual([status, output], [0, output]);
    assert.doesNotMatch(output, /reprinted-scalar|wrong-type/);
    assert.equal((await run(files, '--fix')).errors, 'Applied 0 fixes in 0 files.\n');
  });

  it('writes SARIF that names rules, places and environments', async () => {
    const { output } = await run(folder(shop), '--format', 'sarif');
    const log = JSON.parse(output) as {
      readonly version: string;
      readonly runs: readonly { readonly tool: { readonly driver: { readonly rules: readonly unknown[] } }; readonly results: readonly Record<string, unknown>[] }[];
    };
    assert.equal(log.version, '2.1.0');
    const [analysis] = log.runs;
    assert.deepEqual(analysis?.tool.driver.rules, [{ id: 'kustomize/reprinted-scalar' }, { id: 'kustomize/wrong-type' }]);
    const [, error] = analysis?.results ?? [];
    assert.deepEqual([error?.['ruleId'], error?.['ruleIndex'], error?.['level'], error?.['properties']], ['kustomize/wrong-type', 1, 'error', { environments: ['prod'] }]);
    assert.deepEqual(error?.['locations'], [
      { physicalLocation: { artifactLocation: { uri: 'prod/kustomization.yaml', uriBaseId: 'WORKSPACE' }, region: { startLine: 4, startColumn: 13, endLine: 4, endColumn: 17 } } },
    ]);
  });
});

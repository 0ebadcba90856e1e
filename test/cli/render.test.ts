import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { runCommandLine, type CommandRun } from '../support/runCommandLine.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const shop = `
#- base/kustomization.yaml
resources: [settings.yaml]
#- base/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  tag: 1.10
#- dev/kustomization.yaml
resources: [../base]
namePrefix: dev-
`;

const rendered = 'apiVersion: v1\ndata:\n  tag: 1.1\nkind: ConfigMap\nmetadata:\n  name: dev-settings\n';

describe('gitops-workbench render', () => {
  const folder = temporaryFolders();
  const run = (files: TemporaryFolder, ...words: readonly string[]): Promise<CommandRun> => runCommandLine(['render', ...words], { folder: files.path });

  it('prints what kustomize build would, and warns beside it', async () => {
    const files = folder(shop);
    const { status, output, errors } = await run(files, 'dev');
    assert.deepEqual([status, output], [0, rendered]);
    assert.match(errors, /^base\/settings\.yaml:6:8: warning: 1\.10 is read as a number .* \(kustomize\/reprinted-scalar\)\n$/);
  });

  it('takes the current folder, a kustomization file, an absolute path, or one from the workspace’s folder', async () => {
    const files = folder(shop);
    const dev = path.join(files.path, 'dev');
    assert.equal((await runCommandLine(['render'], { folder: dev })).output, rendered);
    assert.equal((await run(files, path.join('dev', 'kustomization.yaml'))).output, rendered);
    assert.equal((await run(files, dev)).output, rendered);
    assert.equal((await runCommandLine(['render', 'dev', '--workspace', files.path], { folder: path.dirname(files.path) })).output, rendered);
  });

  it('says in one line what is wrong, where, and what to do', async () => {
    const { status, output, errors } = await run(folder('#- kustomization.yaml\nresources:\n- none.yaml'), '.');
    assert.deepEqual([status, output], [2, '']);
    assert.equal(errors, 'kustomization.yaml:2:3: error: none.yaml does not exist; create it or mend the path. (kustomize/missing-file)\n');
  });

  it('says when a file is there but can’t be read', async () => {
    const files = folder('#- kustomization.yaml\nresources: [large.yaml]\n#- large.yaml\na: 1');
    fs.truncateSync(path.join(files.path, 'large.yaml'), 65 * 1024 * 1024);
    assert.match((await run(files, '.')).errors, /\nlarge\.yaml: note: this file is there but can't be read: larger than 64 MB\n$/);
  });

  it('says so in color where messages go to a terminal', async () => {
    const files = folder('#- kustomization.yaml\nresources:\n- none.yaml');
    assert.match((await runCommandLine(['render'], { folder: files.path, colorsErrors: true })).errors, /\u001b\[31merror:\u001b\[0m none\.yaml/);
  });

  it('reads a git revision without a checkout', async () => {
    const files = folder(shop);
    files.commit();
    files.put('dev/kustomization.yaml', 'resources: [../base]\nnamePrefix: new-\n');
    assert.equal((await run(files, 'dev', '--revision', 'HEAD')).output, rendered);
    const unknown = await run(files, 'dev', '--revision', 'nope');
    assert.deepEqual([unknown.status, unknown.output], [2, '']);
    assert.match(unknown.errors, /^error: The revision nope is not in this repository\. .*\(git\/unknown-revision\)\n$/);
  });

  it('tells for each line what set it', async () => {
    const { output } = await run(folder(shop), 'dev', '--origins');
    const answer = JSON.parse(output) as { readonly output: string; readonly lines: readonly { readonly line: number; readonly origins: readonly unknown[] }[] };
    assert.equal(answer.output, rendered);
    assert.deepEqual(
      answer.lines.map(({ line }) => line),
      [1, 2, 3, 4, 5, 6],
    );
    assert.deepEqual(answer.lines[5]?.origins, [
      { file: 'dev/kustomization.yaml', line: 2, column: 13, step: 'namePrefix', directive: 'namePrefix', value: 'dev-settings' },
      { file: 'base/settings.yaml', line: 4, column: 9, step: 'resource', value: 'settings' },
    ]);
  });

  it('takes the words of helm template for values', async () => {
    const files = folder(
      '#- chart/Chart.yaml\napiVersion: v2\nname: x\nversion: 1.0.0\n#- chart/templates/a.yaml\nkind: ConfigMap\ndata: {{ toJson .Values }}\n#- chart/templates/b.yaml\nkind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n#- chart/templates/c.yaml\nkind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\n#- values.yaml\na: 1\nb: {c: 2}\n#- note.txt\nhello',
    );
    const data = async (...words: string[]): Promise<unknown> => JSON.parse(/^data: (.*)$/m.exec((await run(files, 'chart', ...words)).output)?.[1] ?? 'null');
    assert.deepEqual(await data('-f', 'values.yaml', '--set-string', 'a=007', '--set', 'a=8,b.d=true'), { a: '007', b: { c: 2, d: true } });
    assert.deepEqual(await data('--set', 'a=1', '--set-json', 'a={"x":[1,null]}', '--set-json', 'b="t"'), { a: 1, b: 't' });
    assert.deepEqual(await data('--set-file', 'a.b=note.txt,c=note.txt'), { a: { b: 'hello\n' }, c: 'hello\n' });
    assert.match((await run(files, 'chart', '--set-json', '{"a":{"b":1}}')).errors, /has no value \(helm\/invalid-set\)/);
    const kindsOf = async (...words: string[]): Promise<readonly string[]> =>
      [...(await run(files, 'chart', ...words)).output.matchAll(/^kind: (\w+)$/gm)].map(([, kind = '']) => kind);
    assert.deepEqual(await kindsOf(), ['ConfigMap', 'Pod', 'Job']);
    assert.deepEqual(await kindsOf('--no-hooks'), ['ConfigMap']);
    assert.deepEqual(await kindsOf('--skip-tests'), ['ConfigMap', 'Job']);
    assert.deepEqual(await kindsOf('-n', 'there'), ['ConfigMap', 'Pod', 'Job']);
    assert.match((await run(files, 'chart/Chart.yaml')).output, /^kind: ConfigMap$/m);
  });

  it('tells for a line of a chart the values, what they overrode, and the templates', async () => {
    const files = folder(
      '#- chart/Chart.yaml\napiVersion: v2\nname: x\nversion: 1.0.0\n#- chart/values.yaml\na: 1\n#- chart/templates/_a.tpl\n{{ define "a" }}{{ .Values.a }}-{{ .Values.b }}{{ end }}\n#- chart/templates/a.yaml\nkind: ConfigMap\ndata:\n  a: {{ include "a" . }}\n  b: {{ .Values.a }}\n#- values.yaml\na: 2',
    );
    const { output } = await run(files, 'chart', '-f', 'values.yaml', '--set', 'b=three', '--origins');
    const { lines } = JSON.parse(output) as { lines: Record<string, unknown>[] };
    const value = { file: 'values.yaml', line: 1, column: 4, step: 'helm', directive: 'x/templates/_a.tpl', value: '2-three' };
    const was = { file: 'chart/values.yaml', line: 1, column: 4, step: 'resource', value: '1' };
    assert.deepEqual(
      lines.find(({ line }) => line === 5),
      {
        line: 5,
        origins: [value, was],
        templates: [
          { file: 'chart/templates/_a.tpl', line: 1, column: 20 },
          { file: 'chart/templates/a.yaml', line: 3, column: 9 },
        ],
        also: [{ file: '', line: 1, column: 1, step: 'resource', value: 'b=three', argument: 'b=three' }],
      },
    );
    assert.deepEqual(
      lines.find(({ line }) => line === 6),
      {
        line: 6,
        origins: [{ ...value, directive: 'x/templates/a.yaml', value: '2' }, was],
        templates: [{ file: 'chart/templates/a.yaml', line: 4, column: 9 }],
      },
    );
  });

  it('prints a folder of manifests, and a chart', async () => {
    const files = folder(
      '#- plain/a.yaml\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n#- chart/Chart.yaml\nname: x\nversion: 1.0.0\n#- chart/templates/a.yaml\nkind: ConfigMap\ndata: {a: {{ required "a is needed" .Values.a }}, name: {{ .Release.Name }}}\n#- values.yaml\na: 1',
    );
    assert.equal((await run(files, 'plain')).output, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n');
    const chart = await run(files, 'chart');
    assert.deepEqual([chart.status, chart.errors], [2, 'chart/templates/a.yaml:2:14: error: execution error at (x/templates/a.yaml:2:13): a is needed (helm/template-error)\n']);
    assert.equal(
      (await run(files, 'chart', '--values', 'values.yaml', '--release-name', 'r')).output,
      '---\n# Source: x/templates/a.yaml\nkind: ConfigMap\ndata: {a: 1, name: r}\n',
    );
    assert.match((await run(files, 'chart', '--values', 'values.yaml', '--set', 'a=2,b.c=3')).output, /a: 2/);
    assert.match((await run(files, 'chart', '--set', 'a')).errors, /^chart\/Chart\.yaml:1:1: error: failed parsing --set data: key "a" has no value \(helm\/invalid-set\)\n$/);
  });

  it('takes kustomize’s own options', async () => {
    const files = folder('#- shared.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\n#- app/kustomization.yaml\nresources: [../shared.yaml]');
    assert.equal((await run(files, 'app')).status, 2);
    assert.equal((await run(files, 'app', '--load-restrictor', 'LoadRestrictionsNone')).status, 0);
    assert.equal((await run(files, 'app', '--load-restrictor', 'nonsense')).status, 2);
  });
});

describe('gitops-workbench', () => {
  const folder = temporaryFolders();

  it('helps, with every command', async () => {
    const files = folder();
    for (const words of [['--help'], ...['render', 'check', 'compare', 'lsp'].map((command) => [command, '--help'])]) {
      const { status, output } = await runCommandLine(words, { folder: files.path });
      assert.equal(status, 0);
      assert.match(output, /^Usage: gitops-workbench/);
    }
  });

  it('refuses words it does not know in one line, with status 2', async () => {
    const files = folder();
    for (const words of [['rende'], ['render', '--nonsense'], ['compare', 'one'], ['render', '--workspace', 'nowhere'], ['render', '--batch', '--origins'], ['sync', 'prod']]) {
      const { status, errors, output } = await runCommandLine(words, { folder: files.path });
      assert.deepEqual([status, output], [2, ''], words.join(' '));
      assert.match(errors, /^error: .+\n$/, words.join(' '));
    }
  });

  it('says where the language server should be when it is not there', async () => {
    const { status, errors } = await runCommandLine(['lsp'], { folder: folder().path });
    assert.equal(status, 2);
    assert.match(errors, /^error: There is no language server at .*server\.js/);
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import { runCommandLine } from '../support/runCommandLine.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

interface Answer {
  readonly id: unknown;
  readonly ok: boolean;
  readonly output?: string;
  readonly code?: string;
  readonly error?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly ms: number;
}

async function answers(files: TemporaryFolder, input: string): Promise<readonly Answer[]> {
  const { status, output } = await runCommandLine(['render', '--batch'], { folder: files.path, input });
  assert.equal(status, 0);
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
}

const object = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

describe('rendering a batch', () => {
  const folder = temporaryFolders();

  it('answers each request in order, with output or with what is wrong and where', async () => {
    const files = folder(`#- good/kustomization.yaml\nresources: [a.yaml]\n#- good/a.yaml\n${object('a')}#- bad/kustomization.yaml\nresources:\n  - b.yaml`);
    const requests = [
      { id: 'one', kind: 'kustomize', path: path.join(files.path, 'good') },
      { id: 2, kind: 'kustomize', path: path.join(files.path, 'bad') },
      { id: 'relative', kind: 'kustomize', path: 'good' },
      { id: 'none', kind: 'kustomize', path: path.join(files.path, 'none') },
    ];
    const [good, bad, relative, none] = await answers(files, requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
    assert.ok(good && typeof good.ms === 'number' && good.ms >= 0);
    assert.deepEqual({ ...good, ms: 0 }, { id: 'one', ok: true, output: object('a'), ms: 0 });
    assert.deepEqual(
      { ...bad, ms: 0 },
      {
        id: 2,
        ok: false,
        code: 'kustomize/missing-file',
        error: 'b.yaml does not exist; create it or mend the path.',
        file: path.join(files.path, 'bad', 'kustomization.yaml'),
        line: 2,
        column: 5,
        ms: 0,
      },
    );
    assert.equal(relative?.output, object('a'));
    assert.deepEqual([none?.ok, none?.code], [false, 'kustomize/missing-file']);
  });

  it('takes the load restriction and helm from the request, with kustomize’s defaults', async () => {
    const files = folder(`#- a.yaml\n${object('a')}#- app/kustomization.yaml\nresources: [../a.yaml]\n#- charts/kustomization.yaml\nhelmCharts: [{name: x}]`);
    const ask = (fields: object): string => `${JSON.stringify({ id: 1, kind: 'kustomize', ...fields })}\n`;
    const all = await answers(
      files,
      ask({ path: 'app' }) +
        ask({ path: 'app', loadRestrictor: null, enableHelm: false, kubeVersion: 'v1.37.0' }) +
        ask({ path: 'app', loadRestrictor: 'LoadRestrictionsRootOnly' }) +
        ask({ path: 'app', loadRestrictor: 'LoadRestrictionsNone' }) +
        ask({ path: 'charts' }) +
        ask({ path: 'charts', enableHelm: true }),
    );
    assert.deepEqual(
      all.map(({ ok, code }) => (ok ? 'ok' : code)),
      ['kustomize/load-restriction', 'kustomize/load-restriction', 'kustomize/load-restriction', 'ok', 'kustomize/helm-not-enabled', 'kustomize/missing-chart'],
    );
  });

  it('renders charts, refuses what is not there or was not fetched, and what is no request, and goes on', async () => {
    const files = folder(
      `#- remote/kustomization.yaml\nresources: ["https://github.com/o/r//d?ref=v1"]\n#- good/kustomization.yaml\nresources: [a.yaml]\n#- good/a.yaml\n${object('a')}#- chart/Chart.yaml\nname: c\nversion: 1.0.0\n#- chart/templates/a.yaml\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-{{ .Values.a.b }}", namespace: "{{ .Release.Namespace }}"}`,
    );
    const lines = [
      '{"id":"c","kind":"helm","chart":"chart","releaseName":"r","namespace":"n","set":["a.b=1"]}',
      '{"id":"h","kind":"helm","chart":"/c"}',
      '{"id":"r","kind":"kustomize","path":"remote"}',
      'nonsense',
      '[1]',
      '{"id":"k","kind":"jsonnet"}',
      '{"id":"p","kind":"kustomize"}',
      '{"id":"l","kind":"kustomize","path":"x","loadRestrictor":"no"}',
      '',
      '{"id":"g","kind":"kustomize","path":"good"}',
    ];
    const all = await answers(files, lines.join('\n'));
    assert.deepEqual(
      all.map(({ id, ok, code }) => [id, ok ? 'ok' : code]),
      [
        ['c', 'ok'],
        ['h', 'helm/not-found'],
        ['r', 'kustomize/not-fetched'],
        [null, 'batch/invalid-request'],
        [null, 'batch/invalid-request'],
        ['k', 'batch/invalid-request'],
        ['p', 'batch/invalid-request'],
        ['l', 'batch/invalid-request'],
        ['g', 'ok'],
      ],
    );
    assert.equal(all[0]?.output, '---\n# Source: c/templates/a.yaml\nkind: ConfigMap\nmetadata: {name: "r-1", namespace: "n"}\n');
    for (const { error } of all.slice(1, -1)) assert.match(error ?? '', /^[A-Zhl].*\.$/);
  });

  it('answers hundreds of requests with large outputs without losing a line', async () => {
    const files = folder('#- big/kustomization.yaml\nresources: [a.yaml]');
    files.put('big/a.yaml', `${object('a')}data:\n${Array.from({ length: 2000 }, (_, index) => `  key-${String(index).padStart(5, '0')}: value\n`).join('')}`);
    const all = await answers(files, Array.from({ length: 300 }, (_, id) => `${JSON.stringify({ id, kind: 'kustomize', path: 'big' })}\n`).join(''));
    assert.deepEqual(
      all.map(({ id }) => id),
      Array.from({ length: 300 }, (_, id) => id),
    );
    assert.equal(new Set(all.map(({ output }) => output)).size, 1);
  });
});

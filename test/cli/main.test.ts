import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { build } from 'esbuild';
import { projectFolder } from '../support/projectFolder.js';
import { TemporaryFolder } from '../support/temporaryFolder.js';

describe('the command line as a process', () => {
  let files: TemporaryFolder;
  let program = '';

  before(async function () {
    this.timeout(60_000);
    files = new TemporaryFolder(`#- app/kustomization.yaml\nresources: [a.yaml]\n#- app/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a`);
    files.put('bin/package.json', '{ "type": "commonjs" }');
    program = path.join(files.path, 'bin', 'cli.js');
    await build({
      entryPoints: [path.join(projectFolder, 'src/cli/main.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      mainFields: ['module', 'main'],
      logLevel: 'error',
    });
  });

  after(() => files.remove());

  it('prints results to standard output, messages to standard error, and ends with the status', () => {
    const good = spawnSync(process.execPath, [program, 'render', 'app'], { cwd: files.path, encoding: 'utf8' });
    assert.deepEqual([good.status, good.stdout, good.stderr], [0, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n', '']);
    const bad = spawnSync(process.execPath, [program, 'render', 'none'], { cwd: files.path, encoding: 'utf8' });
    assert.deepEqual([bad.status, bad.stdout], [2, '']);
    assert.match(bad.stderr, /^none:1:1: error: [^\u001b]*\n$/);
  });

  it('ends quietly when its reader has enough', async () => {
    const child = spawn(process.execPath, [program, 'render', '--batch'], { cwd: files.path, stdio: 'pipe' });
    const errors: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.stdin.on('error', () => undefined);
    for (let id = 0; id < 2000; id++) child.stdin.write(`${JSON.stringify({ id, kind: 'kustomize', path: 'app' })}\n`);
    child.stdin.end();
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [status] = (await once(child, 'close')) as [number | null];
    assert.deepEqual([status, Buffer.concat(errors).toString('utf8')], [0, '']);
  });

  it('stops waiting for requests when it is interrupted', async () => {
    const child = spawn(process.execPath, [program, 'render', '--batch'], { cwd: files.path, stdio: 'pipe' });
    child.stdin.write('{"id":1,"kind":"kustomize","path":"app"}\n');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'close'), [130, null]);
  });

  it('does not color what goes to no terminal, whatever is asked of colors', () => {
    const run = spawnSync(process.execPath, [program, 'render', 'none'], { cwd: files.path, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '1' } });
    assert.ok(!run.stderr.includes('\u001b'));
  });

  it('loads the language server from beside itself', () => {
    fs.writeFileSync(path.join(files.path, 'bin', 'server.js'), 'process.stdout.write(process.argv.slice(2).join(" "), () => process.exit(0));');
    const run = spawnSync(process.execPath, [program, 'lsp'], { cwd: files.path, encoding: 'utf8' });
    assert.deepEqual([run.status, run.stdout], [0, 'lsp --stdio']);
  });
});

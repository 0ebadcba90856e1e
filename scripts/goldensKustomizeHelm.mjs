#!/usr/bin/env node
/**
 * Builds every case of test/data/kustomize-helm/cases with the real kustomize and helm, and writes what they printed to
 * expected/: NAME.yaml, or NAME.error.txt for what they refuse. Not for CI: the goldens are reviewed like code. The tools
 * are taken from KUSTOMIZE and HELM or from the PATH, and must be the versions that the engine follows.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const data = path.join(import.meta.dirname, '..', 'test', 'data', 'kustomize-helm');
const expected = path.join(data, 'expected');
const tools = { kustomize: process.env.KUSTOMIZE ?? 'kustomize', helm: process.env.HELM ?? 'helm' };

if (process.env.CI) fail('goldens are not rewritten on CI');
checkVersion(tools.kustomize, ['version'], 'v5.8.2');
checkVersion(tools.helm, ['version', '--short'], 'v3.22');

fs.rmSync(expected, { recursive: true, force: true });
fs.mkdirSync(expected, { recursive: true });
const counts = { rendered: 0, refused: 0 };
for (const file of fs.readdirSync(path.join(data, 'cases')).sort()) buildCase(file.replace(/\.txt$/, ''), fs.readFileSync(path.join(data, 'cases', file), 'utf8'));
console.log(`${counts.rendered} rendered, ${counts.refused} refused`);

function buildCase(name, text) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kustomize-helm-case-'));
  try {
    const { charts, args, files } = readCase(text);
    const root = path.join(folder, 'k');
    fs.mkdirSync(root);
    for (const [chart, target] of charts) fs.cpSync(path.join(data, 'charts', chart), path.join(root, target), { recursive: true });
    for (const [file, content] of files) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), content);
    }
    // What a helm takes for Kubernetes' version hangs on how it was built.
    const kubeVersion = args.includes('--helm-kube-version') ? [] : ['--helm-kube-version', 'v1.37.0'];
    const flags = args.includes('--no-helm') ? [] : ['--enable-helm', '--helm-command', tools.helm, ...kubeVersion, ...args];
    // Without a kubeconfig and a home, so that no namespace and no repository of this machine gets in.
    const env = { PATH: process.env.PATH, HOME: folder };
    const run = spawnSync(tools.kustomize, ['build', ...flags], { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 26 });
    if (run.status === 0) {
      fs.writeFileSync(path.join(expected, `${name}.yaml`), run.stdout);
      counts.rendered++;
    } else {
      const words = run.stderr
        .replaceAll(fs.realpathSync(folder), '')
        .replaceAll(folder, '')
        .replaceAll(tools.helm, 'helm')
        .replace(/kustomize-helm-\d+/g, 'kustomize-helm');
      fs.writeFileSync(path.join(expected, `${name}.error.txt`), words);
      counts.refused++;
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The head (which charts lie where, which flags), then files, each after a line `#- path`. */
function readCase(text) {
  const [head, ...parts] = text.split(/^#- /m);
  const line = (key) => new RegExp(`^# ${key}: (.*)$`, 'm').exec(head)?.[1].split(' ') ?? [];
  const charts = line('charts').map((word) => (word.includes('=') ? word.split('=') : [word, `charts/${word}`]));
  return { charts, args: line('args'), files: parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]) };
}

function checkVersion(tool, args, version) {
  const run = spawnSync(tool, args, { encoding: 'utf8' });
  if (run.error) fail(`no ${tool} found: put ${version} on the PATH or name it in KUSTOMIZE or HELM`);
  if (!run.stdout.includes(version)) fail(`${tool} ${run.stdout.trim()} found, the goldens are made by ${version}`);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

/**
 * Records what the real tools say of the objects of test/support/healthShapes.ts: Argo CD's health (its Go code and its
 * scripts) and Flux's kstatus. Needs Go; not part of the tests.
 * usage: node scripts/runTs.mjs scripts/facts/health.ts
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { healthCases } from '../../test/support/healthShapes.js';

const cases = healthCases();
const input = cases.map(({ object }) => JSON.stringify(object)).join('\n');
const argo = judge('argocd', '.', ['health', '.']);
const kstatus = judge('flux', './kstatus', []);
const lines = cases.map(({ name }, index) => `${JSON.stringify(name)}: ${JSON.stringify({ argo: argo[index], kstatus: statusOf(kstatus[index]) })}`);
fs.writeFileSync('test/data/live/health.json', `{\n${lines.join(',\n')}\n}\n`);
console.log(`${String(cases.length)} objects recorded`);

/** What a program of scripts/facts prints for each object. */
function judge(folder: string, source: string, args: readonly string[]): readonly unknown[] {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'health-facts-'));
  const binary = path.join(work, 'judge');
  run('go', ['build', '-o', binary, source], path.join('scripts/facts', folder), '');
  const printed = run(binary, args, '.', input);
  fs.rmSync(work, { recursive: true });
  return printed
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

/** Its words are its own. */
function statusOf(result: unknown): unknown {
  return typeof result === 'object' && result !== null && 'status' in result ? result.status : 'error';
}

function run(command: string, args: readonly string[], cwd: string, text: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, input: text, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

// The whole test run: lint, types, unit tests, the corpus, and the suites inside a real VS Code, one after the other. What
// each prints is shown as it comes; at the end their counts are added up. Where other programs take part (git, API servers,
// an editor), a test that failed is tried once more; that it passed then only is told at the end, with its first error.
// usage: node scripts/test.mjs
import { spawn } from 'node:child_process';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const project = path.resolve(import.meta.dirname, '..');
const node = process.execPath;

const secondTry = ['--retries=1', '--reporter=scripts/secondTries.mjs'];

/** The parts of the run. One without counts of its own counts as one test. */
const parts = [
  { title: 'Lint', command: [node, 'node_modules/eslint/bin/eslint.js', '.'] },
  { title: 'Format', command: [node, 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
  { title: 'Types', command: [node, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'] },
  { title: 'Types of pages', command: [node, 'node_modules/typescript/bin/tsc', '-p', 'src/webview/tsconfig.json'] },
  { title: 'Unit tests', command: [node, 'scripts/unit.mjs', '--exclude', 'test/corpus,test/cluster', ...secondTry] },
  { title: 'Clusters', command: [node, 'scripts/clusterTests.mjs', ...secondTry] },
  { title: 'Corpus', command: [node, 'scripts/unit.mjs', 'test/corpus'] },
  { title: 'In a real VS Code', command: [node, 'scripts/vscodeTests.mjs', '--second-try'] },
];

let [passed, failed] = [0, 0];
const lines = [];
const failures = [];
const names = [];
for (const { title, command } of parts) {
  console.log(`\n== ${title}\n`);
  const started = Date.now();
  const { status, output } = await run(command);
  const counts = countsOf(output);
  const result = counts ?? { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 };
  if (status !== 0 && result.failed === 0) result.failed = 1;
  passed += result.passed;
  failed += result.failed;
  if (result.failed > 0) failures.push(`\n== What failed in: ${title}\n\n${failuresIn(output)}`);
  names.push(...namesIn(output));
  lines.push(`  ${result.failed === 0 ? 'ok    ' : 'FAILED'}  ${title}: ${result.passed} passed, ${result.failed} failed (${((Date.now() - started) / 1000).toFixed(0)} s)`);
}
for (const failure of failures) console.log(failure);
console.log(`\n== Summary\n\n${lines.join('\n')}\n${names.map((name) => `\n${name}`).join('')}\n\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Runs one part, shows what it prints, and keeps it. */
function run([command, ...words]) {
  return new Promise((done) => {
    const child = spawn(command, words, {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1', FORCE_COLOR: undefined }) },
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    });
    child.once('error', (error) => {
      console.error(error.message);
      done({ status: 1, output });
    });
    child.once('close', (status) => done({ status: status ?? 1, output: stripVTControlCharacters(output) }));
  });
}

/** What mocha tells of failed tests behind its counts, shown again at the end so that it isn't lost among what passed. */
function failuresIn(output) {
  const parts = [...output.matchAll(/^ {2}\d+ failing$[^]*?(?=^ {2}\d+ passing|^== |(?![^]))/gm)].map(([text]) => text.slice(0, 6000));
  return parts.length > 0 ? parts.join('\n') : output.slice(-3000);
}

/** What the parts say at their ends of single tests. */
function namesIn(output) {
  return [...output.matchAll(/^ {2}(?:failed|passed at the second try): .+$/gm)].map(([line]) => line);
}

/** What mocha's closing lines, or a line `N passed, N failed`, say. */
function countsOf(output) {
  const closing = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  if (closing) return { passed: Number(closing[1]), failed: Number(closing[2]) };
  const [passing] = [...output.matchAll(/^ {2}(\d+) passing \(/gm)];
  if (!passing) return undefined;
  const failing = /^ {2}(\d+) failing$/m.exec(output);
  return { passed: Number(passing[1]), failed: Number(failing?.[1] ?? 0) };
}

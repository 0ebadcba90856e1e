// Records what a real API server makes of random writes, for test/core/apply/recorded.test.ts: sequences of applies,
// updates and patches by several managers on objects of several kinds. KUBECONFIG names the server (v1.34; it gets
// objects in `default` and two kinds of its own), KUBECTL the program.
// usage: node scripts/applyCases/record.mjs [SEQUENCES PER KIND] [STEPS PER SEQUENCE] [FIRST SEED] [FOLDER]
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { makeChange } from './changes.mjs';
import { kinds } from './kinds.mjs';
import { makeRandom } from './random.mjs';
import { scenarios } from './scenarios.mjs';

const [sequences = '6', steps = '12', firstSeed = '1', folder = path.resolve(import.meta.dirname, '../../test/data/apply')] = process.argv.slice(2);
const kubectl = process.env.KUBECTL ?? 'kubectl';
const definitions = path.join(import.meta.dirname, 'widgets.yaml');
const applied = spawnSync(kubectl, ['apply', '-f', definitions], { stdio: ['ignore', 'ignore', 'inherit'] });
if (applied.status !== 0) process.exit(1);
spawnSync(kubectl, ['wait', '--for=condition=Established', '-f', definitions], { stdio: ['ignore', 'ignore', 'inherit'] });

const proxy = spawn(kubectl, ['proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const server = await new Promise((resolve) => {
  proxy.stdout.on('data', (data) => {
    const address = /on (\S+:\d+)/.exec(String(data))?.[1];
    if (address) resolve(`http://${address}`);
  });
});
try {
  await waitForKinds();
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, versions] of Object.entries(kinds)) {
    const lines = [];
    for (let index = 0; index < Number(sequences); index++) lines.push(JSON.stringify(await recordSequence(name, versions, Number(firstSeed) + index)));
    fs.writeFileSync(path.join(folder, `${name}.jsonl`), `${lines.join('\n')}\n`);
  }
  const lines = [];
  for (const [name, changes] of Object.entries(scenarios)) lines.push(JSON.stringify(await recordScenario(name, changes)));
  fs.writeFileSync(path.join(folder, 'scenarios.jsonl'), `${lines.join('\n')}\n`);
} finally {
  proxy.kill();
}

/** A kind is served some time after it is established. */
async function waitForKinds() {
  for (let attempt = 0; attempt < 50; attempt++) {
    const answers = await Promise.all(['widgets', 'gadgets'].map((kind) => fetch(`${server}/apis/apply.example/v1/namespaces/default/${kind}`)));
    if (answers.every(({ ok }) => ok)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the kinds are not served');
}

async function recordSequence(name, versions, seed) {
  const random = makeRandom(seed * 7919 + name.length * 104729);
  const object = `${name.toLowerCase()}-${seed}`;
  const [first] = versions;
  await remove(first, object);
  const recorded = [];
  let live;
  for (let step = 0; step < Number(steps); step++) {
    const kind = random.pick(versions);
    // everybody sees the object in the version that they write
    if (live && live.apiVersion !== kind.apiVersion) live = await (await fetch(`${server}/${kind.path}/${object}`)).json();
    const change = makeChange(random, kind, object, live);
    const answer = await send(change);
    recorded.push({ ...change, before: undefined, ...answer });
    if (answer.object) live = answer.object;
  }
  await remove(first, object);
  return { kind: name, object, steps: recorded.map(({ path: _path, ...step }) => step) };
}

async function recordScenario(object, changes) {
  const path = changes[0].path.replace(`/${object}`, '');
  await remove({ path }, object);
  const steps = [];
  for (const { path: target, ...change } of changes) {
    const answer = await send({ ...change, path: target });
    steps.push({ ...change, ...answer });
  }
  await remove({ path }, object);
  return { kind: 'scenario', object, steps };
}

async function send({ verb, path: target, manager, force, subresource, contentType, body }) {
  const query = new URLSearchParams({ fieldManager: manager, fieldValidation: 'Ignore', ...(force && { force: 'true' }) });
  const url = `${server}/${target}${subresource ? `/${subresource}` : ''}?${query}`;
  const answer = await fetch(url, { method: verb, headers: { 'Content-Type': contentType }, body: JSON.stringify(body) });
  const text = await answer.text();
  // a server that fails on a request doesn't always answer with a Status
  const result = text.startsWith('{') ? JSON.parse(text) : { message: text };
  if (answer.ok) return { code: answer.status, object: withoutNoise(result) };
  return { code: answer.status, reason: result.reason, message: result.message, causes: result.details?.causes };
}

/** What no two runs have in common. */
function withoutNoise(object) {
  const { uid: _uid, creationTimestamp: _creationTimestamp, ...metadata } = object.metadata;
  return { ...object, metadata };
}

async function remove(kind, object) {
  const address = `${server}/${kind.path}/${object}`;
  const answer = await fetch(address);
  if (!answer.ok) return;
  await fetch(address, { method: 'PATCH', headers: { 'Content-Type': 'application/merge-patch+json' }, body: JSON.stringify({ metadata: { finalizers: null } }) });
  await fetch(address, { method: 'DELETE' });
}

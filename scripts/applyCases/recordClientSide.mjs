// Records what `kubectl apply` without --server-side makes of random objects that others have changed, for
// test/core/apply/applyClientSide.test.ts. Needs what record.mjs needs, and the kinds that it leaves behind.
// usage: node scripts/applyCases/recordClientSide.mjs [SEQUENCES PER KIND] [APPLIES PER SEQUENCE] [FIRST SEED] [FILE]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { makeChange } from './changes.mjs';
import { kinds } from './kinds.mjs';
import { makeRandom } from './random.mjs';

const [sequences = '4', applies = '4', firstSeed = '1', file = path.resolve(import.meta.dirname, '../../test/data/apply/clientSide/applies.jsonl')] = process.argv.slice(2);
const kubectl = process.env.KUBECTL ?? 'kubectl';
const run = (words, input) => spawnSync(kubectl, words, { input, encoding: 'utf8' });

const lines = [];
for (const name of ['configMap', 'deployment', 'service', 'serviceAccount', 'widget']) {
  for (let index = 0; index < Number(sequences); index++) lines.push(...recordSequence(kinds[name][0], Number(firstSeed) + index));
}
fs.mkdirSync(path.dirname(file), { recursive: true });
fs.writeFileSync(file, `${lines.join('\n')}\n`);

function recordSequence(kind, seed) {
  const random = makeRandom(seed * 6007 + kind.kind.length);
  const object = `client-side-${seed}`;
  const target = [kind.kind.toLowerCase(), object];
  remove(target);
  const recorded = [];
  for (let step = 0; step < Number(applies); step++) {
    const desired = kind.make(random, object);
    const live = step > 0 ? read(target) : undefined;
    const answer = run(['apply', '--validate=false', '-f', '-'], JSON.stringify(desired));
    if (answer.status === 0 && live) recorded.push(JSON.stringify({ desired, live, after: read(target) }));
    const now = answer.status === 0 ? read(target) : undefined;
    if (!now) continue;
    for (let change = 0; change < 4; change++) {
      const { contentType, subresource, body } = makeChange(random, kind, object, now);
      if (contentType.includes('merge-patch+json') && !contentType.includes('strategic') && !subresource) run(['patch', ...target, '--type=merge', '-p', JSON.stringify(body)]);
    }
  }
  remove(target);
  return recorded;
}

function read(target) {
  const answer = run(['get', ...target, '-o', 'json', '--show-managed-fields=false']);
  if (answer.status !== 0) return undefined;
  const { metadata, ...object } = JSON.parse(answer.stdout);
  const { uid: _uid, creationTimestamp: _creationTimestamp, resourceVersion: _resourceVersion, ...others } = metadata;
  return { ...object, metadata: others };
}

function remove(target) {
  run(['patch', ...target, '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
  run(['delete', ...target, '--ignore-not-found']);
}

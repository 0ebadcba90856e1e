// Records into test/data/sandbox/kinds/ what a real API server answers to small objects, to wrong ones, and to wrong updates.
//
// usage: node scripts/facts/sandboxKinds/record.mjs URL
// where URL answers the API without credentials (see generate.mjs). The server must be new, with a service account `default`, and is of no use for a
// second time: it keeps a namespace.
import fs from 'node:fs';
import path from 'node:path';
import { minimalObjects } from './minimalObjects.mjs';
import { changed, wrongObjects, wrongUpdates } from './wrongObjects.mjs';
import { wrongWidgets } from './wrongWidgets.mjs';

const server = process.argv[2] ?? 'http://127.0.0.1:8001';
const project = path.resolve(import.meta.dirname, '../../..');
const folder = path.join(project, 'test/data/sandbox/kinds');
const namespace = 'recorded';
const facts = JSON.parse(fs.readFileSync(path.join(project, 'data/sandbox/kinds.json'), 'utf8'));

const send = async (method, url, body, type = 'application/json') => {
  const answer = await fetch(server + url, { method, headers: { 'content-type': type }, ...(body && { body: JSON.stringify(body) }) });
  return answer.json();
};
const urlOf = ({ apiVersion, kind, metadata }, name = '') => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const row = facts.kinds.find((each) => each[0] === group && each[1] === version && each[2] === kind);
  const place = row[5] === 'n' ? `/namespaces/${metadata.namespace ?? namespace}` : '';
  return `${group === '' ? `/api/${version}` : `/apis/${apiVersion}`}${place}/${row[3]}${name}`;
};
/** Without what is another each time. */
const steady = ({ metadata, ...rest }) => {
  const { managedFields, creationTimestamp, uid, resourceVersion, ...kept } = metadata;
  return JSON.parse(JSON.stringify({ ...rest, metadata: kept }).replaceAll(uid ?? '\0', 'UID'));
};
const refusal = ({ reason, message, details }) => ({ reason, message, causes: (details?.causes ?? []).map(({ reason: why, field, message: words }) => ({ field, reason: why, message: words })) });
const write = (file, values) => fs.writeFileSync(path.join(folder, file), `${values.map((each) => JSON.stringify(each)).join('\n')}\n`);

await send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });

const created = [];
for (const object of [...Object.values(minimalObjects), ...(await recordedObjects())]) {
  const answer = await send('POST', `${urlOf(object)}?dryRun=All`, object);
  if (answer.kind !== 'Status') created.push({ object, answer: steady(answer) });
  else console.log(`${object.kind} ${object.metadata.name}: ${answer.message}`);
}
const refused = [];
for (const object of wrongObjects) {
  const answer = await send('POST', `${urlOf(object)}?dryRun=All`, object);
  if (answer.kind === 'Status') refused.push({ object, ...refusal(answer) });
  else refused.push({ object, reason: 'accepted' });
}
write('refused.jsonl', refused);

const updated = [];
for (const { before, changes } of wrongUpdates) {
  const { name } = before.metadata;
  await send('POST', urlOf(before), before);
  const live = await send('GET', urlOf(before, `/${name}`));
  for (const change of changes) {
    const object = changed(live, change);
    const answer = await send('PUT', `${urlOf(before, `/${name}`)}?dryRun=All`, object);
    const { managedFields: _, ...metadata } = live.metadata;
    const { managedFields: __, ...own } = object.metadata;
    const pair = { before: { ...live, metadata }, object: { ...object, metadata: own } };
    updated.push(answer.kind === 'Status' ? { ...pair, ...refusal(answer) } : { ...pair, reason: 'accepted' });
  }
  await send('DELETE', urlOf(before, `/${name}`), { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 });
}
write('updated.jsonl', updated);
const definition = JSON.parse(fs.readFileSync(path.join(folder, 'widgets.json'), 'utf8'));
await send('POST', urlOf(definition), definition);
await new Promise((done) => setTimeout(done, 3000));
const widgets = [];
for (const object of wrongWidgets) {
  const answer = await send('POST', `/apis/example.com/v1/namespaces/${namespace}/widgets?dryRun=All`, object);
  if (answer.kind === 'Status') widgets.push({ object, ...refusal(answer) });
  else widgets.push({ object, reason: 'accepted' });
  if (answer.kind !== 'Status') created.push({ object, answer: steady(answer) });
}
write('widgets.jsonl', widgets);
write('created.jsonl', created);
await send('DELETE', urlOf(definition, `/${definition.metadata.name}`));
console.log(`${created.length} created, ${refused.length} refused, ${updated.length} updated`);

/** Objects of test/data/sandbox/kinds/objects.jsonl, which were taken from real manifests and thinned out. */
async function recordedObjects() {
  const file = path.join(folder, 'objects.jsonl');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n').map((each) => JSON.parse(each)) : [];
}

// Random writes to an object: what to send, by whom.

const appliers = ['alpha', 'beta', 'kubectl'];
const updaters = ['edit', 'controller', 'kubectl-client-side-apply'];

/** @param live undefined where the object isn't there yet */
export function makeChange(random, kind, name, live) {
  if (!live && random.chance(0.5)) return { verb: 'POST', path: kind.path, manager: random.pick(updaters), contentType: 'application/json', body: kind.make(random, name) };
  const path = `${kind.path}/${name}`;
  if (!live || random.chance(0.55)) return makeApply(random, kind, name, path, live);
  return { path, manager: random.pick(random.chance(0.8) ? updaters : appliers), ...random.pick(updatesOf(kind, random))(random, kind, name, live) };
}

function makeApply(random, kind, name, path, live) {
  const apply = { verb: 'PATCH', path, manager: random.pick(appliers), force: random.chance(0.5), contentType: 'application/apply-patch+yaml' };
  if (live && kind.makeStatus && random.chance(0.15)) {
    return { ...apply, subresource: 'status', body: { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name }, status: kind.makeStatus(random) } };
  }
  return { ...apply, body: kind.make(random, name) };
}

function updatesOf(kind, random) {
  const updates = [update, update, mergePatch, jsonPatch];
  // a Service read from storage has fields that it doesn't show
  if (kind.kind !== 'Service') updates.push(changeManagers);
  if (kind.isStrategic) updates.push(strategicPatch, strategicPatch);
  if (kind.makeStatus) updates.push(statusPatch);
  return random.shuffle(updates);
}

function update(random, kind, name, live) {
  const next = kind.make(random, name);
  const body = { ...live, ...next, metadata: { ...live.metadata, ...next.metadata } };
  if (random.chance(0.3)) delete body.metadata.managedFields;
  return { verb: 'PUT', contentType: 'application/json', body };
}

function mergePatch(random, kind, name) {
  const { metadata, spec, data, rules } = kind.make(random, name);
  const { name: _name, ...others } = metadata;
  return { verb: 'PATCH', contentType: 'application/merge-patch+json', body: withNulls(random, { metadata: others, spec, data, rules }) };
}

/** Some of the leaves taken away. */
function withNulls(random, value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return random.chance(0.2) ? null : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, ['selector', 'template', 'type', 'externalName', 'ports'].includes(key) ? each : withNulls(random, each)]),
  );
}

function jsonPatch(random, kind, name, live) {
  const next = kind.make(random, name);
  const operations = [];
  const part = next.spec ? 'spec' : 'metadata';
  const fields = Object.entries(next[part] ?? {}).filter(([key]) => !['selector', 'template', 'type', 'externalName', 'name'].includes(key));
  for (const [key, value] of random.shuffle(fields).slice(0, 2)) {
    const known = live[part]?.[key];
    const pointer = `/${part}/${key}`;
    if (Array.isArray(known) && random.chance(0.5))
      operations.push({ op: 'add', path: `${pointer}/${random.pick(['-', '0', '1', '9', 'x'])}`, value: Array.isArray(value) ? (value[0] ?? 'q') : 'q' });
    else
      operations.push(
        random.pick([
          { op: 'add', path: pointer, value },
          { op: 'replace', path: pointer, value },
          { op: 'remove', path: pointer },
          { op: 'test', path: pointer, value: known ?? value },
          { op: 'copy', from: pointer, path: '/metadata/annotations/copied' },
        ]),
      );
  }
  if (operations.length === 0) operations.push({ op: 'test', path: '/kind', value: random.pick([kind.kind, 'Other']) });
  return { verb: 'PATCH', contentType: 'application/json-patch+json', body: operations };
}

/** Who owns what, written by hand, reset, or garbled. */
function changeManagers(random, kind, name, live) {
  const [first, ...rest] = live.metadata.managedFields ?? [];
  const managedFields = random.pick([[{}], [], rest.length > 0 ? rest : [{}], first ? [{ ...first, manager: 'renamed' }, ...rest] : [], [{ ...first, operation: 'Nonsense' }]]);
  return { verb: 'PATCH', contentType: 'application/merge-patch+json', body: { metadata: { managedFields, labels: { changed: random.pick(['1', '2']) } } } };
}

function statusPatch(random, kind, name, live) {
  const status = kind.makeStatus(random);
  // labels come with a custom object's status, are noted as changed, and then dropped
  const labels = kind.kind === 'Widget' ? undefined : { onStatus: random.pick(['1', '2']) };
  const target = { subresource: 'status', contentType: 'application/merge-patch+json' };
  if (random.chance(0.5)) return { ...target, verb: 'PATCH', body: { metadata: { labels }, status } };
  return { ...target, verb: 'PUT', contentType: 'application/json', body: { ...live, status, metadata: { ...live.metadata, labels: { ...live.metadata.labels, ...labels } } } };
}

function strategicPatch(random, kind, name) {
  const { metadata, spec, data, rules, secrets, imagePullSecrets } = kind.make(random, name);
  const { name: _name, ...others } = metadata;
  const body = JSON.parse(JSON.stringify({ metadata: others, spec, data, rules, secrets, imagePullSecrets }));
  if (body.spec) {
    delete body.spec.selector;
    if (random.chance(0.7)) delete body.spec.template?.spec.volumes;
  }
  return { verb: 'PATCH', contentType: 'application/strategic-merge-patch+json', body: withDirectives(random, body) };
}

function withDirectives(random, value, key = '') {
  if (Array.isArray(value)) {
    const items = value.map((item) => withDirectives(random, item, ''));
    const isKeyed = items.length > 0 && typeof items[0] === 'object' && items[0] !== null && 'name' in items[0] && !['ports', 'volumeMounts'].includes(key);
    if (isKeyed && random.chance(0.3)) items[random.below(items.length)] = { name: items[0].name, $patch: 'delete' };
    if (isKeyed && random.chance(0.15)) items.push({ $patch: 'replace' });
    return items;
  }
  if (typeof value !== 'object' || value === null)
    return random.chance(0.08) && !['name', 'image', 'mountPath', 'containerPort', 'port', 'targetPort', 'type', 'externalName', 'app'].includes(key) ? null : value;
  const result = {};
  for (const [name, each] of Object.entries(value)) {
    result[name] = name === 'matchLabels' || (name === 'labels' && value.labels?.app) ? each : withDirectives(random, each, name);
    // what is added and deleted at once depends on chance
    if (name === 'finalizers' && Array.isArray(each) && random.chance(0.5))
      result['$deleteFromPrimitiveList/finalizers'] = ['f.example/a', 'f.example/b'].filter((finalizer) => !each.includes(finalizer));
    if (Array.isArray(each) && name === 'containers' && random.chance(0.4)) result['$setElementOrder/containers'] = random.shuffle(each.map((item) => ({ name: item.name })));
    if (Array.isArray(each) && name === 'env' && random.chance(0.4)) result['$setElementOrder/env'] = random.shuffle(each.map((item) => ({ name: item.name })));
  }
  if (key === 'emptyDir' && random.chance(0.3)) result.$patch = 'replace';
  if (key === 'strategy' && random.chance(0.5)) result.$retainKeys = Object.keys(result);
  if (key === 'annotations' && random.chance(0.2)) result.$patch = random.pick(['replace', 'delete', 'merge']);
  return result;
}

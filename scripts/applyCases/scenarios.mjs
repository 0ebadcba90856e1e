// Writes that chance doesn't bring about: what happens with many managers, with kubectl's annotation, with duplicates.

const widgets = (version) => `apis/apply.example/${version}/namespaces/default/widgets`;
const deployments = 'apis/apps/v1/namespaces/default/deployments';

const apply = (path, manager, body, more = {}) => ({ verb: 'PATCH', path: `${path}/${body.metadata.name}`, manager, contentType: 'application/apply-patch+yaml', body, ...more });
const create = (path, manager, body) => ({ verb: 'POST', path, manager, contentType: 'application/json', body });
const patch = (path, name, manager, body, more = {}) => ({ verb: 'PATCH', path: `${path}/${name}`, manager, contentType: 'application/merge-patch+json', body, ...more });

const widget = (name, spec, version = 'v1') => ({ apiVersion: `apply.example/${version}`, kind: 'Widget', metadata: { name }, spec });
const deployment = (name, container, more = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, ...more.metadata },
  spec: {
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'web', image: 'nginx:1', ...container }] } },
    ...more.spec,
  },
});

function manyManagers() {
  const name = 'many-managers';
  const steps = [create(widgets('v1'), 'first', widget(name, { size: 1 }))];
  for (let index = 0; index < 16; index++) {
    steps.push(patch(widgets(index % 3 === 0 ? 'v1beta1' : 'v1'), name, `manager-${String(index).padStart(2, '0')}`, { spec: { labels: { [`key${index}`]: 'x' }, size: index } }));
  }
  steps.push(apply(widgets('v1'), 'alpha', widget(name, { labels: { key3: 'y', key15: 'x' } }), { force: false }));
  steps.push(apply(widgets('v1'), 'alpha', widget(name, { labels: { key3: 'y', key15: 'x' } }), { force: true }));
  return steps;
}

/** From kubectl's annotation to server-side apply by the manager `kubectl`: what the annotation declares is no conflict. */
function migration() {
  const name = 'migration';
  const declared = deployment(name, { env: [{ name: 'A', value: '1' }] }, { spec: { replicas: 1 } });
  const annotation = JSON.stringify(declared);
  const live = deployment(
    name,
    { env: [{ name: 'A', value: '1' }] },
    { metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `${annotation}\n`, other: 'x' } }, spec: { replicas: 1 } },
  );
  return [
    create(deployments, 'kubectl-client-side-apply', live),
    apply(deployments, 'kubectl', deployment(name, { image: 'nginx:2', env: [{ name: 'A', value: '2' }] }, { spec: { replicas: 1 } }), { force: false }),
    patch(deployments, name, 'edit', { spec: { replicas: 5 } }),
    apply(deployments, 'kubectl', deployment(name, { image: 'nginx:3' }, { spec: { replicas: 2 } }), { force: false }),
    apply(deployments, 'alpha', deployment(name, { image: 'nginx:3' }, { spec: { replicas: 2 } }), { force: false }),
    apply(deployments, 'kubectl', deployment(name, { image: 'nginx:3' }), { force: true }),
  ];
}

/** Items that stand twice: allowed in what is there, not in what is applied. */
function duplicates() {
  const name = 'duplicates';
  const twice = [
    { name: 'A', value: '1' },
    { name: 'A', value: '2' },
    { name: 'B', value: '1' },
  ];
  return [
    create(deployments, 'edit', deployment(name, { env: twice })),
    apply(deployments, 'alpha', deployment(name, { env: [{ name: 'C', value: '1' }] }), { force: false }),
    apply(deployments, 'alpha', deployment(name, { env: twice }), { force: true }),
    {
      verb: 'PATCH',
      path: `${deployments}/${name}`,
      manager: 'controller',
      contentType: 'application/json-patch+json',
      body: [{ op: 'replace', path: '/spec/template/spec/containers/0/env/1/value', value: '3' }],
    },
    apply(deployments, 'alpha', deployment(name, { env: [{ name: 'A', value: '9' }] }), { force: true }),
    {
      verb: 'PATCH',
      path: `${deployments}/${name}`,
      manager: 'controller',
      contentType: 'application/json-patch+json',
      body: [{ op: 'add', path: '/spec/template/spec/containers/0/env/0', value: { name: 'A', value: '0' } }],
    },
    apply(deployments, 'alpha', deployment(name, { env: [{ name: 'B', value: '1' }] }), { force: true }),
  ];
}

/** Objects that can't be merged. */
function mistakes() {
  const name = 'mistakes';
  const force = { force: true };
  return [
    create(widgets('v1'), 'edit', widget(name, { size: 1 })),
    apply(widgets('v1'), 'alpha', widget(name, { unknown: 1 }), force),
    apply(widgets('v1'), 'alpha', widget(name, { size: 'x' }), force),
    apply(widgets('v1'), 'alpha', widget(name, { mode: 1 }), force),
    apply(widgets('v1'), 'alpha', widget(name, { isOn: 'yes' }), force),
    apply(widgets('v1'), 'alpha', widget(name, { byName: [{ name: 'a' }, { name: 'a' }] }), force),
    apply(widgets('v1'), 'alpha', widget(name, { byName: [{ value: 'a' }] }), force),
    apply(widgets('v1'), 'alpha', widget(name, { byName: [null] }), force),
    apply(widgets('v1'), 'alpha', widget(name, { byName: ['a'] }), force),
    apply(widgets('v1'), 'alpha', widget(name, { byName: [{ name: 'a', inner: [{ note: 'x' }, { note: 'y' }] }] }), force),
    apply(widgets('v1'), 'alpha', widget(name, { byName: { a: 1 } }), force),
    apply(widgets('v1'), 'alpha', widget(name, { texts: ['a', 'a'] }), force),
    apply(widgets('v1'), 'alpha', widget(name, { texts: [{}] }), force),
    apply(widgets('v1'), 'alpha', widget(name, { nested: [] }), force),
    apply(widgets('v1'), 'alpha', widget(name, { nested: 'x' }), force),
    apply(widgets('v1'), 'alpha', { ...widget(name, {}), metadata: { name, managedFields: [{}] } }, force),
    apply(widgets('v1'), 'alpha', widget(name, { size: 1, mode: null, nested: null }), force),
    apply(widgets('v1'), 'beta', widget(name, { size: 1 }), { force: false }),
    apply(widgets('v1'), 'beta', widget(name, { size: 1 }), { force: false }),
  ];
}

/** The number of replicas by its own endpoint. */
function scale() {
  const name = 'scale';
  return [
    apply(deployments, 'alpha', deployment(name, {}, { spec: { replicas: 1 } }), { force: false }),
    patch(deployments, name, 'kubectl-edit', { spec: { replicas: 2 } }),
    apply(deployments, 'alpha', deployment(name, {}, { spec: { replicas: 1 } }), { force: false }),
    apply(deployments, 'alpha', deployment(name, {}), { force: false }),
    apply(deployments, 'beta', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas: 2 } }, { force: false }),
    apply(deployments, 'beta', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } }, { force: false }),
  ];
}

export const scenarios = { 'many-managers': manyManagers(), migration: migration(), duplicates: duplicates(), mistakes: mistakes(), scale: scale() };

import assert from 'node:assert/strict';
import { describeSubstitutionAt } from '../../../src/server/features/substitutionHover.js';
import { MemoryWorkspace } from '../../support/memoryWorkspace.js';
import { parseFixture } from '../../support/fixture.js';

const cluster = (name: string): string => `#- clusters/${name}/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild:
    substitute: {greeting: hello ${name}}
    substituteFrom: [{kind: Secret, name: cluster}]
#- clusters/${name}/secret.yaml
apiVersion: v1
kind: Secret
metadata: {name: cluster, namespace: flux-system}
stringData: {password: hush-${name}}
`;

const fixture = `${cluster('prod')}${cluster('dev')}#- apps/config.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: apps}
data:
  text: "\${greeting} and \${password} and \${port:=80}"
`;

describe('hovering over a substitution', () => {
  const files = Object.fromEntries([...parseFixture(fixture)].map(([path, text]) => [`/w/${path}`, text]));
  const model = new MemoryWorkspace(files, { folders: ['/w'] }).model();
  for (const environment of model.delivery.model.environments) model.delivery.render(environment);
  const parsed = model.parse('/w/apps/config.yaml');
  assert.ok(parsed);
  const hover = (word: string): string | undefined => describeSubstitutionAt(model, parsed, parsed.source.text.indexOf(word) + 3, (path) => path.slice(3))?.markdown;

  it('tells the value in each environment, and where it is defined', () => {
    assert.equal(
      hover('${greeting}'),
      'Flux substitutes `greeting`:\n\n- apps dev: `hello dev` from clusters/dev/apps.yaml:10\n- apps prod: `hello prod` from clusters/prod/apps.yaml:10',
    );
  });

  it('tells that a value is secret, and not which', () => {
    const text = hover('${password}') ?? '';
    assert.match(text, /apps prod: a secret value from clusters\/prod\/secret\.yaml:4/);
    assert.doesNotMatch(text, /hush/);
  });

  it('tells a default that is taken', () => {
    assert.match(hover('${port:=80}') ?? '', /apps dev: `80` \(the default: `port` is not defined\)/);
  });

  it('says nothing elsewhere', () => {
    assert.equal(hover('ConfigMap'), undefined);
  });
});

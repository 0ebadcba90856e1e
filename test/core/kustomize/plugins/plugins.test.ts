/** What is said about plugins that can't be run; what the built-in ones do is compared in the cases made by the real tool. */
import assert from 'node:assert/strict';
import { buildKustomization } from '../../../../src/core/kustomize/build.js';
import { BuildCache } from '../../../../src/core/kustomize/buildCache.js';
import { fixtureRoot, fixtureTree } from '../../../support/fixture.js';

/** The errors as `line:column code` in the plugin's file. */
function errorsOf(plugin: string, field = 'transformers'): readonly string[] {
  const tree = fixtureTree(`#- kustomization.yaml\n${field}: [plugin.yaml]\n#- plugin.yaml\n${plugin}\n`);
  const { problems } = buildKustomization({ tree, folder: fixtureRoot, options: { loadRestrictor: 'rootOnly', enableHelm: false }, cache: new BuildCache() });
  const errors = problems.filter((problem) => problem.severity === 'error');
  return errors.map(({ code, location }) => `${location.path.slice(fixtureRoot.length + 1)} ${location.range.start.line + 1}:${location.range.start.character + 1} ${code}`);
}

describe('plugins', () => {
  it('that would have to be executed are refused at their kind', () => {
    assert.deepEqual(errorsOf('apiVersion: example.com/v1\nkind: Mine\nmetadata: {name: x}'), ['plugin.yaml 2:7 kustomize/external-plugin-unsupported']);
    assert.deepEqual(errorsOf('apiVersion: v1\nkind: F\nmetadata: {name: x, annotations: {config.kubernetes.io/function: "exec: {path: f}"}}'), [
      'plugin.yaml 2:7 kustomize/external-plugin-unsupported',
    ]);
  });

  it('that inflate charts are refused without --enable-helm', () => {
    assert.deepEqual(errorsOf('apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: x}', 'generators'), ['plugin.yaml 1:1 kustomize/helm-not-enabled']);
  });

  it('must be built in and stand in the right field', () => {
    assert.deepEqual(errorsOf('apiVersion: builtin\nkind: SortOrderTransformer\nmetadata: {name: x}'), ['plugin.yaml 2:7 kustomize/unknown-plugin']);
    assert.deepEqual(errorsOf('apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: x}', 'generators'), ['plugin.yaml 2:7 kustomize/wrong-plugin-role']);
    assert.deepEqual(errorsOf('apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: x}', 'validators'), ['plugin.yaml 2:7 kustomize/wrong-plugin-role']);
  });

  it('have their mistakes reported where they stand', () => {
    assert.deepEqual(errorsOf('apiVersion: builtin\nkind: ReplicaCountTransformer\nmetadata: {name: x}\nreplica:\n  name: a\n  count: many'), [
      'plugin.yaml 6:10 kustomize/wrong-type',
    ]);
    assert.deepEqual(errorsOf('apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: x}\nliterals:\n  - a=b\n  - 5', 'generators'), [
      'plugin.yaml 6:5 kustomize/wrong-type',
    ]);
    assert.deepEqual(errorsOf('apiVersion: builtin\nkind: ValueAddTransformer\nmetadata: {name: x}\ntargets:\n  - fieldPath: a\n    filePathPosition: -1'), [
      'plugin.yaml 6:23 kustomize/negative-position',
    ]);
  });
});

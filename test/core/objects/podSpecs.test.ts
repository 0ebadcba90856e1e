import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { containersOf, podSpecOf } from '../../../src/core/objects/podSpecs.js';
import { idOfObject } from '../../../src/core/objects/objectId.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';

describe('podSpecOf', () => {
  const cases: readonly (readonly [name: string, text: string, containers: readonly string[] | undefined])[] = [
    ['a Pod', 'apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}]}', ['containers[0]']],
    [
      'a Deployment',
      'apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{name: a}], initContainers: [{name: b}]}}}',
      ['initContainers[0]', 'containers[0]'],
    ],
    ['a CronJob', 'apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a}]}}}}}', ['containers[0]']],
    ['a Rollout', 'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {template: {spec: {containers: [{name: a}]}}}', ['containers[0]']],
    ['a custom kind with pods like a Deployment', 'apiVersion: x.io/v1\nkind: Thing\nspec: {template: {spec: {containers: [{name: a}]}}}', ['containers[0]']],
    ['an ApplicationSet, whose template is no pod', 'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec: {template: {spec: {project: a}}}', undefined],
    ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\ndata: {a: b}', undefined],
  ];
  for (const [name, text, expected] of cases) {
    it(`finds the containers of ${name}`, () => {
      const root = parseYaml(new SourceText('/a.yaml', text)).documents[0]?.root;
      assert.ok(root?.kind === 'map');
      const pods = podSpecOf(idOfObject(root), root);
      assert.deepEqual(pods && containersOf(pods).map(({ list, index }) => `${list}[${index}]`), expected);
    });
  }
});

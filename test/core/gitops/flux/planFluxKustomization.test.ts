/**
 * What Flux renders, against recorded results of its own code: test/data/flux/build was made by
 * scripts/facts/flux/build with fluxcd/pkg/kustomize v1.35.6 (what kustomize-controller v1.9.5 builds with).
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { MemoryTree } from '../../../../src/core/base/fileTree.js';
import { Problems } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import type { LookUp } from '../../../../src/core/gitops/declarations.js';
import { evaluateText } from '../../../../src/core/gitops/flux/substitution/evaluate.js';
import { planFluxKustomization, type FluxKustomizationPlan } from '../../../../src/core/gitops/flux/planFluxKustomization.js';
import { readYaml11 } from '../../../../src/core/gitops/flux/substitution/restoreOrigins.js';
import { readVariables, valueOfVariable, type Variables } from '../../../../src/core/gitops/flux/substitution/variables.js';
import { renderSource } from '../../../../src/core/gitops/renderSource.js';
import { BuildCache } from '../../../../src/core/kustomize/buildCache.js';
import { idOfObject } from '../../../../src/core/objects/objectId.js';
import { renderingText, type Rendering } from '../../../../src/core/objects/rendering.js';
import { scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';
import { jsonScalarOf } from '../../../../src/core/yaml/scalars.js';
import { projectFolder } from '../../../support/projectFolder.js';

const cases = path.join(projectFolder, 'test/data/flux/build');

interface Outcome {
  readonly planned: FluxKustomizationPlan;
  readonly rendering: Rendering;
  readonly variables: Variables | undefined;
}

function rootOf(file: string, text: string): MapNode {
  const root = parseYaml(new SourceText(file, text)).documents[0]?.root;
  assert(root?.kind === 'map', file);
  return root;
}

function run(files: Readonly<Record<string, string>>, flux: string, objects: readonly string[], isStrict: boolean): Outcome {
  const tree = new MemoryTree(Object.fromEntries(Object.entries(files).map(([name, text]) => [`/repo/${name}`, text])));
  const root = rootOf('/flux.yaml', flux);
  const known = objects.map((text, index) => rootOf(`/objects/${index}.yaml`, text));
  const lookUp: LookUp = (kind, namespace, name) =>
    known.find((each) => {
      const id = idOfObject(each);
      return id.kind === kind && id.namespace === namespace && id.name === name;
    });
  const spec = root.get('spec');
  const at = scalarValue(spec?.kind === 'map' ? spec.get('path') : undefined) ?? '.';
  const planned = planFluxKustomization({ id: idOfObject(root), root }, { tree, folder: `/repo/${at}`, lookUp, isStrict });
  const rendering = renderSource(planned.plan, { tree, cache: new BuildCache(), options: { loadRestrictor: 'rootOnly', enableHelm: false } });
  return { planned, rendering, variables: readVariables(idOfObject(root), root, lookUp, new Map(), new Problems()) };
}

function readTree(folder: string): Record<string, string> {
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name.replaceAll(path.sep, '/'), fs.readFileSync(path.join(folder, name), 'utf8')]));
}

function readCase(name: string): Outcome & { readonly expected: string | undefined } {
  const folder = path.join(cases, name);
  const read = (file: string): string => fs.readFileSync(path.join(folder, file), 'utf8');
  const has = (file: string): boolean => fs.existsSync(path.join(folder, file));
  const objects = has('objects') ? Object.values(readTree(path.join(folder, 'objects'))) : [];
  const outcome = run(readTree(path.join(folder, 'tree')), read('flux.yaml'), objects, !has('lax'));
  return { ...outcome, expected: has('expected.yaml') ? read('expected.yaml') : undefined };
}

describe('planning a Flux Kustomization', () => {
  for (const name of fs.readdirSync(cases)) {
    it(`renders ${name} as Flux does`, () => {
      const { planned, rendering, expected } = readCase(name);
      const errors = [...planned.problems, ...rendering.problems].filter(({ severity }) => severity === 'error');
      if (expected === undefined) assert.notEqual(errors.length, 0, renderingText(rendering));
      else {
        assert.deepEqual(errors, []);
        assert.equal(renderingText(rendering), expected);
      }
    });
  }

  it('lets every substituted scalar be derived from the text before it, with the values of the variables', () => {
    let count = 0;
    for (const name of fs.readdirSync(cases)) {
      const { rendering, variables } = readCase(name);
      for (const { root } of rendering.objects) {
        visitScalars(root, (node) => {
          if (node.step?.kind !== 'substitution' || node.was?.kind !== 'scalar' || !variables) return;
          count++;
          const evaluated = evaluateText(node.was.value, { strict: false, valueOf: (variable) => valueOfVariable(variables, variable) });
          assert('text' in evaluated);
          const possible = [evaluated.text, ...rereadings(evaluated.text)];
          assert(possible.includes(jsonText(node)), `${name}: ${jsonText(node)} is none of ${possible.join(' | ')}`);
        });
      }
    }
    assert(count > 20, `${count}`);
  });

  it('renders each environment of the sample without a problem, with a host of its own', () => {
    const sample = path.join(projectFolder, 'samples/flux-images');
    const files = readTree(sample);
    const hosts = ['dev', 'staging', 'prod'].map((environment) => {
      const declared = (files[`delivery/${environment}.yaml`] ?? '').replace(`name: archive-${environment}`, `name: archive-${environment}\n  namespace: flux-system`);
      const settings = (files['delivery/cluster-settings.yaml'] ?? '').replace('name: cluster-settings', 'name: cluster-settings\n  namespace: flux-system');
      const { planned, rendering } = run(files, declared, [settings], true);
      assert.deepEqual([...planned.problems, ...rendering.problems], []);
      return /host: (.*)/.exec(renderingText(rendering))?.[1];
    });
    assert.deepEqual(hosts, ['dev.archive.example.com', 'staging.archive.example.com', 'prod.archive.example.com']);
  });
});

/** What YAML makes of a text that is put in without quotes. */
function rereadings(text: string): readonly string[] {
  const root = parseYaml(new SourceText('/a.yaml', `v: ${text}\n`)).documents[0]?.root;
  const value = root?.kind === 'map' ? root.get('v') : undefined;
  return value?.kind === 'scalar' ? [jsonText(readYaml11(value))] : [];
}

function jsonText(node: ScalarNode): string {
  const scalar = jsonScalarOf(node);
  return scalar.kind === 'string' ? scalar.value : scalar.kind === 'literal' ? scalar.text : '';
}

function visitScalars(node: YamlNode, visit: (scalar: ScalarNode) => void): void {
  if (node.kind === 'scalar') visit(node);
  else if (node.kind === 'sequence') for (const item of node.items) visitScalars(item, visit);
  else for (const pair of node.pairs) visitScalars(pair.value, visit);
}

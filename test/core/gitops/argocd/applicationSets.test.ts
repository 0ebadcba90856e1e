/**
 * ApplicationSets against what Argo CD's own code generates for them: each folder of test/data/argocd/sets has the set, the
 * repository, clusters and pull requests that it finds, and what came out (recorded by scripts/facts/argocd).
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { expandApplicationSet, type Expansion } from '../../../../src/core/gitops/argocd/applicationSet/expandApplicationSet.js';
import type { GoTemplateResult } from '../../../../src/core/gitops/argocd/applicationSet/renderTree.js';
import type { ApplicationSetWorld, PullRequestSample } from '../../../../src/core/gitops/argocd/applicationSet/world.js';
import type { ScalarNode, YamlNode } from '../../../../src/core/yaml/nodes.js';
import { argoCases, caseFolders, objectOf, objectsOf, readJson, toPlain, withoutEmpty } from '../../../support/argoCases.js';
import { FolderTree } from '../../../support/folderTree.js';

interface Expected {
  readonly error: string | null;
  readonly applications: readonly { readonly name: string; readonly namespace: string; readonly spec: unknown }[];
}

/** What Go makes of the templates of the cases: the engine for them is tested elsewhere. */
const recorded = new Map(
  (
    readJson(path.join(argoCases, 'goTemplates.json')) as readonly {
      readonly text: string;
      readonly data: unknown;
      readonly options: readonly string[];
      readonly result: GoTemplateResult;
    }[]
  ).map(({ text, data, options, result }) => [keyOf(text, data, options), result]),
);

/** The same for data with its fields in any order. */
function keyOf(text: string, data: unknown, options: readonly string[]): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort()
        .map(([key, inner]) => [key, sorted(inner)]),
    );
  };
  return JSON.stringify([text, sorted(data), options]);
}

const world: ApplicationSetWorld = {
  repository: () => undefined,
  clusterSecrets: [],
  pullRequests: () => undefined,
  renderGoTemplate: (text, data, options) =>
    recorded.get(keyOf(text, data, options)) ?? { unsupported: `no answer is recorded for ${keyOf(text, data, options)}; add it to goTemplates.json and run the recorder` },
};

function expandCase(folder: string): Expansion {
  const clusters = `${folder}/clusters.yaml`;
  const pulls = `${folder}/pulls.json`;
  const file = `${folder}/set.yaml`;
  return expandApplicationSet(objectOf(fs.readFileSync(file, 'utf8'), file), {
    ...world,
    repository: () => ({ tree: new FolderTree(), top: `${folder}/repo` }),
    clusterSecrets: fs.existsSync(clusters) ? objectsOf(clusters, fs.readFileSync(clusters, 'utf8')) : [],
    pullRequests: () => (fs.existsSync(pulls) ? (readJson(pulls) as readonly PullRequestSample[]) : undefined),
  });
}

/** What was generated, in the form that was recorded. */
function describeApplications({ applications }: Expansion): unknown {
  const described = applications.map(({ id, root }) => {
    const { metadata, spec } = toPlain(root) as { readonly metadata: Readonly<Record<string, unknown>>; readonly spec: unknown };
    const { labels, annotations, finalizers } = metadata;
    return { name: id.name, namespace: id.namespace, labels, annotations, finalizers, spec };
  });
  return described.sort((a, b) => (a.name < b.name ? -1 : 1)).map((each) => withoutEmpty(each));
}

/** All scalars of a tree. */
function scalarsOf(node: YamlNode): readonly ScalarNode[] {
  if (node.kind === 'scalar') return [node];
  return node.kind === 'sequence' ? node.items.flatMap(scalarsOf) : node.pairs.flatMap(({ key, value }) => [key, ...scalarsOf(value)]);
}

describe('ApplicationSets', () => {
  for (const { name, folder } of caseFolders('sets')) {
    it(`${name} generates what Argo CD does`, () => {
      const expected = readJson(`${folder}/expected.json`) as Expected;
      const expansion = expandCase(folder);
      const errors = expansion.problems.filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        describeApplications(expansion),
        expected.applications.map((each) => withoutEmpty(each)),
        JSON.stringify(errors),
      );
      assert.equal(errors.length > 0, expected.error !== null, JSON.stringify(errors.map(({ code, message }) => [code, message])) + String(expected.error));
    });

    it(`${name}: every generated text stands in some file, and one that a parameter filled says what it overrode`, () => {
      for (const { root } of expandCase(folder).applications) {
        for (const scalar of scalarsOf(root)) {
          assert.ok(fs.existsSync(scalar.source.path), `${scalar.value} stands in ${scalar.source.path}`);
          assert.ok(scalar.end >= scalar.start && scalar.end <= scalar.source.text.length);
          if (scalar.was?.kind === 'scalar' && scalar.step?.field !== 'spec.templatePatch') assert.equal(scalar.step?.kind, 'applicationSet');
        }
      }
    });
  }
});

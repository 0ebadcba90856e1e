/** Pipelines of a fixture, each in a few lines of text, for tests. */
import { idOfObject } from '../../src/core/objects/objectId.js';
import type { Place } from '../../src/core/base/problem.js';
import type { DeliveryObject } from '../../src/core/gitops/delivery.js';
import { describeBranches } from '../../src/core/gitops/pipelines/branchLimit.js';
import type { ImageBuild, Pipeline, PipelineEvent, PipelineInput, TagWrite } from '../../src/core/gitops/pipelines/pipeline.js';
import { readPipelines } from '../../src/core/gitops/pipelines/readPipelines.js';
import { describeText } from '../../src/core/gitops/pipelines/symbolicText.js';
import { parseYaml, type ParsedYaml } from '../../src/core/yaml/parse.js';
import { fixtureRoot, fixtureTree, parseFixture } from './fixture.js';

/** What reading pipelines of a fixture is given; objects are those of its files outside of hidden folders. */
export function pipelineInput(fixture: string, remote?: string): PipelineInput {
  const tree = fixtureTree(fixture);
  const parse = (path: string): ParsedYaml | undefined => {
    const source = tree.read(path);
    return source && parseYaml(source);
  };
  const objects = [...parseFixture(fixture).keys()]
    .filter((path) => !path.startsWith('.') && /\.ya?ml$/.test(path))
    .flatMap((path) => parse(`${fixtureRoot}/${path}`)?.documents ?? [])
    .flatMap(({ root }): DeliveryObject[] =>
      root?.kind === 'map' && root.get('apiVersion') ? [{ id: idOfObject(root), root, foundIn: { kind: 'file', path: root.source.path } }] : [],
    );
  const remotes = remote === undefined ? [] : [{ name: 'origin', url: remote }];
  return { tree, roots: [fixtureRoot], repositories: [{ top: fixtureRoot, remotes, branch: 'main' }], objects, parse };
}

/** Every pipeline's name with its events, then what it builds, writes, and what can't be told. */
export function describePipelines(fixture: string, remote?: string): readonly string[] {
  return readPipelines(pipelineInput(fixture, remote)).flatMap(describePipeline);
}

function describePipeline({ name, events, builds, writes, unresolved }: Pipeline): readonly string[] {
  return [
    `${name}: ${events.map(describeEvent).join('; ')}`,
    ...builds.map(describeBuild),
    ...writes.map(describeWrite),
    ...unresolved.map(({ reason, place }) => `  ? ${reason} @${lineOf(place)}`),
  ];
}

function describeEvent({ kind, repository, branches, pipelines, paths }: PipelineEvent): string {
  return [kind, repository, describeBranches(branches), ...pipelines, ...paths].filter((part) => part !== undefined && part !== '').join(' ');
}

function describeBuild({ tool, image, tags, isPushed, branches, place }: ImageBuild): string {
  const on = describeBranches(branches);
  return `  ${tool} ${isPushed ? 'pushes' : 'builds'} ${describeText(image)}:{${tags.map(describeText).join(',')}}${on === '' ? '' : ` on ${on}`} @${lineOf(place)}`;
}

function describeWrite({ repository, path, field, targets, image, tag, quoting, branch, branches, byPullRequest, isPushed, place }: TagWrite): string {
  const file = repository === undefined ? path : `${repository} ${path}`;
  const lines = targets.map(lineOf).join('+');
  const where = `${file}${field === undefined ? '' : ` ${field}`}${lines === '' ? '' : ` line ${lines}`}`;
  const to = isPushed ? `${byPullRequest ? 'by pull request to' : 'to'} ${branch ? describeText(branch) : '?'}` : 'not pushed';
  const on = describeBranches(branches);
  return `  writes ${image ? describeText(image) : '?'}:${describeText(tag)} (${quoting}) into ${where} ${to}${on === '' ? '' : ` on ${on}`} @${lineOf(place)}`;
}

/** 1-based. */
function lineOf({ source, start, end }: Place): number {
  return source.locate(start, end).range.start.line + 1;
}

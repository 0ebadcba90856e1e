/**
 * Actions that build images, name their tags, write into files or push commits: what their inputs say. Of each only
 * inputs that its own documentation describes.
 */
import type { Place } from '../../base/problem.js';
import { addImages, type Command } from './buildCommands.js';
import type { Job } from './job.js';
import type { BranchLimit, BuildTool } from './pipeline.js';
import { constantHead, constantOf, constantText, holeText, joinTexts, lineTexts, noText, onlyHole, splitText, trimText, withoutPrefix, type SymbolicText } from './symbolicText.js';
import { resolveText } from './workingDirectory.js';
import { addField } from './writeCommands.js';

/** A step that uses an action. */
export interface ActionStep {
  /** `docker/build-push-action`, without version. */
  readonly action: string;
  readonly input: (name: string) => SymbolicText | undefined;
  readonly branches: BranchLimit;
  readonly place: Place;
  /** The place of an input, or of the step where it isn't given. */
  readonly placeOf: (name: string) => Place;
  readonly variable: (name: string) => SymbolicText | undefined;
}

/** Notes what the step does; gives its outputs as far as they are known. */
export function readAction(step: ActionStep, job: Job): ReadonlyMap<string, SymbolicText> {
  const { action, input } = step;
  switch (action) {
    case 'actions/checkout':
      job.addCheckout(
        resolveText('.', input('path') ?? constantText('.')),
        repositoryOf(input('repository')),
        input('ref') ?? (input('repository') ? holeText('defaultBranch', 'HEAD') : step.variable('@checkout')),
      );
      return new Map();
    case 'docker/metadata-action':
      return readMetadata(step);
    case 'docker/build-push-action':
    case 'depot/build-push-action':
    case 'useblacksmith/build-push-action':
    case 'int128/kaniko-action':
      readBuildPush(step, job);
      return new Map();
    case 'fjogeleit/yaml-update-action':
      readYamlUpdate(step, job);
      return new Map();
    case 'stefanzweifel/git-auto-commit-action':
      job.push(resolveText('.', input('repository') ?? constantText('.')), input('branch'), false);
      return new Map();
    case 'EndBug/add-and-commit':
      job.push(resolveText('.', input('cwd') ?? constantText('.')), input('new_branch'), false);
      return new Map();
    case 'ad-m/github-push-action':
      job.push(resolveText('.', input('directory') ?? constantText('.')), input('branch'), false);
      return new Map();
    case 'devops-infra/action-commit-push':
      job.push('.', input('target_branch'), false);
      return new Map();
    case 'peter-evans/create-pull-request':
      job.push(resolveText('.', input('path') ?? constantText('.')), input('base'), true);
      return new Map();
    default:
      readNamedImages(step, job);
      return new Map();
  }
}

function repositoryOf(repository: SymbolicText | undefined): string | undefined {
  if (!repository || onlyHole(repository)?.meaning === 'repository') return undefined;
  return joinTexts(repository)
    .map((part) => (typeof part === 'string' ? part : part.expression))
    .join('');
}

function isFalse(text: SymbolicText | undefined): boolean {
  return text !== undefined && constantOf(text) === 'false';
}

function readBuildPush(step: ActionStep, job: Job): void {
  const { input, branches, placeOf } = step;
  const outputs = input('outputs') ?? noText;
  const isRegistry = outputs.some((part) => typeof part === 'string' && /type=registry|push=true/.test(part));
  const push = input('push');
  const isPushed = isRegistry || (push !== undefined && !isFalse(push));
  const tool: BuildTool = step.action === 'int128/kaniko-action' ? 'kaniko' : 'docker';
  const build = { tool, isPushed, context: input('context') ?? input('file'), branches, place: placeOf('tags') };
  addImages(job, splitText(input('tags') ?? noText, ',\n\r').map(trimText), build);
}

/** Actions that take image, tags and registry apart. */
const namedImages: ReadonlyMap<string, { readonly image: string; readonly tags: string; readonly registry: string; readonly tool: BuildTool }> = new Map([
  ['redhat-actions/push-to-registry', { image: 'image', tags: 'tags', registry: 'registry', tool: 'buildah' as const }],
  ['mr-smithers-excellent/docker-build-push', { image: 'image', tags: 'tags', registry: 'registry', tool: 'docker' as const }],
  ['elgohr/Publish-Docker-Github-Action', { image: 'name', tags: 'tags', registry: 'registry', tool: 'docker' as const }],
  ['aevea/action-kaniko', { image: 'image', tags: 'tag', registry: 'registry', tool: 'kaniko' as const }],
]);

function readNamedImages(step: ActionStep, job: Job): void {
  const names = namedImages.get(step.action);
  const image = names && step.input(names.image);
  if (!names || !image) return;
  const registry = step.input(names.registry);
  const host = registry && constantHead(image).split('/')[0]?.includes('.') !== true ? joinTexts(registry, constantText('/')) : noText;
  const tags = splitText(step.input(names.tags) ?? noText, ', \n');
  const { branches, placeOf } = step;
  job.addBuild({ tool: names.tool, image: joinTexts(host, image), tags, isPushed: true, context: step.input('context'), branches, place: placeOf(names.image) });
}

function readYamlUpdate(step: ActionStep, job: Job): void {
  const { input, branches, place, variable } = step;
  const file = input('valueFile');
  if (!file) return;
  const cwd = resolveText('.', input('workDir') ?? constantText('.'));
  const text = place.source.text.slice(place.start, place.end).split('\n')[0] ?? '';
  const command: Command = { program: step.action, given: [], cwd, branches, variable, place: step.placeOf('valueFile'), text };
  const path = input('propertyPath');
  if (path) addField(command, job, file, path, input('value') ?? noText, 'text');
  for (const line of lineTexts(input('changes') ?? noText)) {
    const [key, value] = splitText(line, '"').filter((piece) => !/^[\s:,{}]*$/.test(constantOf(piece) ?? 'x'));
    if (key && value) addField(command, job, file, key, value, 'text');
  }
  const byPullRequest = input('createPR') !== undefined && !isFalse(input('createPR'));
  const target = byPullRequest ? (input('targetBranch') ?? input('branch')) : input('branch');
  if (!isFalse(input('commitChange'))) job.push(cwd, target, byPullRequest);
}

/** Tags by the rules of docker/metadata-action (README, "tags input", v5). */
function readMetadata(step: ActionStep): ReadonlyMap<string, SymbolicText> {
  const images = lineTexts(step.input('images') ?? noText).flatMap((line) => {
    const parts = splitText(line, ',').map(trimText);
    const off = parts.some((part) => constantOf(part) === 'enable=false');
    const [name] = parts;
    return off || !name ? [] : [withoutPrefix(name, 'name=') ?? name];
  });
  const given = lineTexts(step.input('tags') ?? noText);
  const rules = given.length > 0 ? given : ['type=ref,event=branch', 'type=ref,event=tag', 'type=ref,event=pr'].map(constantText);
  const flavor = (step.input('flavor') ?? noText).map((part) => (typeof part === 'string' ? part : '')).join('');
  const tags = rules.flatMap((rule) => metadataTag(splitText(rule, ',').map(trimText)) ?? []).map(({ tag }) => tag);
  const single = tags.length === 1 ? tags[0] : undefined;
  if (!flavor.includes('latest=false') && rules.some((rule) => /^type=(?:semver|pep440|match)|^type=ref,event=tag/.test(constantHead(rule)))) tags.push(constantText('latest'));
  const references = images.flatMap((image) => tags.map((tag) => joinTexts(image, constantText(':'), tag)));
  const outputs = new Map([['tags', joinTexts(...references.flatMap((reference, index) => (index > 0 ? [constantText('\n'), reference] : [reference])))]]);
  if (single) outputs.set('version', single);
  return outputs;
}

function metadataTag(parts: readonly SymbolicText[]): { readonly tag: SymbolicText } | undefined {
  const field = (name: string): SymbolicText | undefined => parts.map((part) => withoutPrefix(part, `${name}=`)).find((value) => value !== undefined);
  const type = constantOf(field('type') ?? (parts.length === 1 ? constantText('raw') : noText));
  if (isFalse(field('enable'))) return undefined;
  const dress = (tag: SymbolicText, prefix = ''): { readonly tag: SymbolicText } => ({ tag: joinTexts(field('prefix') ?? constantText(prefix), tag, field('suffix') ?? noText) });
  switch (type) {
    case 'sha':
      return dress(constantOf(field('format') ?? noText) === 'long' ? holeText('commit', 'type=sha') : holeText('shortCommit', 'type=sha', 7), 'sha-');
    case 'ref': {
      const event = constantOf(field('event') ?? noText);
      if (event === 'branch') return dress(holeText('branch', 'type=ref,event=branch'));
      if (event === 'tag') return dress(holeText('gitTag', 'type=ref,event=tag'));
      return event === 'pr' ? dress(holeText('number', 'type=ref,event=pr'), 'pr-') : undefined;
    }
    case 'semver':
    case 'pep440':
    case 'match':
      return dress(holeText('gitTag', `type=${type}`));
    case 'raw':
      return dress(metadataValue(field('value') ?? parts[0] ?? noText));
    case 'edge':
      return dress(constantText('edge'));
    case 'schedule':
      return dress(holeText('date', 'type=schedule'));
    default:
      return undefined;
  }
}

/** `{{branch}}`, `{{sha}}` and their like in a raw value. */
function metadataValue(value: SymbolicText): SymbolicText {
  const parts = value.flatMap((part): SymbolicText => (typeof part === 'string' ? part.split(/(\{\{[^}]*\}\})/) : [part]));
  return joinTexts(...parts.map((part) => (typeof part === 'string' && part.startsWith('{{') ? metadataHole(part) : typeof part === 'string' ? constantText(part) : [part])));
}

function metadataHole(written: string): SymbolicText {
  const name = written.slice(2, -2).trim().split(' ')[0];
  if (name === 'sha') return holeText('shortCommit', written, 7);
  if (name === 'branch') return holeText('branch', written);
  if (name === 'tag') return holeText('gitTag', written);
  return holeText(name === 'date' ? 'date' : 'unknown', written);
}

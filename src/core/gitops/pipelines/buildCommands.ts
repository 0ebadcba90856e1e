/**
 * Commands that build or copy images: docker, podman, buildah, buildx, Kaniko, buildctl, ko, Jib, pack, crane, skopeo and
 * the clouds' builders. Options as their documentation names them; what has no name of an image says nothing.
 */
import type { Place } from '../../base/problem.js';
import type { Job } from './job.js';
import type { BranchLimit, BuildTool } from './pipeline.js';
import { constantHead, constantOf, constantText, cutText, holeText, joinTexts, noText, splitImage, splitText, withoutPrefix, type SymbolicText } from './symbolicText.js';

/** A command in a job. */
export interface Command {
  /** The program's name without its folder. */
  readonly program: string;
  readonly given: readonly SymbolicText[];
  readonly cwd: string | undefined;
  readonly branches: BranchLimit;
  readonly variable: (name: string) => SymbolicText | undefined;
  readonly place: Place;
  /** As it is written. */
  readonly text: string;
}

/** Notes what a command builds; true where it is one of those that do. */
export function readBuildCommand(command: Command, job: Job): boolean {
  switch (command.program) {
    case 'docker':
    case 'podman':
    case 'nerdctl':
    case 'buildah':
    case 'depot':
      return readDocker(command, job);
    case 'executor':
    case 'kaniko':
      return readKaniko(command, job);
    case 'buildctl':
    case 'buildctl-daemonless.sh':
      return readBuildctl(command, job);
    case 'ko':
      return readKo(command, job);
    case 'mvn':
    case 'mvnw':
    case 'gradle':
    case 'gradlew':
      return readJib(command, job);
    case 'pack':
      return readPack(command, job);
    case 'crane':
    case 'gcrane':
    case 'skopeo':
    case 'regctl':
      return readCopy(command, job);
    case 'az':
    case 'gcloud':
      return readCloud(command, job);
    default:
      return false;
  }
}

function readDocker(command: Command, job: Job): boolean {
  const plain = command.given.map((word) => constantOf(word) ?? '');
  const verbs = plain.filter((word, index) => index < 4 && /^[a-z]+$/.test(word));
  const tool: BuildTool = command.program === 'buildah' ? 'buildah' : 'docker';
  if (verbs[0] === 'compose' || verbs[0] === 'context') return false;
  if (verbs.includes('imagetools') && verbs.includes('create')) {
    for (const tag of optionValues(command.given, ['-t', '--tag'])) addNamed(command, job, 'copy', [tag], true, undefined);
    return true;
  }
  const verb = verbs.find((word) => ['build', 'bud', 'push', 'tag', 'commit'].includes(word));
  if (verb === 'build' || verb === 'bud') {
    const outputs = optionValues(command.given, ['-o', '--output']).map(readOutput);
    const names = [...optionValues(command.given, ['-t', '--tag']), ...outputs.flatMap(({ names: own }) => own)];
    const isPushed = plain.includes('--push') || plain.includes('--push=true') || outputs.some(({ isPushed: pushed }) => pushed);
    addNamed(command, job, tool, names, isPushed, positionals(command.given).at(-1));
    return true;
  }
  const after = positionals(command.given.slice(plain.indexOf(verb ?? '') + 1));
  if (verb === 'tag' && after[0] && after[1]) {
    const { name, tag } = splitImage(after[1]);
    job.tagImage(after[0], name, tag, command);
    return true;
  }
  if (verb !== 'push') return false;
  const pushed = after.map((word) => withoutPrefix(word, 'docker://') ?? word);
  const last = pushed.at(-1);
  if (last) {
    const { name, tag } = splitImage(last);
    job.pushImage(name, plain.includes('-a') || plain.includes('--all-tags') ? undefined : tag, command);
  }
  return true;
}

/** `type=image,"name=a,b",push=true`. */
function readOutput(output: SymbolicText): { readonly names: readonly SymbolicText[]; readonly isPushed: boolean } {
  const parts = splitText(output, ',"');
  const isImage = parts.some((part) => ['type=image', 'type=registry'].includes(constantOf(part) ?? ''));
  if (!isImage) return { names: [], isPushed: false };
  const at = parts.findIndex((part) => constantHead(part).startsWith('name='));
  const names: SymbolicText[] = [];
  for (const [index, part] of parts.slice(Math.max(at, 0)).entries()) {
    const name = index === 0 ? withoutPrefix(part, 'name=') : constantHead(part).includes('=') ? undefined : part;
    if (at < 0 || !name) break;
    names.push(name);
  }
  const flags = parts.map((part) => constantOf(part));
  return { names, isPushed: flags.includes('push=true') || flags.includes('type=registry') };
}

function readKaniko(command: Command, job: Job): boolean {
  const names = optionValues(command.given, ['-d', '--destination']);
  if (names.length === 0) return command.program === 'executor';
  const isPushed = !command.given.some((word) => ['--no-push', '--no-push=true'].includes(constantOf(word) ?? ''));
  addNamed(command, job, 'kaniko', names, isPushed, optionValues(command.given, ['-c', '--context'])[0]);
  return true;
}

function readBuildctl(command: Command, job: Job): boolean {
  const outputs = optionValues(command.given, ['-o', '--output', '--exporter-opt']).map(readOutput);
  const options = [...optionValues(command.given, ['--opt', '--local'])];
  const context = options.map((option) => withoutPrefix(option, 'context=')).find((value) => value !== undefined);
  for (const { names, isPushed } of outputs) addNamed(command, job, 'buildkit', names, isPushed, context);
  return true;
}

/** Names by ko's strategies (https://ko.build/configuration/#naming-images): only `--bare` and `-B` can be told from the command. */
function readKo(command: Command, job: Job): boolean {
  const plain = command.given.map((word) => constantOf(word) ?? '');
  const repository = command.variable('KO_DOCKER_REPO');
  if (!['build', 'publish'].includes(plain[0] ?? '') || !repository) return false;
  const tags = optionValues(command.given, ['-t', '--tags']).flatMap((tag) => splitText(tag, ','));
  const isPushed = !plain.some((word) => ['--push=false', '-L', '--local'].includes(word));
  for (const path of positionals(command.given.slice(1))) {
    const base = constantOf(path)?.replace(/\/+$/, '').split('/').at(-1);
    const isBare = plain.includes('--bare');
    const isBase = plain.includes('-B') || plain.includes('--base-import-paths');
    if (!isBare && !(isBase && base !== undefined && base !== '.')) continue;
    const image = isBare ? repository : joinTexts(repository, constantText(`/${base ?? ''}`));
    job.addBuild({ tool: 'ko', image, tags: tags.length > 0 ? tags : [constantText('latest')], isPushed, context: path, branches: command.branches, place: command.place });
  }
  return true;
}

/** Goals and properties of Jib's plugins for Maven and Gradle. */
function readJib(command: Command, job: Job): boolean {
  const goals = command.given.map((word) => constantOf(word) ?? '');
  const isJib = goals.some((goal) => /(?:^|:)jib(?::build)?$/.test(goal) || goal === 'jib');
  const find = (...names: readonly string[]): SymbolicText | undefined =>
    command.given.flatMap((word) => names.map((name) => withoutPrefix(word, name))).find((value) => value !== undefined);
  const image = find('-Djib.to.image=', '-Dimage=', '--image=');
  if (!isJib || !image) return false;
  const tags = find('-Djib.to.tags=');
  const { name, tag } = splitImage(image);
  const all = [...(tag ? [tag] : tags ? [] : [constantText('latest')]), ...(tags ? splitText(tags, ',') : [])];
  job.addBuild({ tool: 'jib', image: name, tags: all, isPushed: true, context: undefined, branches: command.branches, place: command.place });
  return true;
}

function readPack(command: Command, job: Job): boolean {
  const [verb, image] = positionals(command.given);
  if (!verb || constantOf(verb) !== 'build' || !image) return false;
  const isPushed = command.given.some((word) => constantOf(word) === '--publish');
  addNamed(command, job, 'pack', [image, ...optionValues(command.given, ['-t', '--tag'])], isPushed, optionValues(command.given, ['-p', '--path'])[0]);
  return true;
}

function readCopy(command: Command, job: Job): boolean {
  const words = positionals(command.given).map((word) => withoutPrefix(word, 'docker://') ?? word);
  const [verb, ...rest] = words[0] && constantOf(words[0]) === 'image' ? words.slice(1) : words;
  const [from, to] = rest;
  switch (verb && constantOf(verb)) {
    case 'copy':
    case 'cp':
      if (from && to) addNamed(command, job, 'copy', [to], true, from);
      return true;
    case 'tag':
      if (from && to) job.addBuild({ tool: 'copy', image: splitImage(from).name, tags: [to], isPushed: true, context: from, branches: command.branches, place: command.place });
      return true;
    case 'push':
      if (to) addNamed(command, job, 'push', [to], true, undefined);
      return true;
    default:
      return false;
  }
}

function readCloud(command: Command, job: Job): boolean {
  const plain = command.given.map((word) => constantOf(word) ?? '');
  const context = positionals(command.given).at(-1);
  if (command.program === 'gcloud' && plain[0] === 'builds' && plain[1] === 'submit') {
    addNamed(command, job, 'cloud', optionValues(command.given, ['-t', '--tag']), true, context);
    return true;
  }
  if (command.program !== 'az' || plain[0] !== 'acr' || plain[1] !== 'build') return false;
  const [registry] = optionValues(command.given, ['-r', '--registry']);
  const host = registry && (constantOf(registry)?.includes('.') ? registry : joinTexts(registry, constantText('.azurecr.io')));
  const names = host ? optionValues(command.given, ['-t', '--image']).map((image) => joinTexts(host, constantText('/'), image)) : [];
  addNamed(command, job, 'cloud', names, true, context);
  return true;
}

/** One build per name; its tags together. A name without a tag is `latest`. */
function addNamed(command: Command, job: Job, tool: BuildTool, names: readonly SymbolicText[], isPushed: boolean, context: SymbolicText | undefined): void {
  addImages(job, names, { tool, isPushed, context, branches: command.branches, place: command.place });
}

/** Adds a build for each image among `references`, with all of its tags. */
export function addImages(
  job: Job,
  references: readonly SymbolicText[],
  build: Pick<Parameters<Job['addBuild']>[0], 'tool' | 'isPushed' | 'context' | 'branches' | 'place'>,
): void {
  const byName = new Map<string, { readonly image: SymbolicText; readonly tags: SymbolicText[] }>();
  for (const reference of references) {
    const { name, tag, digest } = splitImage(reference);
    if (name.length === 0) continue;
    const known = byName.get(JSON.stringify(name)) ?? { image: name, tags: [] };
    const isWhole = name.some((part) => typeof part !== 'string') && tag === undefined && constantOf(name) === undefined && name.length === 1;
    known.tags.push(tag ?? (digest || isWhole ? holeText('unknown', '?') : constantText('latest')));
    byName.set(JSON.stringify(name), known);
  }
  for (const { image, tags } of byName.values()) job.addBuild({ ...build, image, tags });
}

/** The values of an option that may stand several times: `-t a`, `--tag a`, `--tag=a`. */
export function optionValues(given: readonly SymbolicText[], names: readonly string[]): readonly SymbolicText[] {
  return given.flatMap((word, index) => {
    const before = given[index - 1];
    if (before && names.includes(constantOf(before) ?? '')) return [word];
    for (const name of names) {
      const value = name.startsWith('--') ? withoutPrefix(word, `${name}=`) : undefined;
      if (value) return [value];
    }
    return [];
  });
}

/** Options of these programs that stand alone; any other takes the word behind it. */
const switches: ReadonlySet<string> = new Set(
  ['--push', '--load', '--no-cache', '--pull', '--rm', '--force-rm', '--squash', '--quiet', '-q', '--all-tags', '-a', '--publish', '--trust-builder', '--no-push'].concat([
    '--bare',
    '-B',
    '-P',
    '--preserve-import-paths',
    '--base-import-paths',
    '--recursive',
    '-L',
    '--local',
    '--all',
    '--insecure',
    '--verbose',
    '-v',
  ]),
);

/** The words that are neither options nor their values. */
export function positionals(given: readonly SymbolicText[]): readonly SymbolicText[] {
  return given.filter((word, index) => {
    const isOption = (candidate: SymbolicText): boolean => constantHead(candidate).startsWith('-') && constantOf(candidate) !== '-';
    const before = given[index - 1] ?? noText;
    const takesThis = isOption(before) && cutText(before, '=') === undefined && !switches.has(constantOf(before) ?? '');
    return !isOption(word) && !takesThis;
  });
}

/**
 * What the commands of one job have done so far: which repositories are checked out where, which images are built, which
 * tags are written into files, and what of that was pushed. The systems' readers feed it with checkouts and commands.
 */
import { isInside, joinPath, relativePath } from '../../base/path.js';
import type { Place } from '../../base/problem.js';
import type { SourceText } from '../../base/source.js';
import type { YamlNode } from '../../yaml/nodes.js';
import { repositoryKey } from '../gitUrl.js';
import { areTextsEqual, constantOf, constantText, describeText, holeText, joinTexts, onlyHole, type SymbolicText } from './symbolicText.js';
import type { BranchLimit, ImageBuild, PipelineInput, TagQuoting, TagWrite, UnresolvedWrite } from './pipeline.js';
import { isOutsideOfJob } from './workingDirectory.js';
import { describeFieldPath, isImageKey, resolveFieldPath, type FieldStep } from './fieldPath.js';

/** A repository in a folder of the job. */
interface Checkout {
  /** Relative to the job's folder. */
  readonly folder: string;
  /** Undefined for the pipeline's own. */
  readonly repository: string | undefined;
  branch: SymbolicText | undefined;
}

/** A tag to be written, as a command says it. */
export interface WriteRequest {
  /** Relative to the job's folder; undefined where it can't be told. */
  readonly path: string | undefined;
  /** The path or folder as it is written. */
  readonly writtenPath: string;
  /** The field, or the lines that are found by looking at the file. */
  readonly target: readonly FieldStep[] | ((roots: readonly YamlNode[]) => readonly YamlNode[]);
  readonly image: SymbolicText | undefined;
  readonly tag: SymbolicText;
  readonly quoting: TagQuoting;
  readonly branches: BranchLimit;
  readonly place: Place;
  /** The command as it is written. */
  readonly text: string;
}

type MutableWrite = { -readonly [Key in keyof TagWrite]: TagWrite[Key] } & { readonly checkout: Checkout };
type MutableBuild = { -readonly [Key in keyof ImageBuild]: ImageBuild[Key] };

export class Job {
  readonly #input: PipelineInput;
  readonly #root: string | undefined;
  readonly #checkouts: Checkout[] = [];
  readonly #builds: MutableBuild[] = [];
  readonly #writes: MutableWrite[] = [];
  readonly unresolved: UnresolvedWrite[] = [];

  constructor(input: PipelineInput, root: string | undefined) {
    this.#input = input;
    this.#root = root;
  }

  get builds(): readonly ImageBuild[] {
    return this.#builds;
  }

  get writes(): readonly TagWrite[] {
    return this.#writes.map(({ checkout: _, ...write }) => ({ ...write, branch: settleBranch(write.branch, write.branches) }));
  }

  /** @param folder relative to the job's; undefined where it can't be told */
  addCheckout(folder: string | undefined, repository: string | undefined, branch: SymbolicText | undefined): void {
    if (folder === undefined) return;
    const isOwn = repository === undefined || this.#isOwn(repository);
    this.#checkouts.unshift({ folder, repository: isOwn ? undefined : repository, branch });
  }

  /** Another branch is checked out in the repository around `cwd`. */
  switchBranch(cwd: string | undefined, branch: SymbolicText): void {
    const checkout = this.#checkoutOf(cwd);
    if (checkout) checkout.branch = branch;
  }

  addBuild(build: ImageBuild): void {
    this.#builds.push({ ...build });
  }

  /** A build with this image and tag gets another name as well. */
  tagImage(from: SymbolicText, image: SymbolicText, tag: SymbolicText | undefined, build: Pick<ImageBuild, 'place' | 'branches'>): void {
    const known = this.#builds.find(
      (candidate) => candidate.tags.some((other) => areTextsEqual(joinTexts(candidate.image, constantText(':'), other), from)) || areTextsEqual(candidate.image, from),
    );
    this.addBuild({
      tool: known?.tool ?? 'push',
      image,
      tags: tag ? [tag] : [],
      isPushed: false,
      context: known?.context,
      branches: build.branches,
      place: known?.place ?? build.place,
    });
  }

  /** An image goes to its registry. Where nothing here built it, it came with the push. */
  pushImage(image: SymbolicText, tag: SymbolicText | undefined, at: Pick<ImageBuild, 'place' | 'branches'>): void {
    const built = this.#builds.filter((build) => areTextsEqual(build.image, image) && (tag === undefined || build.tags.some((other) => areTextsEqual(other, tag))));
    for (const build of built) build.isPushed = true;
    const isNamed = image.some((part) => typeof part === 'string' && /[a-z0-9]/.test(part));
    if (built.length === 0 && isNamed) this.addBuild({ tool: 'push', image, tags: tag ? [tag] : [], isPushed: true, context: undefined, ...at });
  }

  addWrite(request: WriteRequest): void {
    const { path, writtenPath, place, text } = request;
    const checkout = path === undefined ? undefined : this.#checkoutOf(path);
    if (path === undefined || !checkout) {
      const reason = path === undefined ? `the file depends on ${writtenPath}` : 'no repository is checked out there';
      this.unresolved.push({ text, reason, place });
      return;
    }
    const within = relativePath(`/${checkout.folder}`.replace('/.', '/'), `/${path}`);
    const file = this.#locate(checkout.repository, within);
    const roots = file === undefined ? [] : (this.#input.parse(file)?.documents.flatMap(({ root }) => root ?? []) ?? []);
    const { targets, image, field } = resolveTarget(request, roots);
    if (field === undefined && targets.length === 0 && file !== undefined) {
      this.unresolved.push({ text, reason: roots.length === 0 ? `there is no ${within}` : `no line of ${within} is one that it changes`, place });
      return;
    }
    const { tag, quoting, branches } = request;
    const repository = checkout.repository;
    this.#writes.push({
      repository,
      path: within,
      file,
      field,
      targets,
      image,
      tag,
      quoting,
      branch: checkout.branch,
      branches,
      byPullRequest: false,
      isPushed: false,
      place,
      checkout,
    });
  }

  /** What was written in the repository around `cwd` is pushed. */
  push(cwd: string | undefined, branch: SymbolicText | undefined, byPullRequest: boolean): void {
    const checkout = this.#checkoutOf(cwd);
    for (const write of this.#writes) {
      if (write.isPushed || (checkout && write.checkout !== checkout)) continue;
      write.isPushed = true;
      write.byPullRequest = byPullRequest;
      write.branch = branch ?? write.checkout.branch;
    }
  }

  /** What was written in the repository around `cwd`, pushed or not, is to be merged into another branch. */
  openPullRequest(cwd: string | undefined, base: SymbolicText | undefined): void {
    const checkout = this.#checkoutOf(cwd);
    for (const write of this.#writes) {
      if (checkout && write.checkout !== checkout) continue;
      write.isPushed = true;
      write.byPullRequest = true;
      write.branch = base ?? holeText('defaultBranch', 'HEAD');
    }
  }

  /** The names in a folder of what is checked out; none where it isn't in the workspace. */
  listFolder(path: string): readonly string[] {
    const folder = this.#find(path);
    return folder === undefined ? [] : this.#input.tree.list(folder);
  }

  /** A file of what is checked out; undefined where it isn't in the workspace. */
  readFile(path: string): SourceText | undefined {
    const file = this.#find(path);
    return file === undefined ? undefined : this.#input.tree.read(file);
  }

  #find(path: string): string | undefined {
    const checkout = this.#checkoutOf(path);
    const within = checkout && relativePath(`/${checkout.folder}`.replace('/.', '/'), `/${path}`);
    return checkout && within !== undefined ? this.#locate(checkout.repository, within) : undefined;
  }

  #checkoutOf(path: string | undefined): Checkout | undefined {
    if (path === undefined) return this.#checkouts.length === 1 ? this.#checkouts[0] : undefined;
    const around = this.#checkouts.filter(({ folder }) => (folder === '.' ? !isOutsideOfJob(path) : isInside(path, folder)));
    const depth = ({ folder }: Checkout): number => (folder === '.' ? 0 : folder.split('/').length);
    return around.reduce<Checkout | undefined>((best, checkout) => (best && depth(best) >= depth(checkout) ? best : checkout), undefined);
  }

  #locate(repository: string | undefined, path: string): string | undefined {
    const top = repository === undefined ? this.#root : findRepository(this.#input, repository);
    return top === undefined ? undefined : joinPath(top, `./${path}`);
  }

  #isOwn(repository: string): boolean {
    return this.#root !== undefined && findRepository(this.#input, repository) === this.#root;
  }
}

/** The top of the open repository that `owner/name` or a URL names. */
export function findRepository({ repositories }: Pick<PipelineInput, 'repositories'>, repository: string): string | undefined {
  const isUrl = /:|^[\w-]+\.[\w.-]+\//.test(repository);
  const key = isUrl && !repository.includes('://') && !repository.includes('@') ? repositoryKey(`https://${repository}`) : repositoryKey(repository);
  const ending = `/${repository.toLowerCase().replace(/\.git$/, '')}`;
  return repositories.find(({ remotes }) => remotes.some(({ url }) => repositoryKey(url) === key || (!isUrl && repositoryKey(url).endsWith(ending))))?.top;
}

/** The branch that a pipeline ran for, where it can be one only. */
function settleBranch(branch: SymbolicText | undefined, { only }: BranchLimit): SymbolicText | undefined {
  const [single] = only;
  const isOpen = branch !== undefined && onlyHole(branch)?.meaning === 'branch';
  return isOpen && only.length === 1 && single !== undefined && !single.includes('*') ? constantText(single) : branch;
}

function resolveTarget({ target, image }: WriteRequest, roots: readonly YamlNode[]): { targets: readonly YamlNode[]; image: SymbolicText | undefined; field: string | undefined } {
  if (typeof target === 'function') {
    const targets = target(roots);
    const images = targets.map((node) => imageBeside(roots, node));
    const [first] = images;
    const isSame = first !== undefined && images.every((other) => other !== undefined && describeText(other) === describeText(first));
    return { targets, image: image ?? (isSame ? first : undefined), field: undefined };
  }
  const found = resolveFieldPath(roots, target);
  const [first] = found;
  const beside = found.length === 1 && first ? imageBeside(roots, first.node) : undefined;
  return { targets: found.map(({ node }) => node), image: image ?? beside, field: describeFieldPath(target) };
}

/** The image that a tag belongs to, by the fields beside it. */
function imageBeside(roots: readonly YamlNode[], node: YamlNode): SymbolicText | undefined {
  const waiting: YamlNode[] = [...roots];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if (at.kind === 'sequence') waiting.push(...at.items);
    if (at.kind !== 'map') continue;
    const pair = at.pairs.find(({ value }) => value === node);
    if (!pair) {
      waiting.push(...at.pairs.map(({ value }) => value));
      continue;
    }
    if (isImageKey(pair.key.value) && node.kind === 'scalar') return constantText(node.value.replace(/(?::[^:/]*)?(?:@.*)?$/, ''));
    const name = [at.get('newName'), at.get('repository'), at.get('image'), at.get('name')].find((field) => field?.kind === 'scalar' && field.value !== '');
    const registry = at.get('registry');
    const prefix = registry?.kind === 'scalar' && registry.value !== '' ? `${registry.value}/` : '';
    return name?.kind === 'scalar' ? constantText(prefix + name.value) : undefined;
  }
  return undefined;
}

/** The text of a folder or file that can't be told, for people. */
export function describePath(cwd: string | undefined, path: SymbolicText): string {
  return cwd === undefined && constantOf(path) !== undefined ? `the folder that ${describeText(path)} is in` : describeText(path);
}

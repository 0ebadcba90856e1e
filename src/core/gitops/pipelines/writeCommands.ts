/**
 * Commands that write tags into files: `kustomize edit set image`, yq (mikefarah's, its version 3, and the wrapper around
 * jq), `sed -i` and `perl -pi`. And git, which says where what was written goes.
 */
import type { Job } from './job.js';
import { describePath } from './job.js';
import { optionValues, type Command } from './buildCommands.js';
import { isImageKey, isTagKey, parseFieldPath, type FieldStep } from './fieldPath.js';
import type { TagQuoting } from './pipeline.js';
import { parseSedScript, readSubstitution } from './sedScript.js';
import { resolveText } from './workingDirectory.js';
import {
  constantHead,
  constantOf,
  constantText,
  cutText,
  describeText,
  holeText,
  joinTexts,
  noText,
  splitImage,
  trimText,
  withoutPrefix,
  type Hole,
  type SymbolicText,
} from './symbolicText.js';

/** Notes what a command writes or pushes; true where it is one of those that do. */
export function readWriteCommand(command: Command, job: Job): boolean {
  switch (command.program) {
    case 'kustomize':
      return readKustomize(command, job);
    case 'yq':
      return readYq(command, job);
    case 'sed':
    case 'gsed':
    case 'perl':
      return readSed(command, job);
    case 'find':
    case 'xargs':
      return readMany(command, job);
    case 'git':
      return readGit(command, job);
    case 'gh':
    case 'glab':
      if (['pr create', 'mr create'].includes(command.given.slice(0, 2).map(describeText).join(' '))) {
        const [base] = optionValues(command.given, command.program === 'gh' ? ['-B', '--base'] : ['-b', '--target-branch']);
        job.openPullRequest(command.cwd, base);
      }
      return true;
    default:
      return false;
  }
}

/** `name=newName:tag`, `name=*:tag`, `name:tag` (kustomize/commands/edit/set/setimage.go, kustomize 5.8). */
function readKustomize(command: Command, job: Job): boolean {
  const words = command.given.map((word) => constantOf(word) ?? '');
  const start = words.findIndex((word, index) => word === 'edit' && words[index + 1] === 'set' && words[index + 2] === 'image');
  if (start < 0) return true;
  const names = command.cwd === undefined ? [] : job.listFolder(command.cwd);
  const file = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].find((name) => names.includes(name)) ?? 'kustomization.yaml';
  const path = command.cwd === undefined ? undefined : resolveText(command.cwd, constantText(file));
  for (const argument of command.given.slice(start + 3)) {
    if (constantHead(argument).startsWith('-')) continue;
    const [left, right] = cutText(argument, '=') ?? [undefined, argument];
    const { name, tag, digest } = splitImage(right);
    const version = tag ?? digest;
    const source = left ?? name;
    if (!version || constantOf(version) === '*') continue;
    const key = tag ? 'newTag' : 'digest';
    const step: FieldStep = constantOf(source) === undefined ? '*' : { key: 'name', value: constantOf(source) ?? '' };
    if (step === '*') {
      job.unresolved.push({ text: command.text, reason: `the image depends on ${describeText(source)}`, place: command.place });
      continue;
    }
    const image = constantOf(name) === '*' || name.length === 0 ? undefined : name;
    addTo(command, job, path, constantText(file), ['images', step, key], image, version, 'text');
  }
  return true;
}

function addTo(
  command: Command,
  job: Job,
  path: string | undefined,
  written: SymbolicText,
  target: Parameters<Job['addWrite']>[0]['target'],
  image: SymbolicText | undefined,
  tag: SymbolicText,
  quoting: TagQuoting,
): void {
  const { branches, place, text, cwd } = command;
  job.addWrite({ path, writtenPath: describePath(cwd, written), target, image, tag, quoting, branches, place, text });
}

function readYq(command: Command, job: Job): boolean {
  const plain = command.given.map((word) => constantOf(word) ?? '');
  const inPlace = plain.some((word) => /^-[a-zA-Z]*i[a-zA-Z]*$|^--inplace$|^--in-place$/.test(word));
  if (!inPlace) return true;
  const words = command.given.filter((word) => !constantHead(word).startsWith('-'));
  const verb = constantOf(words[0] ?? noText) ?? '';
  if (verb === 'w' || verb === 'write') {
    const [, file, path, value] = words;
    if (file && path && value) addField(command, job, file, path, value, 'parsed');
    return true;
  }
  const [expression, ...files] = ['e', 'eval', 'ea', 'eval-all'].includes(verb) ? words.slice(1) : words;
  const isTyped = plain.some((word) => /^-[a-zA-Z]*[yY]/.test(word) || word === '--yaml-output');
  for (const [left, right] of assignmentsOf(expression ?? noText)) {
    const value = readYqValue(trimText(right), command.variable);
    for (const file of files) addField(command, job, file, left, value.text, isTyped ? 'text' : value.quoting);
  }
  return true;
}

/** Writes one field, where it holds a tag. */
export function addField(command: Command, job: Job, file: SymbolicText, path: SymbolicText, value: SymbolicText, quoting: TagQuoting): void {
  const constant = constantOf(path);
  const steps = constant === undefined ? undefined : parseFieldPath(constant, (name) => known(command.variable(name)));
  const key = steps?.findLast((step) => typeof step === 'string');
  if (!steps || typeof key !== 'string') {
    if (/tag|image/i.test(describeText(path))) job.unresolved.push({ text: command.text, reason: `the field ${describeText(path)} can't be told`, place: command.place });
    return;
  }
  if (!isTagKey(key)) return;
  const { name, tag, digest } = splitImage(value);
  const version = isImageKey(key) ? (tag ?? digest) : value;
  if (!version) return;
  // A whole image has a colon or a slash in it: no YAML takes it for a number.
  const isImage = isImageKey(key);
  addTo(command, job, resolveText(command.cwd, file), file, steps, isImage ? name : undefined, version, isImage ? 'text' : quoting);
}

function known(text: SymbolicText | undefined): string | undefined {
  return text && constantOf(text);
}

/** The assignments of a yq expression: `.a = x | .b = y`. */
function assignmentsOf(expression: SymbolicText): readonly (readonly [SymbolicText, SymbolicText])[] {
  return splitOutside(expression, '|').flatMap((part) => {
    const sides = splitOutside(part, '=');
    const [left, right] = sides;
    return sides.length === 2 && left && right ? [[trimText(left), right] as const] : [];
  });
}

/** Splits where the separator stands outside of parentheses and quotes; `==`, `!=` and `|=` are no separators. */
function splitOutside(text: SymbolicText, separator: '|' | '=' | '+'): readonly SymbolicText[] {
  const pieces: SymbolicText[] = [];
  let piece: (string | Hole)[] = [];
  let depth = 0;
  let quote = '';
  const tokens = text.flatMap((part): readonly (string | Hole)[] => (typeof part === 'string' ? [...part] : [part]));
  tokens.forEach((token, index) => {
    const around = `${neighbor(tokens[index - 1])}${neighbor(tokens[index + 1])}`;
    if (quote !== '') {
      if (token === quote && tokens[index - 1] !== '\\') quote = '';
    } else if (token === '"' || token === "'") quote = token;
    else if (token === '(' || token === '[') depth++;
    else if (token === ')' || token === ']') depth--;
    else if (token === separator && depth === 0 && !/[=!<>]|\|(?==)|^\|/.test(separator === '|' ? around.replaceAll('|', '') : around)) {
      pieces.push(textOf(piece));
      piece = [];
      return;
    }
    piece.push(token);
  });
  return [...pieces, textOf(piece)];
}

function neighbor(token: string | Hole | undefined): string {
  return typeof token === 'string' ? token : ' ';
}

function textOf(tokens: readonly (string | Hole)[]): SymbolicText {
  return joinTexts(...tokens.map((token) => [token]));
}

/** `"text"`, `strenv(NAME)` and sums of them are texts; `env(NAME)` and bare words are read as YAML. */
function readYqValue(value: SymbolicText, variable: Command['variable']): { readonly text: SymbolicText; readonly quoting: TagQuoting } {
  const parts = splitOutside(value, '+').map(trimText);
  if (parts.length > 1) return { text: joinTexts(...parts.map((part) => readYqValue(part, variable).text)), quoting: 'text' };
  const constant = constantOf(value);
  const call = constant === undefined ? undefined : /^(strenv|env)\(\s*(\w+)\s*\)$/.exec(constant);
  if (call) return { text: variable(call[2] ?? '') ?? holeText('unknown', `$${call[2] ?? ''}`), quoting: call[1] === 'env' ? 'parsed' : 'text' };
  const reference = constant === undefined ? undefined : /^(?:\$ENV|env)\.(\w+)$/.exec(constant)?.[1];
  if (reference !== undefined) return { text: variable(reference) ?? holeText('unknown', `$${reference}`), quoting: 'text' };
  const quoted = withoutPrefix(value, '"');
  const inner = quoted && cutText(quoted, '"', 'last')?.[0];
  if (inner) return { text: inner, quoting: 'text' };
  return { text: constant !== undefined && /^\$\w+$/.test(constant) ? holeText('unknown', constant) : value, quoting: 'parsed' };
}

function readSed(command: Command, job: Job): boolean {
  const plain = command.given.map((word) => constantOf(word) ?? '\u0000');
  const isPerl = command.program === 'perl';
  const inPlace = plain.some((word) => (isPerl ? /^-\w*i/.test(word) : /^-[nErsuz]*i|^--in-place/.test(word)));
  if (!inPlace) return true;
  const given = command.given.filter((word, index) => !(constantOf(word) === '' && /^-[Er]*i$/.test(plain[index - 1] ?? '')));
  const option = isPerl ? given.find((_, index) => /^-\w*e$/.test(constantOf(given[index - 1] ?? noText) ?? '')) : undefined;
  const scripts = isPerl ? (option ? [option] : []) : optionValues(given, ['-e', '--expression']);
  const others = given.filter((word) => !scripts.includes(word) && !(constantHead(word).startsWith('-') && word.length === 1));
  const files = scripts.length > 0 ? others : others.slice(1);
  for (const text of scripts.length > 0 ? scripts : others.slice(0, 1)) {
    const substitutions = parseSedScript(text);
    const looksLikeTag = /newTag|\btag:|image:/i.test(describeText(text));
    if (!substitutions) {
      if (looksLikeTag) job.unresolved.push({ text: command.text, reason: 'its script is more than substitutions', place: command.place });
      continue;
    }
    for (const substitution of substitutions) {
      const write = readSubstitution(substitution);
      if (!write && looksLikeTag) job.unresolved.push({ text: command.text, reason: 'what its pattern matches depends on the file', place: command.place });
      for (const file of write ? files : []) if (write) addTo(command, job, resolveText(command.cwd, file), file, write.find, write.image, write.tag, write.quoting);
    }
  }
  return true;
}

/** `find … -exec sed -i …`: which files it writes is known only when it runs. */
function readMany(command: Command, job: Job): boolean {
  const words = command.given.map((word) => describeText(word));
  const writes = words.some((word) => /^(?:\S*\/)?(?:sed|yq|perl)$/.test(word)) && words.some((word) => /^-\w*i|^--in-?place/.test(word));
  if (writes && words.some((word) => /newTag|\btag:|\.tag\b|image:/i.test(word)))
    job.unresolved.push({ text: command.text, reason: 'its files are looked for when it runs', place: command.place });
  return true;
}

function readGit(command: Command, job: Job): boolean {
  let cwd = command.cwd;
  let given = command.given;
  for (let option = constantOf(given[0] ?? noText); option === '-C' || option === '-c'; option = constantOf(given[0] ?? noText)) {
    if (option === '-C') cwd = resolveText(cwd, given[1] ?? noText);
    given = given.slice(2);
  }
  const [verb, ...rest] = given;
  const words = gitPositionals(verb ? (constantOf(verb) ?? '') : '', rest);
  switch (verb && constantOf(verb)) {
    case 'clone': {
      const [url, folder] = words;
      if (!url) return true;
      const repository = describeText(withoutCredentials(url));
      const [branch] = optionValues(rest, ['-b', '--branch']);
      const name =
        repository
          .replace(/\/+$/, '')
          .split('/')
          .at(-1)
          ?.replace(/\.git$/, '') ?? repository;
      job.addCheckout(resolveText(command.cwd, folder ?? constantText(name)), repository, branch ?? holeText('defaultBranch', 'HEAD'));
      return true;
    }
    case 'checkout':
    case 'switch': {
      const isFile = rest.some((word) => constantOf(word) === '--');
      const [branch] = words;
      if (branch && !isFile) job.switchBranch(cwd, branch);
      return true;
    }
    case 'push': {
      const [, reference] = words;
      const pushed = reference === undefined ? undefined : (withoutPrefix(reference, '+') ?? reference);
      const target = pushed && (cutText(pushed, ':')?.[1] ?? pushed);
      const isHead = target !== undefined && constantOf(target) === 'HEAD';
      const isTag = rest.some((word) => ['--tags', '--delete'].includes(constantOf(word) ?? '')) && !reference;
      const branch = target && !isHead ? (withoutPrefix(target, 'refs/heads/') ?? target) : undefined;
      if (!isTag) job.push(cwd, branch, false);
      return true;
    }
    default:
      return true;
  }
}

/** Options of git that take the word behind them, by verb; the `-b` of `checkout` names what is wanted. */
const gitOptionsWithValue: Readonly<Record<string, readonly string[]>> = {
  clone: ['-b', '--branch', '--depth', '-o', '--origin', '--filter', '--reference', '-j', '--jobs', '-c', '--config'],
  push: ['-o', '--push-option', '--repo'],
};

function gitPositionals(verb: string, given: readonly SymbolicText[]): readonly SymbolicText[] {
  const withValue = gitOptionsWithValue[verb] ?? [];
  return given.filter((word, index) => !constantHead(word).startsWith('-') && !withValue.includes(constantOf(given[index - 1] ?? noText) ?? ''));
}

/** A URL without user and password, and without its scheme where it had some. */
export function withoutCredentials(url: SymbolicText): SymbolicText {
  const [before, after] = cutText(url, '@', 'last') ?? [];
  if (!before || !after) return url;
  return constantHead(before).includes('://') ? joinTexts(constantText('https://'), after) : url;
}

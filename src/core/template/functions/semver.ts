/** Semantic versions and constraints as Masterminds/semver v3.5.0 reads them (version.go, constraints.go). */
import { quoteText } from '../goText.js';
import { Failure, Struct, Text, type TemplateFunction, type Value } from '../values.js';
import { boolOf, define, intOf } from './define.js';

export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: string;
  readonly metadata: string;
  /** As it was written. */
  readonly original: string;
}

const versionPattern = /^v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** A version, with or without its minor and patch numbers, or why it is none. */
export function parseVersion(text: string): Version | Failure {
  if (text.length > 256) return new Failure('version string is too long (max 256 bytes)');
  const match = versionPattern.exec(text);
  if (!match) return new Failure('invalid semantic version');
  const [, major = '0', minor = '.0', patch = '.0', prerelease = '', metadata = ''] = match;
  const numbers = [major, minor.slice(1), patch.slice(1)];
  const large = numbers.find((digits) => BigInt(digits) > 2n ** 64n - 1n);
  if (large !== undefined) return new Failure(`error parsing version segment: strconv.ParseUint: parsing ${quoteText(large)}: value out of range`);
  if (prerelease.split('.').some((part) => /^0[0-9]+$/.test(part))) return new Failure('version segment starts with 0');
  const [first = 0n, second = 0n, third = 0n] = numbers.map(BigInt);
  return { major: first, minor: second, patch: third, prerelease, metadata, original: text };
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const [x, y] = [/^[0-9]+$/.test(a), /^[0-9]+$/.test(b)];
  if (x && y) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  if (x !== y) return x ? -1 : 1;
  return a < b ? -1 : 1;
}

function comparePrerelease(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '') return 1;
  if (b === '') return -1;
  const [x, y] = [a.split('.'), b.split('.')];
  for (let at = 0; at < Math.max(x.length, y.length); at++) {
    const order = comparePart(x[at], y[at]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Negative where `a` is the older one. */
export function compareVersions(a: Version, b: Version): number {
  for (const part of ['major', 'minor', 'patch'] as const) if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  return comparePrerelease(a.prerelease, b.prerelease);
}

interface Constraint {
  readonly operator: string;
  readonly version: Version;
  readonly isDirty: boolean;
  readonly isMinorDirty: boolean;
  readonly isPatchDirty: boolean;
}

/** Alternatives of constraints that must all hold. */
export type Constraints = readonly (readonly Constraint[])[];

const versionText = String.raw`v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?(-(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(\+(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?`;
const versionShape = versionText.replace(/\((?!\?)/g, '(?:');
const operators = String.raw`(?:!=|>=|=>|<=|=<|~>|=|>|<|~|\^|)`;
const partPattern = new RegExp(String.raw`(${operators})\s*${versionText}`, 'g');
const listPattern = new RegExp(String.raw`^\s*${operators}\s*${versionShape}\s*(?:(?:\s+|,\s*)${operators}\s*${versionShape}\s*)*$`);
const rangePattern = new RegExp(String.raw`\s*(${versionShape})\s+-\s+(${versionShape})\s*`, 'g');
const maxLength = 512;

/** Constraints such as `^1.2 || >= 2.0, < 3`, or why they are none. */
export function parseConstraints(text: string): Constraints | Failure {
  if (text.length > maxLength) return new Failure(`constraint string is too long (max ${maxLength} bytes)`);
  const alternatives: Constraint[][] = [];
  for (const part of text.replace(rangePattern, '>= $1, <= $2 ').split('||')) {
    if (!listPattern.test(part)) return new Failure(`improper constraint: ${quoteText(part)}`);
    const constraints: Constraint[] = [];
    for (const match of part.matchAll(partPattern)) {
      const constraint = makeConstraint(match);
      if (constraint instanceof Failure) return constraint;
      constraints.push(constraint);
    }
    alternatives.push(constraints);
  }
  return alternatives.length > 32 ? new Failure('too many constraint groups (max 32)') : alternatives;
}

function isWild(part: string | undefined): boolean {
  return part === undefined || ['x', 'X', '*'].includes(part.replace('.', ''));
}

function makeConstraint([, operator = '', major, minor, patch, prerelease = '']: RegExpMatchArray): Constraint | Failure {
  const level = isWild(major) ? 0 : isWild(minor) ? 1 : isWild(patch) ? 2 : 3;
  const numbers = level === 0 ? '0.0.0' : level === 1 ? `${major}.0.0` : level === 2 ? `${major}${minor}.0` : `${major}${minor}${patch}`;
  const version = parseVersion(numbers + prerelease);
  if (version instanceof Failure) return new Failure('constraint parser error');
  return { operator, version, isDirty: level < 3, isMinorDirty: level === 1, isPatchDirty: level === 2 };
}

/** True where a version is among those that constraints allow. */
export function satisfies(version: Version, constraints: Constraints): boolean {
  return constraints.some((group) => {
    const takesPrereleases = group.some((constraint) => constraint.version.prerelease !== '');
    return group.every((constraint) => (version.prerelease === '' || takesPrereleases) && holds(version, constraint));
  });
}

function holds(version: Version, constraint: Constraint): boolean {
  const { operator, version: wanted, isDirty, isMinorDirty, isPatchDirty } = constraint;
  const order = compareVersions(version, wanted);
  switch (operator) {
    case '!=':
      if (!isDirty) return order !== 0;
      if (wanted.major !== version.major) return true;
      if (isMinorDirty) return false;
      if (wanted.minor !== version.minor) return true;
      if (!isPatchDirty) return wanted.patch !== version.patch || order !== 0;
      return (version.prerelease !== '' || wanted.prerelease !== '') && comparePrerelease(version.prerelease, wanted.prerelease) !== 0;
    case '>':
      if (!isDirty || version.major !== wanted.major) return isDirty ? version.major > wanted.major : order > 0;
      if (isMinorDirty) return false;
      return isPatchDirty ? version.minor > wanted.minor : order > 0;
    case '<':
      return order < 0;
    case '>=':
    case '=>':
      return order >= 0;
    case '<=':
    case '=<':
      if (!isDirty) return order <= 0;
      return version.major <= wanted.major && !(version.major === wanted.major && version.minor > wanted.minor && !isMinorDirty);
    case '^':
      return order >= 0 && holdsCaret(version, constraint);
    case '~':
    case '~>':
      return holdsTilde(version, constraint);
    default:
      return isDirty ? holdsTilde(version, constraint) : order === 0;
  }
}

function holdsTilde(version: Version, { version: wanted, isMinorDirty, isPatchDirty }: Constraint): boolean {
  if (compareVersions(version, wanted) < 0) return false;
  if (wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n && !isMinorDirty && !isPatchDirty) return true;
  return version.major === wanted.major && (version.minor === wanted.minor || isMinorDirty);
}

function holdsCaret(version: Version, { version: wanted, isMinorDirty, isPatchDirty }: Constraint): boolean {
  if (wanted.major > 0n || isMinorDirty) return version.major === wanted.major;
  if (version.major > 0n) return false;
  if (wanted.minor > 0n || isPatchDirty) return version.minor === wanted.minor;
  return version.minor === 0n && version.patch === wanted.patch;
}

/** A version as the struct that templates see. */
function versionStruct(version: Version): Struct {
  const shown = `${version.major}.${version.minor}.${version.patch}${version.prerelease === '' ? '' : `-${version.prerelease}`}${version.metadata === '' ? '' : `+${version.metadata}`}`;
  const method = (name: string, value: Value): readonly [string, TemplateFunction] => [name, define(name, '', `The ${name} of a version.`, () => value)];
  const number = (value: bigint): Value => intOf(value, 'uint64');
  const next = (name: string, bumped: () => Version): readonly [string, TemplateFunction] => [name, define(name, '', 'The next version.', () => versionStruct(bumped()))];
  const plain = { prerelease: '', metadata: '' };
  const compared = (name: string, answer: (order: number) => Value): readonly [string, TemplateFunction] => [
    name,
    define(`${name} VERSION`, 'any', 'Compares with another version.', (args) => {
      const other = args.at(0);
      const parsed =
        other?.kind === 'struct' && other.goType === '*semver.Version'
          ? parseVersion(other.shown ?? '')
          : new Failure(`wrong type for value; expected *semver.Version; got ${other?.goType ?? '<nil>'}`);
      return parsed instanceof Failure ? parsed : answer(compareVersions(version, parsed));
    }),
  ];
  const methods = new Map([
    method('Major', number(version.major)),
    method('Minor', number(version.minor)),
    method('Patch', number(version.patch)),
    method('Prerelease', new Text(version.prerelease)),
    method('Metadata', new Text(version.metadata)),
    method('Original', new Text(version.original)),
    method('String', new Text(shown)),
    next('IncMajor', () => ({ ...plain, major: version.major + 1n, minor: 0n, patch: 0n, original: '' })),
    next('IncMinor', () => ({ ...plain, major: version.major, minor: version.minor + 1n, patch: 0n, original: '' })),
    next('IncPatch', () => ({ ...plain, major: version.major, minor: version.minor, patch: version.prerelease === '' ? version.patch + 1n : version.patch, original: '' })),
    compared('Compare', (order) => intOf(Math.sign(order))),
    compared('Equal', (order) => boolOf(order === 0)),
    compared('LessThan', (order) => boolOf(order < 0)),
    compared('GreaterThan', (order) => boolOf(order > 0)),
  ]);
  return new Struct(new Map(), '*semver.Version', methods, undefined, shown);
}

/** sprig's functions on versions. */
export const semverFunctions: readonly TemplateFunction[] = [
  define('semver VERSION', 'string', 'A version, whose parts are .Major, .Minor, .Patch, .Prerelease and .Metadata.', (args) => {
    const version = parseVersion(args.string(0));
    return version instanceof Failure ? version : versionStruct(version);
  }),
  define('semverCompare CONSTRAINT VERSION', 'string string', 'True where the version is one that the constraint allows, such as ">=1.21-0".', (args) => {
    const constraints = parseConstraints(args.string(0));
    if (constraints instanceof Failure) return constraints;
    const version = parseVersion(args.string(1));
    return version instanceof Failure ? version : boolOf(satisfies(version, constraints));
  }),
];

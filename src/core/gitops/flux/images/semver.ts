/** Versions and their ranges as github.com/Masterminds/semver v3.5.0 reads them, which Flux and Helm use. */

export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Behind the `-`; empty for a release. */
  readonly pre: string;
}

const versionPattern = /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const biggest = 2n ** 64n - 1n;

/** A version, also with fewer than three numbers or with leading zeros; undefined for anything else (semver.NewVersion). */
export function parseVersion(text: string): Version | undefined {
  const match = text.length > 256 ? null : versionPattern.exec(text);
  const pre = match?.[4] ?? '';
  if (!match || pre.split('.').some((part) => /^0\d+$/.test(part))) return undefined;
  const [major = 0n, minor = 0n, patch = 0n] = [match[1], match[2], match[3]].map((part) => BigInt(part ?? '0'));
  return major > biggest || minor > biggest || patch > biggest ? undefined : { major, minor, patch, pre };
}

/** A version with two dots, in its numbers or behind them (fluxcd/pkg/version v0.16.0 ParseVersion). */
export function parseDottedVersion(text: string): Version | undefined {
  return text.split('.').length >= 3 ? parseVersion(text) : undefined;
}

/** Negative where `a` is older; what stands behind a `+` doesn't count. */
export function compareVersions(a: Version, b: Version): number {
  for (const part of ['major', 'minor', 'patch'] as const) if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  if (a.pre === b.pre) return 0;
  if (a.pre === '' || b.pre === '') return a.pre === '' ? 1 : -1;
  return comparePrereleases(a.pre.split('.'), b.pre.split('.'));
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [x = '', y = ''] = [a[index], b[index]];
    if (x === y) continue;
    if (x === '' || y === '') return x === '' ? -1 : 1;
    const [xIsNumber, yIsNumber] = [isNumber(x), isNumber(y)];
    if (xIsNumber && yIsNumber) return BigInt(x) < BigInt(y) ? -1 : 1;
    if (xIsNumber || yIsNumber) return xIsNumber ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text) && BigInt(text) <= biggest;
}

/** A range such as `>=1.2 <2 || ~3.1`. */
export interface VersionRange {
  /** True for a version in the range; prereleases only in those alternatives that name one. */
  includes(version: Version): boolean;
}

/** Parses a range; undefined for what is none (semver.NewConstraint). */
export function parseRange(text: string): VersionRange | undefined {
  if (text.length > 512) return undefined;
  const alternatives = rewriteHyphens(text).split('||');
  if (alternatives.length > 32) return undefined;
  const parsed: (readonly Constraint[])[] = [];
  for (const alternative of alternatives) {
    const constraints = parseConstraints(alternative);
    if (!constraints) return undefined;
    parsed.push(constraints);
  }
  return {
    includes: (version) =>
      parsed.some((constraints) => {
        const namesPrerelease = constraints.some(({ version: { pre } }) => pre !== '');
        return (version.pre === '' || namesPrerelease) && constraints.every((constraint) => holds(constraint, version));
      }),
  };
}

type Operator = '' | '!=' | '>' | '<' | '>=' | '<=' | '~' | '^';

interface Constraint {
  readonly operator: Operator;
  readonly version: Version;
  /** Numbers that are left out or are `x`: any, the minor one (and the patch), the patch. */
  readonly isOpen: boolean;
  readonly isMinorOpen: boolean;
  readonly isPatchOpen: boolean;
}

const part = '[0-9|xX*]+';
const constraintVersion = `v?(${part})(\\.${part})?(\\.${part})?(-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`;
const operators: Readonly<Record<string, Operator>> = {
  '': '',
  '=': '',
  '!=': '!=',
  '>': '>',
  '<': '<',
  '>=': '>=',
  '=>': '>=',
  '<=': '<=',
  '=<': '<=',
  '~': '~',
  '~>': '~',
  '^': '^',
};

/** `1.2 - 1.4` is `>= 1.2, <= 1.4`. */
function rewriteHyphens(text: string): string {
  const hyphens = new RegExp(`\\s*(${constraintVersion})\\s+-\\s+(${constraintVersion})\\s*`, 'g');
  return text.replace(hyphens, (...match: readonly unknown[]) => `>= ${String(match[1])}, <= ${String(match[7])} `);
}

function parseConstraints(text: string): readonly Constraint[] | undefined {
  const one = new RegExp(`\\s*(!=|>=|=>|<=|=<|~>|[=><~^]|)\\s*(${constraintVersion})`, 'y');
  const between = /\s*,\s*|\s+|$/y;
  const constraints: Constraint[] = [];
  for (let at = 0; at < text.length || constraints.length === 0;) {
    one.lastIndex = at;
    const match = one.exec(text);
    const constraint = match && makeConstraint(match);
    if (!constraint) return undefined;
    constraints.push(constraint);
    between.lastIndex = one.lastIndex;
    const separator = between.exec(text);
    if (!separator) return undefined;
    at = between.lastIndex;
    if (at >= text.length && separator[0].includes(',')) return undefined;
  }
  return constraints;
}

function makeConstraint([, operator = '', whole = '', major = '', minor = '', patch = '', pre = '']: readonly (string | undefined)[]): Constraint | undefined {
  const isX = (text: string): boolean => ['', 'x', 'X', '*'].includes(text.replace('.', ''));
  const isMajorOpen = isX(major);
  const isMinorOpen = !isMajorOpen && isX(minor);
  const isPatchOpen = !isMajorOpen && !isMinorOpen && isX(patch);
  const text = isMajorOpen ? `0.0.0${pre}` : isMinorOpen ? `${major}.0.0${pre}` : isPatchOpen ? `${major}${minor}.0${pre}` : whole;
  const version = parseVersion(text);
  return version && { operator: operators[operator] ?? '', version, isOpen: isMajorOpen || isMinorOpen || isPatchOpen, isMinorOpen, isPatchOpen };
}

function holds(constraint: Constraint, version: Version): boolean {
  const { operator, version: wanted, isOpen, isMinorOpen } = constraint;
  const order = compareVersions(version, wanted);
  switch (operator) {
    case '':
      return isOpen ? isInTilde(constraint, version) : order === 0;
    case '!=':
      return isOpen ? isElsewhere(constraint, version) : order !== 0;
    case '>':
      return isOpen ? isAbove(constraint, version) : order > 0;
    case '<':
      return order < 0;
    case '>=':
      return order >= 0;
    case '<=':
      if (!isOpen) return order <= 0;
      return version.major < wanted.major || (version.major === wanted.major && (version.minor <= wanted.minor || isMinorOpen));
    case '~':
      return isInTilde(constraint, version);
    case '^':
      return isInCaret(constraint, version);
  }
}

function isInTilde({ version: wanted, isMinorOpen, isPatchOpen }: Constraint, version: Version): boolean {
  if (compareVersions(version, wanted) < 0) return false;
  const isAny = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n && !isMinorOpen && !isPatchOpen;
  return isAny || (version.major === wanted.major && (version.minor === wanted.minor || isMinorOpen));
}

function isInCaret({ version: wanted, isMinorOpen, isPatchOpen }: Constraint, version: Version): boolean {
  if (compareVersions(version, wanted) < 0) return false;
  if (wanted.major > 0n || isMinorOpen) return version.major === wanted.major;
  if (version.major > 0n) return false;
  if (wanted.minor > 0n || isPatchOpen) return version.minor === wanted.minor;
  return version.minor === 0n && version.patch === wanted.patch;
}

/** `!=` with open numbers. */
function isElsewhere({ version: wanted, isMinorOpen, isPatchOpen }: Constraint, version: Version): boolean {
  if (version.major !== wanted.major) return true;
  if (isMinorOpen) return false;
  if (version.minor !== wanted.minor) return true;
  if (!isPatchOpen) return version.patch !== wanted.patch || compareVersions(version, wanted) !== 0;
  return (version.pre !== '' || wanted.pre !== '') && version.pre !== wanted.pre;
}

/** `>` with open numbers. */
function isAbove({ version: wanted, isMinorOpen, isPatchOpen }: Constraint, version: Version): boolean {
  if (version.major !== wanted.major) return version.major > wanted.major;
  if (isMinorOpen) return false;
  return isPatchOpen ? version.minor > wanted.minor : compareVersions(version, wanted) > 0;
}

/** The functions of Argo CD's ApplicationSets (argo-cd v3.2.11 applicationset/utils, gosimple/slug v1.15.0): sprig's, and some of its own. */
import { typeName } from '../format.js';
import { changeText, madeOf } from '../spans.js';
import { Failure, type FunctionTable, type Maybe, type TemplateFunction } from '../values.js';
import { changeCase } from './letterCase.js';
import { define, makeTable, withoutFunctions } from './define.js';
import { argocdFormatFunctions } from './formats.js';
import { sprigFunctions } from './sprig.js';

/** A text as a DNS name: lower case, all but letters, digits, `-` and `.` replaced by `-`, at most 253 long. */
export function normalizeName(name: string): string {
  return changeCase(name, 'lower')
    .replace(/[^-a-z0-9.]/gu, '-')
    .slice(0, 253)
    .replace(/^[-.]+|[-.]+$/g, '');
}

/** The name as a slug: words with `-` between them, cut to a size at the end of a word. */
function slugOf(name: string, size: number, isSmart: boolean): string {
  let slug = normalizeName(name);
  if (!isSmart && slug.length >= size) slug = slug.slice(0, Math.max(size, 0));
  slug = slug
    .replace(/[^a-zA-Z0-9\-_]/g, '-')
    .replace(/-+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '');
  if (!isSmart || size <= 0 || slug.length <= size) return slug;
  const end = slug.lastIndexOf('-', size);
  return end >= 0 ? slug.slice(0, end) : slug.slice(0, size);
}

function conversion(value: Maybe, wanted: string): Failure {
  return new Failure(`interface conversion: interface {} is ${value === undefined || value.kind === 'nil' ? 'nil' : typeName(value)}, not ${wanted}`);
}

const own: readonly TemplateFunction[] = [
  define('normalize NAME', 'string', 'The name as a DNS name: in lower case, with - for what is not allowed in one.', (args) =>
    changeText(args.text(0), normalizeName(args.string(0))),
  ),
  define('slugify SIZE SMART NAME', 'any...', 'The name as a slug of at most SIZE characters (50), cut at the end of a word where SMART is true.', (args) => {
    const name = args.all.at(-1);
    const [size, isSmart] = args.all.slice(0, -1);
    if (args.all.length > 1 && size?.kind !== 'int') return conversion(size, 'int');
    if (args.all.length > 2 && isSmart?.kind !== 'bool') return conversion(isSmart, 'bool');
    if (name === undefined && args.all.length === 0) return madeOf('');
    if (name?.kind !== 'string') return conversion(name, 'string');
    return madeOf(slugOf(name.text, size?.kind === 'int' ? Number(size.value) : 50, isSmart?.kind === 'bool' ? isSmart.value : true), name);
  }),
];

/** What templates of ApplicationSets can call besides Go's own functions. */
export const argocdFunctions: FunctionTable = makeTable([...withoutFunctions(sprigFunctions, 'env', 'expandenv', 'getHostByName').values(), ...own, ...argocdFormatFunctions]);

/** All functions of sprig v3.3.0 in one table; which of them a product has is said by its own table. */
import type { FunctionTable } from '../values.js';
import { collectionFunctions } from './collections.js';
import { dateFunctions } from './dates.js';
import { makeTable } from './define.js';
import { encodingFunctions } from './encodings.js';
import { jsonFunctions } from './formats.js';
import { generatedFunctions } from './generated.js';
import { numberFunctions } from './numbers.js';
import { regexFunctions } from './regularExpressions.js';
import { secretFunctions } from './secrets.js';
import { semverFunctions } from './semver.js';
import { failFunction, stringFunctions } from './strings.js';

/** sprig's TxtFuncMap, without `env` and `expandenv`, which nobody who renders for others gives away. */
export const sprigFunctions: FunctionTable = makeTable(
  stringFunctions,
  collectionFunctions,
  numberFunctions,
  encodingFunctions,
  jsonFunctions,
  dateFunctions,
  regexFunctions,
  semverFunctions,
  generatedFunctions,
  secretFunctions,
  [failFunction],
);

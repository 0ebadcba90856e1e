/** The rules of the group `schema`. */
import type { Rule } from '../rule.js';
import { deprecatedApi } from './deprecatedApi.js';
import { missingField } from './missingField.js';
import { notString } from './notString.js';
import { removedApi } from './removedApi.js';
import { unknownField } from './unknownField.js';
import { wrongType } from './wrongType.js';
import { wrongValue } from './wrongValue.js';

export const schemaRules: readonly Rule[] = [unknownField, wrongType, notString, wrongValue, missingField, removedApi, deprecatedApi];

/**
 * Checks values against JSON schemas with a library. A schema is anybody's text, and its patterns may be built to take for
 * ever: the check runs under a time limit of the virtual machine, which ends a pattern in the middle.
 */
import vm from 'node:vm';
import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import type { CheckSchema, Json, SchemaMistake } from '../../core/helm/valuesSchema.js';

const timeout = 2000;

/** Checks a value as santhosh-tekuri/jsonschema v6 does for helm: by the draft that the schema names, else 2020-12. */
export const checkSchema: CheckSchema = (text, value) => {
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { invalid: error.message };
  }
  if (typeof schema === 'boolean') return { mistakes: schema ? [] : [{ path: [], message: 'false schema' }] };
  if (!isSchema(schema)) return { invalid: 'the schema is neither an object nor a boolean' };
  try {
    return { mistakes: checkInTime(schema, value) };
  } catch (error) {
    // The virtual machine's own error is of its context, and no Error of this one.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return { unsupported: 'it takes too long' };
    if (error instanceof Error && /unresolved \$ref/i.test(error.message))
      return { unsupported: `it refers to something that isn't in it (${error.message.split('\n')[0] ?? ''})` };
    if (error instanceof Error) return { invalid: error.message };
    throw error;
  }
};

function checkInTime(schema: Schema, value: Json): readonly SchemaMistake[] {
  const validator = new Validator(schema, draftOf(schema), false);
  let mistakes: readonly SchemaMistake[] = [];
  const check = (): void => {
    const { valid, errors } = validator.validate(value);
    mistakes = valid ? [] : errors.filter((unit, index) => isInnermost(unit, errors[index - 1])).map(mistakeOf);
  };
  runLimited(check);
  return mistakes;
}

const context = vm.createContext({ run: undefined }, { codeGeneration: { strings: false, wasm: false } });
const script = new vm.Script('run()');

/** Runs something in the one context that there is: making one takes longer than most checks. */
function runLimited(run: () => void): void {
  context['run'] = run;
  try {
    script.runInContext(context, { timeout });
  } finally {
    context['run'] = undefined;
  }
}

function draftOf({ $schema }: Schema): '4' | '7' | '2019-09' | '2020-12' {
  if ($schema === undefined) return '2020-12';
  if (/draft-0[34]\b/.test($schema)) return '4';
  if (/draft-0[67]\b/.test($schema)) return '7';
  return $schema.includes('2019-09') ? '2019-09' : '2020-12';
}

/** The library reports a failure at every level above it as well; those say nothing of their own. */
function isInnermost({ keyword }: OutputUnit, _before: OutputUnit | undefined): boolean {
  return !['properties', 'items', 'additionalProperties', 'patternProperties', '$ref', 'allOf', 'then', 'else', 'if', 'dependencies', 'dependentSchemas'].includes(keyword);
}

function mistakeOf({ instanceLocation, error }: OutputUnit): SchemaMistake {
  const path = instanceLocation
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  return { path, message: error };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

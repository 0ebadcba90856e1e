/** Edits of what is to be applied: fields that are left to others, and fields that keep their live value. */
import type { FieldStep } from '../objects/compare.js';
import { stepInto, valueAt } from './fieldPath.js';
import { isJsonObject, isList, type JsonObject, type JsonValue } from './json.js';
import type { LiveObject } from './liveObject.js';

/** The manifest with the live values at these paths, so that applying it changes nothing there; without the field where nothing is live. */
export function keepLive(manifest: JsonObject, paths: readonly (readonly FieldStep[])[], live: LiveObject): JsonObject {
  return paths.reduce((object, path) => {
    const kept = wholePath(path);
    return editAt(object, kept, valueAt(live, kept));
  }, manifest);
}

/** The manifest without these fields, so that whoever owns them keeps them. */
export function leaveFields(manifest: JsonObject, paths: readonly (readonly FieldStep[])[]): JsonObject {
  return paths.reduce((object, path) => editAt(object, wholePath(path), undefined), manifest);
}

/** Up to the first list whose items are told by their place: such a list belongs to one manager as a whole. */
function wholePath(path: readonly FieldStep[]): readonly FieldStep[] {
  const index = path.findIndex((step) => typeof step === 'number');
  return index < 0 ? path : path.slice(0, index);
}

/** The object with another value at a path, or without the field. Where the way there isn't, it stays as it is. */
function editAt(object: JsonObject, path: readonly FieldStep[], value: JsonValue | undefined): JsonObject {
  const edited = editValue(object, path, value);
  return isJsonObject(edited) ? edited : object;
}

function editValue(at: JsonValue, [step, ...rest]: readonly FieldStep[], value: JsonValue | undefined): JsonValue | undefined {
  if (step === undefined) return value;
  const inner = stepInto(at, step);
  if (inner === undefined && (value === undefined || rest.length > 0 || typeof step !== 'string')) return at;
  const edited = inner === undefined ? value : editValue(inner, rest, value);
  if (edited === inner) return at;
  if (isList(at)) {
    const index = at.findIndex((item) => item === inner);
    return edited === undefined ? at.filter((_, each) => each !== index) : at.map((item, each) => (each === index ? edited : item));
  }
  if (!isJsonObject(at) || typeof step !== 'string') return at;
  const { [step]: _, ...others } = at;
  return edited === undefined ? others : { ...at, [step]: edited };
}

/**
 * Leaving a difference out for good, as an edit of the file that says so: the Application's `ignoreDifferences`, Flux's
 * `ignore`, or the settings of the workspace, which take whatever the others can't.
 */
import type { TextChange } from '../base/problem.js';
import { mapAt } from '../gitops/declarations.js';
import type { Environment } from '../gitops/delivery.js';
import { isList, type JsonValue } from '../live/json.js';
import { stepInto } from '../live/fieldPath.js';
import { scalarText } from '../live/fieldElement.js';
import type { FieldStep } from '../objects/compare.js';
import type { ResId } from '../objects/resId.js';
import { appendItem, insertField, type Edit } from '../yaml/edit.js';
import type { EditValue } from '../yaml/editText.js';
import type { MapNode, YamlNode } from '../yaml/nodes.js';
import { writeField, styleOf } from '../yaml/editText.js';

export interface IgnoreWish {
  readonly id: ResId;
  readonly path: readonly FieldStep[];
  readonly reason: string;
  /** The live object, or the predicted one where the field isn't live: tells indexes of items. */
  readonly object: JsonValue | undefined;
}

export type IgnoreEdit =
  | { readonly kind: 'edit'; readonly file: string; readonly changes: readonly TextChange[]; readonly where: string }
  /** The file isn't there yet, or is empty. */
  | { readonly kind: 'create'; readonly file: string; readonly text: string; readonly where: string }
  | { readonly kind: 'refused'; readonly reason: string };

export interface SettingsFile {
  readonly file: string;
  /** Undefined where there is none, or nothing in it. */
  readonly root: YamlNode | undefined;
}

/** The edit; the operator's own file where that can say it, else the settings. */
export function planIgnore(environment: Pick<Environment, 'operator' | 'declaration'>, wish: IgnoreWish, settings: SettingsFile): IgnoreEdit {
  const own = environment.declaration?.foundIn.kind === 'file' ? editDeclaration(environment.declaration.root, environment.declaration.id, wish) : undefined;
  return own ?? editSettings(wish, settings);
}

function editDeclaration(root: MapNode, declaration: ResId, wish: IgnoreWish): IgnoreEdit | undefined {
  const spec = mapAt(root, 'spec');
  if (!spec) return undefined;
  const where = `${declaration.kind} ${declaration.name}`;
  const { id, path, object } = wish;
  const done = (edit: Edit): IgnoreEdit | undefined => edit && { kind: 'edit', file: spec.source.path, changes: withReason(edit, wish.reason), where };
  if (declaration.kind === 'Application') {
    const pointed = path.every((step) => typeof step === 'string') ? { jsonPointers: [pointerOf(path)] } : { jqPathExpressions: [jqOf(path)] };
    const entry = { ...(id.group !== '' && { group: id.group }), kind: id.kind, name: id.name, ...(id.namespace !== '' && { namespace: id.namespace }), ...pointed };
    return done(addTo(spec, 'ignoreDifferences', entry));
  }
  const pointer = indexedPointer(path, object);
  if (pointer === undefined) return undefined;
  const entry = {
    paths: [pointer],
    target: { ...(id.group !== '' && { group: id.group }), kind: id.kind, name: id.name, ...(id.namespace !== '' && { namespace: id.namespace }) },
  };
  if (declaration.kind === 'Kustomization') return done(addTo(spec, 'ignore', entry));
  if (declaration.kind !== 'HelmRelease') return undefined;
  const detection = mapAt(spec, 'driftDetection');
  return done(detection ? addTo(detection, 'ignore', entry) : insertField(spec, 'driftDetection', { mode: 'enabled', ignore: [entry] }));
}

function editSettings(wish: IgnoreWish, { file, root }: SettingsFile): IgnoreEdit {
  const { id, path, reason } = wish;
  const entry: EditValue = {
    ...(id.group !== '' && { group: id.group }),
    kind: id.kind,
    name: id.name,
    ...(id.namespace !== '' && { namespace: id.namespace }),
    path: path.every((step) => typeof step === 'string') ? pointerOf(path) : jqOf(path),
    ...(reason !== '' && { reason }),
  };
  const where = 'the settings';
  if (root?.kind !== 'map') return root === undefined ? { kind: 'create', file, text: `${writeField('drift', { ignore: [entry] }, 0, styleOf(''))}\n`, where } : broken(file);
  const drift = mapAt(root, 'drift');
  const edit = drift ? addTo(drift, 'ignore', entry) : root.get('drift') ? undefined : insertField(root, 'drift', { ignore: [entry] });
  return edit ? { kind: 'edit', file, changes: edit, where } : broken(file);
}

function broken(file: string): IgnoreEdit {
  return { kind: 'refused', reason: `${file} is written in a way that can't be added to for certain.` };
}

function addTo(map: MapNode, key: string, entry: EditValue): Edit {
  const list = map.get(key);
  if (!list) return insertField(map, key, [entry]);
  return list.kind === 'sequence' ? appendItem(list, entry) : undefined;
}

/** The reason as a comment above what was added, where that begins a line. */
function withReason(changes: readonly TextChange[], reason: string): readonly TextChange[] {
  const comment = reason.replaceAll(/\s+/g, ' ').trim();
  if (comment === '') return changes;
  return changes.map((change) => ({ ...change, newText: change.newText.replace(/^(\r?\n[ ]*)(?=\S)/, (start) => `${start}# ${comment}${start}`) }));
}

/** RFC 6901. */
function pointerOf(path: readonly FieldStep[]): string {
  return path.map((step) => `/${escapePointer(typeof step === 'object' ? step.value : String(step))}`).join('');
}

function indexedPointer(path: readonly FieldStep[], object: JsonValue | undefined): string | undefined {
  let value = object;
  let pointer = '';
  for (const step of path) {
    const inner = stepInto(value, step);
    const index = typeof step === 'object' && isList(value) ? value.findIndex((item) => item === inner) : undefined;
    if (index !== undefined && index < 0) return undefined;
    if (typeof step === 'object' && index === undefined) return undefined;
    pointer += `/${escapePointer(String(index ?? (typeof step === 'object' ? '' : step)))}`;
    value = inner;
  }
  return pointer;
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** `.spec.containers[] | select(.name == "web") | .image` */
function jqOf(path: readonly FieldStep[]): string {
  let text = '';
  let isOpen = false;
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (typeof step === 'object') {
      const tests = [step, ...(step.and ?? [])].map(({ key, value }) => `${key === '' ? '.' : fieldOf(key)} == ${literalOf(value)}`);
      text += `[] | select(${tests.join(' and ')})`;
      isOpen = true;
    } else {
      text += isOpen ? ` | ${fieldOf(step)}` : fieldOf(step);
      isOpen = false;
    }
  }
  return text;
}

function fieldOf(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `.[${JSON.stringify(key)}]`;
}

function literalOf(value: string): string {
  return /^\d+$/.test(value) ? value : JSON.stringify(scalarText(value));
}

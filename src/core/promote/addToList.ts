/** New entries of lists in files. */
import { appendItem, insertField, type Edit } from '../yaml/edit.js';
import type { EditValue } from '../yaml/editText.js';
import type { MapNode } from '../yaml/nodes.js';

/** Adds to a list of a map, which is made where there is none. */
export function addToList(map: MapNode, key: string, entry: EditValue): Edit {
  const list = map.get(key);
  if (!list) return insertField(map, key, [entry]);
  return list.kind === 'sequence' && (list.items.length > 0 || list.flow) ? appendItem(list, entry) : undefined;
}

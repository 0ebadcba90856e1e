/** The texts of a kustomization that name files or folders, found by the table of its fields. Local ones only: what is remote is left out. */
import { isAbsolutePath, joinPath } from '../base/path.js';
import type { FieldType, TextMeaning } from './fields/field.js';
import { kustomizationType } from './fields/kustomizationFields.js';
import type { ScalarNode, YamlNode } from '../yaml/nodes.js';

export interface FileReference {
  readonly node: ScalarNode;
  /** Where it leads: absolute. */
  readonly path: string;
  /** Offsets of the path inside the file, without quotes and without the key of `key=path`. */
  readonly start: number;
  readonly end: number;
  /** The top-level field it stands below: `resources`, `patches`. */
  readonly field: string;
}

const pathMeanings: ReadonlySet<TextMeaning> = new Set(['file', 'folder', 'fileOrFolder', 'fileOrYaml', 'keyAndFile']);

/** All references of a kustomization whose root is `root`, in the order of the text. */
export function findFileReferences(root: YamlNode, folder: string): readonly FileReference[] {
  const found: FileReference[] = [];
  const visit = (node: YamlNode, type: FieldType | undefined, field: string): void => {
    if (!type) return;
    if (node.kind === 'scalar') {
      const meaning = type.kind === 'string' ? type.meaning : undefined;
      const reference = meaning && pathMeanings.has(meaning) ? referenceOf(node, meaning, folder, field) : undefined;
      if (reference) found.push(reference);
    } else if (node.kind === 'sequence') {
      for (const item of node.items) visit(item, type.kind === 'list' ? type.item : undefined, field);
    } else {
      for (const { key, value } of node.pairs) visit(value, typeOfField(type, key.value), field === '' ? key.value : field);
    }
  };
  visit(root, kustomizationType, '');
  return found;
}

function typeOfField(type: FieldType, key: string): FieldType | undefined {
  if (type.kind === 'object') {
    const field = type.fields.find((candidate) => candidate.name === key);
    return field?.name === 'openapi' ? openApiType : field?.type;
  }
  return type.kind === 'map' ? type.value : undefined;
}

/** In the table `openapi` is a map of any texts, as kustomize takes it; of these `path` names a file. */
const openApiType: FieldType = { kind: 'object', title: 'openapi', fields: [{ name: 'path', type: { kind: 'string', meaning: 'file' }, documentation: '' }] };

function referenceOf(node: ScalarNode, meaning: TextMeaning, folder: string, field: string): FileReference | undefined {
  const keyLength = meaning === 'keyAndFile' ? node.value.indexOf('=') + 1 : 0;
  const path = node.value.slice(keyLength);
  if (path === '' || path.includes('\n') || isRemote(path) || isAbsolutePath(path)) return undefined;
  const quote = node.style === 'plain' ? 0 : 1;
  return { node, path: joinPath(folder, path), start: node.start + quote + keyLength, end: node.end - quote, field };
}

/** Good enough for links: what the renderer takes for remote it says itself. */
function isRemote(path: string): boolean {
  return /^[a-z][a-z+]*:|^git@|\?|^(www\.)?(github|gitlab|bitbucket)\.(com|org)\//i.test(path);
}

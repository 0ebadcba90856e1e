/** Applies the patches of a kustomization to its resources, without the rest of a build: for tests of the patch steps. */
import { SourceText } from '../../../../src/core/base/source.js';
import { MemoryTree, type FileTree } from '../../../../src/core/base/fileTree.js';
import { joinPath } from '../../../../src/core/base/path.js';
import { Problems, type Problem } from '../../../../src/core/base/problem.js';
import { finishAnnotations } from '../../../../src/core/kustomize/annotations.js';
import type { BuildContext } from '../../../../src/core/kustomize/context.js';
import { decodeKustomization } from '../../../../src/core/kustomize/decode/decodeKustomization.js';
import { jsonPatchTransformers, patchTransformers } from '../../../../src/core/kustomize/patches/patchTransformers.js';
import { readResources } from '../../../../src/core/kustomize/resourceFile.js';
import { ResMap } from '../../../../src/core/kustomize/resMap.js';
import type { Resource } from '../../../../src/core/kustomize/resource.js';
import { builtinSchema } from '../../../../src/core/objects/schema.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';
import { printDocument } from '../../../../src/core/yaml/print.js';

export interface Patched {
  readonly resources: readonly Resource[];
  /** As `kustomize build` prints it; undefined where an error was reported. */
  readonly text: string | undefined;
  readonly problems: readonly Problem[];
}

const schema = builtinSchema();

/** What a step needs, for a tree in which every read succeeds or is reported. */
export function contextFor(tree: FileTree, problems: Problems): BuildContext {
  return {
    problems,
    schema,
    tree,
    parse: parseYaml,
    parseInline: (scalar, embed) => parseYaml(embed(scalar)),
    load: (from, path, place) => {
      const source = tree.read(joinPath(from, path));
      if (!source) problems.error('kustomize/missing-file', `There is no file ${path}.`, place);
      return source;
    },
    loadBytes: (from, path) => tree.readBytes(joinPath(from, path)),
  };
}

/** Reads the kustomization in `folder` and patches its resources, which are files beside it. */
export function patchFolder(tree: FileTree, folder: string, prepare: (resource: Resource) => void = () => undefined): Patched {
  const problems = new Problems();
  const context = contextFor(tree, problems);
  const source = tree.read(joinPath(folder, 'kustomization.yaml')) ?? new SourceText(folder, '');
  const kustomization = decodeKustomization(parseYaml(source), problems);
  const failed = (): Patched => ({ resources: [], text: undefined, problems: problems.list });
  if (!kustomization || problems.hasErrors) return failed();
  const resources = kustomization.resources.flatMap((entry) => {
    const file = context.load(folder, entry.value, entry);
    return file ? readResources(parseYaml(file), problems) : [];
  });
  resources.forEach(prepare);
  const map = new ResMap(resources);
  for (const transformer of [...patchTransformers(kustomization, folder), ...jsonPatchTransformers(kustomization, folder)]) {
    transformer.transform(map, context);
    if (problems.hasErrors) return failed();
  }
  const texts = map.resources.map((resource) => {
    const printed = printDocument(finishAnnotations(resource.root, { origins: false, transformations: false }));
    return 'text' in printed ? printed.text : `cannot be printed: ${printed.message}\n`;
  });
  return { resources: map.resources, text: texts.join('---\n'), problems: problems.list };
}

/** The same for files given in place, in the folder `/w`. */
export function patchFiles(files: Readonly<Record<string, string>>, prepare?: (resource: Resource) => void): Patched {
  const entries = Object.entries(files).map(([name, text]): readonly [string, string] => [`/w/${name}`, text]);
  return patchFolder(new MemoryTree(Object.fromEntries(entries)), '/w', prepare);
}

/** What is wrong in the templates of a chart before it is run: every action that can't be read, and not the first one alone. */
import type { FileTree } from '../../core/base/fileTree.js';
import { joinPath } from '../../core/base/path.js';
import { Problems, type Problem } from '../../core/base/problem.js';
import type { SourceText } from '../../core/base/source.js';
import type { ChartLanguageCache } from '../../core/chartLanguage/chartIndex.js';
import { scalarValue } from '../../core/yaml/nodes.js';
import type { Model } from '../model.js';

/** What the files of a chart's templates have for mistakes. */
export interface TemplateProblems {
  /** The same list as long as it says the same. */
  readonly problems: readonly Problem[];
  readonly files: ReadonlySet<string>;
}

/** Looks for mistakes in templates, file by file; what did not change is not looked at again. */
export class TemplateChecks {
  readonly #byText = new WeakMap<SourceText, { readonly name: string; readonly problems: readonly Problem[] }>();
  readonly #byFolder = new Map<string, TemplateProblems>();

  constructor(private readonly cache: ChartLanguageCache) {}

  /** The mistakes of all templates of a chart, in helm's words: those that a rendering meets too come out the same. */
  check(model: Model, folder: string): TemplateProblems {
    const root = model.parse(joinPath(folder, 'Chart.yaml'))?.documents[0]?.root;
    const chart = (root?.kind === 'map' ? scalarValue(root.get('name')) : undefined) ?? '';
    const files = [...filesBelow(model.tree, joinPath(folder, 'templates'))];
    const problems = files.flatMap((path) => {
      const source = model.tree.read(path);
      return source ? this.#problemsOf(source, `${chart}${path.slice(folder.length)}`) : [];
    });
    const before = this.#byFolder.get(folder);
    const isSame = before?.problems.length === problems.length && problems.every((problem, index) => problem === before.problems[index]);
    const now: TemplateProblems = { problems: isSame ? before.problems : problems, files: new Set(files) };
    this.#byFolder.set(folder, now);
    return now;
  }

  #problemsOf(source: SourceText, name: string): readonly Problem[] {
    const before = this.#byText.get(source);
    if (before?.name === name) return before.problems;
    const problems = new Problems();
    for (const { message, start, end } of this.cache.parse(source, name).errors) {
      const parts = message.split(': ');
      const words = parts.length === 1 ? message : `parse error at (${parts[1] ?? ''}): ${parts.at(-1) ?? ''}`;
      problems.error('helm/template-parse-error', words, { source, start, end });
    }
    this.#byText.set(source, { name, problems: problems.list });
    return problems.list;
  }
}

function* filesBelow(tree: FileTree, folder: string): Generator<string> {
  for (const name of tree.list(folder)) {
    const path = joinPath(folder, name);
    if (tree.kind(path) === 'directory') yield* filesBelow(tree, path);
    else if (/\.(?:ya?ml|tpl|txt|json|toml|conf)$/.test(name)) yield path;
  }
}

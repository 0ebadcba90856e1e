/** Objects and the rules that go with them, as a build gathers them (kustomize's internal/accumulator v0.21.2). */
import type { Problems } from '../base/problem.js';
import { gvknEquals, isClusterScoped, resIdEquals, type ResId } from '../objects/resId.js';
import type { TransformerConfig, VarEntry } from './kustomization.js';
import { ResMap } from './resMap.js';
import type { Resource } from './resource.js';
import { emptyTransformerConfig } from './transformerConfig.js';

/** Merges the second configuration into the first; conflicts are reported. */
export type MergeConfigs = (into: TransformerConfig, config: TransformerConfig, problems: Problems) => TransformerConfig;

export class Accumulator {
  readonly map: ResMap;
  config: TransformerConfig;
  vars: readonly VarEntry[];

  constructor(map = new ResMap(), config: TransformerConfig = emptyTransformerConfig, vars: readonly VarEntry[] = []) {
    this.map = map;
    this.config = config;
    this.vars = vars;
  }

  /** A copy whose objects change without changing these. */
  copy(): Accumulator {
    return new Accumulator(this.map.copy(), this.config, this.vars);
  }

  /** Adds field specifications to the rules. */
  mergeConfig(config: TransformerConfig, merge: MergeConfigs, problems: Problems): void {
    if (config !== this.config) this.config = merge(this.config, config, problems);
  }

  /**
   * Takes over the vars of a kustomization and marks the objects that they read; a name that is there already and an
   * ambiguous object are errors.
   */
  mergeVars(incoming: readonly VarEntry[], problems: Problems): void {
    for (const entry of incoming) {
      const id: ResId = entry.objref;
      const byNamespace = id.namespace !== '' || isClusterScoped(id);
      const matched = this.map.matchingAnyId((other) => (byNamespace ? resIdEquals(id, other) : gvknEquals(id, other)));
      if (matched.length > 1) {
        problems.error(
          'kustomize/ambiguous-var',
          `${matched.length} objects match the var ${nameOf(entry)}; give its objref a namespace or apiVersion that fits one only.`,
          entry.node,
        );
        return;
      }
      for (const resource of matched) resource.varNames = [...resource.varNames, nameOf(entry)];
    }
    this.#addVars(incoming, problems);
  }

  /**
   * Takes over all that another accumulator has.
   * @returns the objects whose id is taken already; they were not added
   */
  merge(other: Accumulator, merge: MergeConfigs, problems: Problems): readonly Resource[] {
    const conflicts = this.map.appendAll(other.map.resources);
    this.mergeConfig(other.config, merge, problems);
    this.#addVars(other.vars, problems);
    return conflicts;
  }

  #addVars(incoming: readonly VarEntry[], problems: Problems): void {
    if (incoming.length === 0) return;
    const vars = [...this.vars];
    for (const entry of incoming) {
      const earlier = vars.find((other) => nameOf(other) === nameOf(entry));
      if (earlier) {
        const related = [{ location: earlier.node.source.locate(earlier.node.start, earlier.node.end), message: 'the first var of this name' }];
        problems.error('kustomize/duplicate-var', `The var ${nameOf(entry)} is declared twice in what this builds; rename one.`, entry.name ?? entry.node, { related });
      } else vars.push(entry);
    }
    this.vars = vars.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }
}

function nameOf(entry: VarEntry): string {
  return entry.name?.value ?? '';
}

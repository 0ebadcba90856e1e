/** Walks a rendering and verifies the origin of every scalar in it, and of what each overrode. */
import type { Rendering } from '../../../src/core/objects/rendering.js';
import type { ScalarNode, YamlNode } from '../../../src/core/yaml/nodes.js';
import { factsOf, type RenderingFacts } from './renderingFacts.js';
import { verifyOrigin } from './verifyOrigin.js';

export interface OriginFailure {
  /** The kind of the step, or `range` for a node whose place lies outside its text. */
  readonly kind: string;
  readonly text: string;
}

export class OriginChecker {
  readonly failures: OriginFailure[] = [];
  readonly counts = new Map<string, number>();
  readonly #seen = new WeakSet<YamlNode>();

  /** Checks all nodes that no earlier rendering showed: bases are shared by their overlays. */
  check(id: string, rendering: Rendering): void {
    const facts = factsOf(rendering);
    for (const object of rendering.objects) this.#visit(object.root, `${id}: ${object.id.kind}/${object.id.name}`, facts);
  }

  #visit(node: YamlNode, path: string, facts: RenderingFacts): void {
    if (this.#seen.has(node)) return;
    this.#seen.add(node);
    if (!(node.start >= 0 && node.start <= node.end && node.end <= node.source.text.length)) {
      this.failures.push({ kind: 'range', text: `${path}: ${node.start} to ${node.end} of ${node.source.path}` });
    }
    if (node.kind === 'map') {
      for (const pair of node.pairs) {
        if (!pair.key.step) this.#visitScalar(pair.key, `${path}.${pair.key.value} (key)`, facts);
        this.#visit(pair.value, `${path}.${pair.key.value}`, facts);
      }
    } else if (node.kind === 'sequence') node.items.forEach((item, index) => this.#visit(item, `${path}[${index}]`, facts));
    else this.#visitScalar(node, path, facts);
  }

  #visitScalar(node: ScalarNode, path: string, facts: RenderingFacts): void {
    const kind = node.step?.kind ?? 'resource';
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const failure = verifyOrigin(node, facts);
    if (failure) {
      const at = node.source.positionAt(node.start);
      const step = node.step ? ` by ${node.step.field}` : '';
      const shown = JSON.stringify(node.value.slice(0, 80));
      this.failures.push({ kind: failure.kind, text: `${path} = ${shown} from ${node.source.path}:${at.line + 1}${step}: ${failure.reason}` });
    }
    if (node.was) this.#visit(node.was, `${path} (was)`, facts);
  }
}

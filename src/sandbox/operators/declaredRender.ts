/**
 * What an operator's object in the cluster renders to at a commit: the object is laid into the files of that commit as a
 * declaration of its own, and found, planned and rendered as in any workspace.
 */
import { chartTools } from '../../adapters/charts/chartTools.js';
import type { FileTree } from '../../core/base/fileTree.js';
import { joinPath } from '../../core/base/path.js';
import { SourceText } from '../../core/base/source.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { chartRenderer } from '../../core/helm/renderChart.js';
import { BuildCache } from '../../core/kustomize/buildCache.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import type { Rendering } from '../../core/objects/rendering.js';
import { Delivery } from '../../services/delivery.js';
import { Renderings } from '../../services/renderings.js';
import type { Checkout } from './checkouts.js';

export interface DeclaredRender {
  readonly environment: Environment;
  readonly rendering: Rendering;
}

const mostRounds = 200;
const declarationFolder = '.sandbox-declaration';

/** @param declaration first the one that is rendered, then what it refers to @throws Error in words for a condition */
export function renderDeclared(checkout: Checkout, commit: string, url: string, declaration: readonly LiveObject[], signal: AbortSignal): Promise<DeclaredRender> {
  const { top } = checkout;
  const file = joinPath(top, `${declarationFolder}/declaration.yaml`);
  const text = declaration.map((object) => `---\n${JSON.stringify(withoutStatus(object))}\n`).join('');
  const laid = new Map([
    [file, new SourceText(file, text)],
    ...Object.entries({ config: `[remote "origin"]\n\turl = ${url}\n`, HEAD: `ref: refs/heads/main\n` }).map(
      ([name, content]) => [joinPath(top, `.git/${name}`), new SourceText(joinPath(top, `.git/${name}`), content)] as const,
    ),
  ]);
  const cache = new BuildCache();
  return checkout.trees.use(
    { folder: top, revision: commit },
    async (revisionTree) => {
      for (let round = 0; round < mostRounds; round++) {
        const tree = layOver(revisionTree.snapshot(), laid, top);
        const renderings = new Renderings({ build: { loadRestrictor: 'rootOnly', enableHelm: true, renderChart: chartRenderer(chartTools) }, now: () => 0, cache });
        const delivery = new Delivery(renderings, () => 0).at({ tree, folders: [top], kustomizations: [], charts: [], yamlFiles: [file] });
        const [environment] = delivery.model.environments;
        const rendering = environment && delivery.render(environment).rendering;
        if (await revisionTree.loadWanted(signal)) continue;
        if (!environment || !rendering) throw new Error(delivery.model.problems[0]?.message ?? 'the declaration names nothing that can be delivered');
        return { environment, rendering };
      }
      throw new Error(`the source needed more than ${mostRounds} rounds of reading`);
    },
    signal,
  );
}

function withoutStatus({ apiVersion, kind, metadata, ...rest }: LiveObject): object {
  const { name, namespace, labels, annotations } = metadata;
  return { apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec: rest['spec'] };
}

/** Nothing else of the disk is seen. */
function layOver(tree: FileTree, laid: ReadonlyMap<string, SourceText>, top: string): FileTree {
  const folders = new Set([joinPath(top, declarationFolder), joinPath(top, '.git')]);
  return {
    kind: (path) => (laid.has(path) ? 'file' : folders.has(path) ? 'directory' : tree.kind(path)),
    read: (path) => laid.get(path) ?? tree.read(path),
    readBytes: (path) => (laid.has(path) ? new TextEncoder().encode(laid.get(path)?.text) : tree.readBytes(path)),
    list: (path) => tree.list(path),
    realPath: (path) => tree.realPath(path),
  };
}

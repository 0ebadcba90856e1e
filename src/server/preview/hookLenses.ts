/** Tells above each hook of a rendered chart when helm runs it. */
import type { CodeLens } from 'vscode-languageserver';
import type { RenderedObject, Rendering } from '../../core/objects/rendering.js';

/** A line above every object that is a hook; it does nothing. */
export function listHookLenses({ objects }: Rendering): CodeLens[] {
  return objects.flatMap((object) => {
    const phases = hookPhasesOf(object);
    if (phases === undefined) return [];
    const weight = annotationOf(object, 'helm.sh/hook-weight');
    const words = [`Helm hook: ${phases}`, ...(weight === undefined ? [] : [`weight ${weight}`])];
    const start = { line: object.firstLine, character: 0 };
    return [{ range: { start, end: start }, command: { title: words.join(' · '), command: '' } }];
  });
}

/** `pre-install, pre-upgrade`; undefined for what is no hook. */
export function hookPhasesOf(object: Pick<RenderedObject, 'root'>): string | undefined {
  const phases = annotationOf(object, 'helm.sh/hook');
  return phases
    ?.split(',')
    .map((phase) => phase.trim())
    .join(', ');
}

function annotationOf({ root }: Pick<RenderedObject, 'root'>, name: string): string | undefined {
  const metadata = root.get('metadata');
  const annotations = metadata?.kind === 'map' ? metadata.get('annotations') : undefined;
  const value = annotations?.kind === 'map' ? annotations.get(name) : undefined;
  return value?.kind === 'scalar' && value.value !== '' ? value.value : undefined;
}

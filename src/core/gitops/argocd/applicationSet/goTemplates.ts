/** Go templates as Argo CD renders them in ApplicationSets (v3.2.11 applicationset/utils Render.Replace): its functions, its options. */
import { valueOfData } from '../../../template/data.js';
import { argocdFunctions } from '../../../template/functions/argocd.js';
import { renderText, type RenderOptions } from '../../../template/renderTemplate.js';
import type { GoValue } from './params.js';
import type { GoTemplateResult, RenderGoTemplate } from './renderTree.js';

/** Renders one text with the parameters as its data. A text that hangs on time or chance is told apart. */
export const renderGoTemplate: RenderGoTemplate = (text: string, data: GoValue, options: readonly string[]): GoTemplateResult => {
  const read = readOptions(options);
  const result = renderText(text, valueOfData(data), argocdFunctions, read);
  if ('error' in result) return result.error.kind === 'unsupported' || result.error.kind === 'budget' ? { unsupported: result.error.message } : { error: result.error.message };
  const another = renderText(text, valueOfData(data), argocdFunctions, { ...read, now: someDay, seed: 2 });
  if ('error' in another || another.text === result.text) return { text: result.text };
  return { unsupported: 'This template asks for the time or for chance: what comes out is known only when Argo CD renders it.' };
};

/** Another time than the default, in nanoseconds since 1970. */
const someDay = 1_700_000_000_123_456_789n;

/** `missingkey=error` and the like; the last one counts, as in Go. */
function readOptions(options: readonly string[]): RenderOptions {
  const last = options.filter((option) => option.startsWith('missingkey=')).at(-1);
  if (last === 'missingkey=error') return { missingKey: 'error' };
  return last === 'missingkey=zero' ? { missingKey: 'zero' } : {};
}

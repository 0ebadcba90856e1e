/** Signature help: of functions, and of `include` with what the named template says of itself. */
import { MarkupKind, type SignatureHelp } from 'vscode-languageserver';
import { callContextAt } from '../../core/chartLanguage/actionContext.js';
import { templateFunctions } from './completion.js';
import { describeFunction, documentationOfTemplate } from './describe.js';
import type { OpenChart } from './openCharts.js';

/** The call that an offset is in; null where there is none. */
export function describeCall(text: string, offset: number, charts: readonly OpenChart[]): SignatureHelp | null {
  const call = callContextAt(text, offset);
  const found = call && templateFunctions.get(call.name === 'template' ? 'include' : call.name);
  if (!found) return null;
  const parameters: [number, number][] = [];
  let at = found.name.length;
  for (const word of found.signature.split(' ').slice(1)) {
    parameters.push([at + 1, at + 1 + word.length]);
    at += word.length + 1;
  }
  const named = call.firstText === undefined || (call.name !== 'include' && call.name !== 'template') ? undefined : wordsOn(call.firstText, charts);
  const value = named === undefined ? describeFunction(found) : `\`${call.firstText ?? ''}\`: ${named}`;
  return {
    signatures: [{ label: found.signature, documentation: { kind: MarkupKind.Markdown, value }, parameters: parameters.map((label) => ({ label })) }],
    activeSignature: 0,
    activeParameter: Math.min(call.argument, Math.max(0, parameters.length - 1)),
  };
}

function wordsOn(name: string, charts: readonly OpenChart[]): string | undefined {
  for (const { index } of charts) {
    const definition = index.definitions.get(name);
    if (definition) return documentationOfTemplate(definition, index) ?? `defined in ${definition.file.name}`;
  }
  return undefined;
}

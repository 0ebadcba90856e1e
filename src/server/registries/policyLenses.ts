/** What image policies would select now, above their declarations and above the values that image automation writes for them. */
import type { CodeLens, Range } from 'vscode-languageserver';
import { findImageMarkers, markedValue } from '../../core/gitops/flux/images/imageMarkers.js';
import { markerOnLine } from '../../core/registry/imageAt.js';
import { describePolicyFailure, type DeclaredPolicy, type PolicyChoice } from '../../core/registry/policyChoice.js';
import type { ParsedYaml } from '../../core/yaml/parse.js';
import type { ChosenPolicy } from '../../services/policyChoices.js';

/** The lenses of a file. Where the registry was not asked there is none. */
export function listPolicyLenses(parsed: ParsedYaml, chosen: readonly ChosenPolicy[]): readonly CodeLens[] {
  const known = chosen.filter(({ choice }) => choice.kind !== 'unknown');
  return [...declarationLenses(parsed, known), ...markerLenses(parsed, known)];
}

function declarationLenses({ source }: ParsedYaml, chosen: readonly ChosenPolicy[]): readonly CodeLens[] {
  return chosen.flatMap(({ policy, choice }) => {
    const { root } = policy.object;
    const title = describeChoice(choice);
    return root.source === source && title !== undefined ? [lens(source.locate(root.start, root.start).range, title)] : [];
  });
}

function markerLenses(parsed: ParsedYaml, chosen: readonly ChosenPolicy[]): readonly CodeLens[] {
  return findImageMarkers(parsed).flatMap(({ policy, node }) => {
    const found = policy && chosen.find((each) => isNamed(each.policy, policy));
    if (!policy || !node || found?.choice.kind !== 'selected' || policy.part === 'digest') return [];
    const name = found.policy.image?.name ?? '';
    const { tag } = found.choice;
    const after = markedValue(policy.part, { name, tag, digest: undefined });
    // A digest behind the tag is the automation's as well, and isn't known without a question for each.
    const isSame = node.value === after || (policy.part === 'image' && node.value.startsWith(`${after}@`));
    return isSame ? [] : [lens(parsed.source.locate(node.start, node.start).range, `Flux would write ${after}`)];
  });
}

function isNamed({ object: { id } }: DeclaredPolicy, { namespace, name }: { readonly namespace: string; readonly name: string }): boolean {
  return id.name === name && (id.namespace === namespace || id.namespace === '');
}

/** Sentences on a line whose value image automation writes: what its policy would select. */
export function policyNotesOn(line: string, chosen: readonly ChosenPolicy[]): readonly string[] {
  const marker = markerOnLine(line);
  return chosen.flatMap(({ policy, choice }) => {
    if (!marker || !isNamed(policy, marker)) return [];
    const words = choice.kind === 'unknown' ? `is not evaluated: ${choice.reason}` : `${describeChoice(choice)?.replace(/^S/, 's') ?? ''}${choice.kind === 'selected' ? '.' : ''}`;
    return [`ImagePolicy ${policy.object.id.name} ${words}`];
  });
}

/** `Selects 1.10.0 of 45 tags`, or why it selects none; undefined where that isn't known. */
export function describeChoice(choice: PolicyChoice): string | undefined {
  switch (choice.kind) {
    case 'selected':
      return `Selects ${choice.tag} of ${choice.of} ${choice.of === 1 ? 'tag' : 'tags'}`;
    case 'none':
      return `Selects nothing: ${describePolicyFailure(choice.failure)}`;
    case 'unknown':
      return undefined;
  }
}

/** A lens that says something and does nothing. */
function lens(range: Range, title: string): CodeLens {
  return { range, command: { title, command: '' } };
}

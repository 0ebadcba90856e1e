/** Finds `$(NAME)` in texts (kustomize's api/filters/refvar/expand.go v0.21.2). */

/** A text taken apart: what stays, and the names of variables. */
export type TextPart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'variable'; readonly name: string };

/**
 * The parts of a text; `$$` is a `$` that begins no variable. The text itself where it has no `$`.
 * @returns `unreadable` where a `$` stands before a character that kustomize tears apart
 */
export function splitVariables(text: string): readonly TextPart[] | 'unreadable' {
  const parts: TextPart[] = [];
  let kept = '';
  for (let at = 0; at < text.length; at++) {
    const next = text.charAt(at + 1);
    if (text[at] !== '$' || next === '') {
      kept += text.charAt(at);
      continue;
    }
    if (next.charCodeAt(0) > 127) return 'unreadable';
    const close = next === '(' ? text.indexOf(')', at + 2) : -1;
    if (close >= 0) {
      parts.push({ kind: 'text', text: kept }, { kind: 'variable', name: text.slice(at + 2, close) });
      kept = '';
      at = close;
    } else {
      kept += next === '$' ? '$' : `$${next}`;
      at++;
    }
  }
  parts.push({ kind: 'text', text: kept });
  return parts;
}

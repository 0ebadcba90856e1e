/**
 * What becomes of a text between kustomize's JSON and its YAML: go-yaml v2 reads the JSON (sigs.k8s.io/yaml v1.6.0
 * JSONToYAML; go.yaml.in/yaml/v2 v2.4.4), and encoding/json leaves a few characters bare that YAML sees otherwise.
 */

/** The text as it is read back; undefined where it holds a control character that YAML refuses. */
export function throughJson(text: string): string | undefined {
  if (!/[\x7f-\x9f\ud800-\udfff\ufffe\uffff]/.test(text)) return text;
  if (/[\x7f-\x84\x86-\x9f\ufffe\uffff]/.test(text)) return undefined;
  // half a surrogate pair has no UTF-8 form: what is saved is the replacement character
  const whole = text.replace(/\p{Surrogate}/gu, '\ufffd');
  // the next-line character breaks the line inside the quotes, and lines are folded
  return whole.replace(/ *\x85[ \x85]*/g, (white) => {
    const breaks = white.split('\x85').length - 1;
    return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
  });
}

/** True for a key that go-yaml finds the colon of: in its JSON form at most 1024 characters stand before that. */
export function isKeyReadable(key: string): boolean {
  return key.length < 150 || JSON.stringify(key).replace(/[<>&\u2028\u2029]/g, '\\u0000').length <= 1024;
}

/**
 * The characters that go-yaml's scanner tells apart (go.yaml.in/yaml/v3 v3.0.5 yamlprivateh.go). A carriage return before
 * CR LF counts for nothing more, because kyaml turns CR LF into LF before it reads (kio/byteio_reader.go v0.21.2).
 */

/** Takes a mistake in a text: a code of docs/rules.md, one sentence, and where. */
export type Complain = (code: string, message: string, start: number, end: number) => undefined;

/** The length of the line break at `at`, 0 where there is none. */
export function breakLength(text: string, at: number, limit: number): number {
  if (at >= limit) return 0;
  const code = text.charCodeAt(at);
  if (code === 0x0a) return 1;
  if (code === 0x0d) {
    if (text.charCodeAt(at + 1) === 0x0a) return 2;
    return text.charCodeAt(at + 1) === 0x0d && text.charCodeAt(at + 2) === 0x0a ? 3 : 1;
  }
  return code === 0x85 || code === 0x2028 || code === 0x2029 ? 1 : 0;
}

/** What a line break at `at` stands for in a value: the two Unicode separators themselves, else a line feed. */
export function breakText(text: string, at: number): string {
  const code = text.charCodeAt(at);
  return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n';
}

/** True for a space and a tab. */
export function isBlankAt(text: string, at: number, limit: number): boolean {
  if (at >= limit) return false;
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}

/** True at the end of a line or of the text. */
export function isLineEnd(text: string, at: number, limit: number): boolean {
  return at >= limit || breakLength(text, at, limit) > 0;
}

/** True at white space and at the end of the text. */
export function isWordEnd(text: string, at: number, limit: number): boolean {
  return isBlankAt(text, at, limit) || isLineEnd(text, at, limit);
}

/** The offset of the next line end. */
export function findLineEnd(text: string, from: number, limit: number): number {
  let at = from;
  while (!isLineEnd(text, at, limit)) at++;
  return at;
}

/** True for the characters of anchors and of tag handles. */
export function isWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 0x5f || code === 0x2d;
}

/** True where `---` or `...` stands with white space or the end behind; the caller knows that a line begins there. */
export function isDocumentMarker(text: string, at: number, limit: number): boolean {
  const code = text.charCodeAt(at);
  if ((code !== 0x2d && code !== 0x2e) || at + 3 > limit) return false;
  return text.charCodeAt(at + 1) === code && text.charCodeAt(at + 2) === code && isWordEnd(text, at + 3, limit);
}

/** The first character that YAML does not allow anywhere (go-yaml readerc.go); -1 where there is none. */
export function findControlCharacter(text: string): number {
  return text.search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/);
}

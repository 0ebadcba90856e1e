/** The order in which go-yaml v2 prints the keys of a map (go.yaml.in/yaml/v2 v2.4.4 sorter.go). */

/** Negative where `a` comes first: letters after other characters, runs of digits by their number (`b2` before `b10`). */
export function compareKeys(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return compareAt(a, b, at, x, y);
  }
  return a.length - b.length;
}

function compareAt(a: string, b: string, at: number, x: number, y: number): number {
  const xIsLetter = isLetter(a, at);
  const yIsLetter = isLetter(b, at);
  if (xIsLetter && yIsLetter) return (a.codePointAt(at) ?? x) - (b.codePointAt(at) ?? y);
  if (xIsLetter || yIsLetter) return yIsLetter ? -1 : 1;
  const seed = (x === 48 || y === 48) && followsNonZeroDigits(a, at) ? 1 : 0;
  const [xNumber, xEnd] = readNumber(a, at, seed);
  const [yNumber, yEnd] = readNumber(b, at, seed);
  if (xNumber !== yNumber) return xNumber < yNumber ? -1 : 1;
  if (xEnd !== yEnd) return xEnd - yEnd;
  return (a.codePointAt(at) ?? x) - (b.codePointAt(at) ?? y);
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return /^\p{L}/u.test(text.slice(at, at + 2));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** True where the digits right before `at` hold one that is not 0. */
function followsNonZeroDigits(text: string, at: number): boolean {
  for (let before = at - 1; before >= 0 && isDigit(text.charCodeAt(before)); before--) {
    if (text.charCodeAt(before) !== 48) return true;
  }
  return false;
}

function readNumber(text: string, at: number, seed: number): readonly [value: bigint, end: number] {
  let end = at;
  let value = BigInt(seed);
  for (; isDigit(text.charCodeAt(end)); end++) value = BigInt.asIntN(64, value * 10n + BigInt(text.charCodeAt(end) - 48));
  return [value, end];
}

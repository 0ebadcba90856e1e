/** Base64 as kustomize writes it into objects (kyaml/yaml/datamap.go v0.21.2). */

const lineLength = 70;

/** The bytes in base64: in one line when it is shorter than 70 characters, else in lines of 70 that each end in `\n`. */
export function encodeBase64(bytes: Uint8Array): string {
  const encoded = btoa(binaryString(bytes));
  if (encoded.length < lineLength) return encoded;
  let lines = '';
  for (let at = 0; at < encoded.length; at += lineLength) lines += `${encoded.slice(at, at + lineLength)}\n`;
  return lines;
}

/** True when `text` is what the bytes say: when they are valid UTF-8 and nothing was replaced by decoding. */
export function isDecodedFrom(text: string, bytes: Uint8Array): boolean {
  const encoded = new TextEncoder().encode(text);
  return encoded.length === bytes.length && encoded.every((byte, index) => byte === bytes[index]);
}

function binaryString(bytes: Uint8Array): string {
  const chunk = 8192;
  let text = '';
  for (let at = 0; at < bytes.length; at += chunk) text += String.fromCharCode(...bytes.subarray(at, at + chunk));
  return text;
}

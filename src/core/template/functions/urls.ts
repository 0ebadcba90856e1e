/** URLs as Go's net/url takes them apart and puts them together (Go 1.26 url.Parse, URL.String). */
import { quoteText, toBytes, fromBytes } from '../goText.js';
import { Failure } from '../values.js';

export interface UrlParts {
  readonly scheme: string;
  readonly userinfo: string;
  readonly host: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: string;
  readonly opaque: string;
  readonly fragment: string;
}

/** Undoes `%41`; a text `invalid URL escape "..."` where an escape is none. */
function unescape(text: string): { readonly value: string } | { readonly failure: string } {
  const bad = /%(?![0-9a-fA-F]{2})/.exec(text);
  if (bad) return { failure: `invalid URL escape ${quoteText(fromBytes(toBytes(text.slice(bad.index)).subarray(0, 3)))}` };
  const bytes: number[] = [];
  const source = toBytes(text);
  for (let at = 0; at < source.length; at++) {
    if (source[at] === 0x25) {
      bytes.push(Number.parseInt(String.fromCharCode(source[at + 1] ?? 0, source[at + 2] ?? 0), 16));
      at += 2;
    } else bytes.push(source[at] ?? 0);
  }
  return { value: fromBytes(Uint8Array.from(bytes)) };
}

type EscapeMode = 'path' | 'user' | 'fragment' | 'host';

function escape(text: string, mode: EscapeMode): string {
  const keep = { path: /[A-Za-z0-9\-_.~$&+,/:;=@!'()*]/, user: /[A-Za-z0-9\-_.~$&+,;=]/, fragment: /[A-Za-z0-9\-_.~$&+,/:;=?@!()*']/, host: /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/ }[
    mode
  ];
  const except = mode === 'path' ? /[!'()*]/ : /^$/;
  let out = '';
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte);
    out += keep.test(char) && !except.test(char) && byte < 0x80 ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** The parts of a URL, or Go's words for why it is none. */
export function parseUrl(text: string): UrlParts | string {
  const hash = text.indexOf('#');
  const body = hash >= 0 ? text.slice(0, hash) : text;
  const fail = (reason: string): string => `parse ${quoteText(body)}: ${reason}`;
  const fragment = unescape(hash >= 0 ? text.slice(hash + 1) : '');
  if ([...body].some((char) => char < ' ' || char === '\x7f')) return fail('net/url: invalid control character in URL');
  if (body === '*') return { scheme: '', userinfo: '', host: '', hostname: '', path: '*', query: '', opaque: '', fragment: '' };
  const schemeMatch = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(body);
  if (body.startsWith(':')) return fail('missing protocol scheme');
  const scheme = (schemeMatch?.[1] ?? '').toLowerCase();
  let rest = schemeMatch ? body.slice(schemeMatch[0].length) : body;
  const question = rest.indexOf('?');
  const query = question >= 0 ? rest.slice(question + 1) : '';
  if (question >= 0) rest = rest.slice(0, question);
  const base = { scheme, userinfo: '', host: '', hostname: '', path: '', query, opaque: '', fragment: 'value' in fragment ? fragment.value : '' };
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...base, opaque: rest };
    const segment = rest.split('/')[0] ?? '';
    if (segment.includes(':')) return fail('first path segment in URL cannot contain colon');
  }
  let userinfo = '';
  let host = '';
  if ((scheme !== '' || !rest.startsWith('///')) && rest.startsWith('//')) {
    const end = rest.indexOf('/', 2);
    const authority = end >= 0 ? rest.slice(2, end) : rest.slice(2);
    rest = end >= 0 ? rest.slice(end) : '';
    const at = authority.lastIndexOf('@');
    const hostText = at >= 0 ? authority.slice(at + 1) : authority;
    const port = /:([^:\]]*)$/.exec(hostText)?.[1];
    if (port !== undefined && !/^[0-9]*$/.test(port)) return fail(`invalid port ${quoteText(`:${port}`)} after host`);
    if (hostText.indexOf('[') > 0) return fail('invalid IP-literal');
    const wrong = /[ ^`{}|\\]|%(?![0-9a-fA-F]{2})|%(?!25)[0-7][0-9A-Fa-f]/.exec(hostText);
    if (wrong && !wrong[0].startsWith('%')) return fail(`invalid character ${quoteText(wrong[0])} in host name`);
    // only what is no ASCII may be escaped in a host
    if (wrong) return fail(`invalid URL escape ${quoteText(fromBytes(toBytes(hostText.slice(wrong.index)).subarray(0, 3)))}`);
    const decoded = unescape(hostText);
    if ('failure' in decoded) return fail(decoded.failure);
    host = decoded.value;
    if (at >= 0) {
      const user = authority.slice(0, at);
      if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return fail('net/url: invalid userinfo');
      const [name = '', ...password] = user.split(':');
      const [userName, userPassword] = [unescape(name), unescape(password.join(':'))];
      if ('failure' in userName) return fail(userName.failure);
      if ('failure' in userPassword) return fail(userPassword.failure);
      userinfo = escape(userName.value, 'user') + (user.includes(':') ? `:${escape(userPassword.value, 'user')}` : '');
    }
  }
  const path = unescape(rest);
  if ('failure' in path) return fail(path.failure);
  if ('failure' in fragment) return `parse ${quoteText(text)}: ${fragment.failure}`;
  const bracketed = /^\[([^\]]*)\]/.exec(host)?.[1];
  return { ...base, userinfo, host, hostname: bracketed ?? host.replace(/:[0-9]*$/, ''), path: path.value };
}

/** A URL of its parts (URL.String). */
export function joinUrl(parts: Omit<UrlParts, 'hostname'>): string | Failure {
  let user: string | undefined;
  if (parts.userinfo !== '') {
    const parsed = parseUrl(`proto://${parts.userinfo}@host`);
    if (typeof parsed === 'string') return new Failure(`unable to parse userinfo in dict: ${parsed}`);
    user = parsed.userinfo === '' ? undefined : parsed.userinfo;
  }
  let out = parts.scheme === '' ? '' : `${parts.scheme}:`;
  if (parts.opaque !== '') out += parts.opaque;
  else {
    if (parts.scheme !== '' || parts.host !== '' || user !== undefined) {
      if (parts.host !== '' || parts.path !== '' || user !== undefined) out += '//';
      if (user !== undefined) out += `${user}@`;
      out += escape(parts.host, 'host');
    }
    const path = parts.path === '*' ? '*' : escape(parts.path, 'path');
    if (path !== '' && !path.startsWith('/') && parts.host !== '') out += '/';
    if (out === '' && (path.split('/')[0] ?? '').includes(':')) out += './';
    out += path;
  }
  if (parts.query !== '') out += `?${parts.query}`;
  return parts.fragment === '' ? out : `${out}#${escape(parts.fragment, 'fragment')}`;
}

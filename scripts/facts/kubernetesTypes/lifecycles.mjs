// When API versions were deprecated and removed and what replaces them, as k8s.io/api has it in
// zz_generated.prerelease-lifecycle.go.
import fs from 'node:fs';
import path from 'node:path';

/**
 * `[deprecated, removed, replacement]` by `apiVersion/Kind`: minor versions of Kubernetes 1, and the `apiVersion/Kind`
 * that takes its place (left out where none is named). What is not to be removed has 0 there.
 * @param folders of modules; of a kind that several have, the first one counts
 */
export function readLifecycles(folders) {
  const lifecycles = new Map();
  for (const folder of folders) {
    for (const file of fs.readdirSync(folder, { recursive: true })) {
      if (path.basename(file) !== 'zz_generated.prerelease-lifecycle.go') continue;
      const group = groupOf(path.join(folder, path.dirname(file)));
      const version = path.basename(path.dirname(file));
      for (const [kind, facts] of readFile(fs.readFileSync(path.join(folder, file), 'utf8'))) {
        const key = `${group === '' ? '' : `${group}/`}${version}/${kind}`;
        if (!lifecycles.has(key)) lifecycles.set(key, facts);
      }
    }
  }
  return lifecycles;
}

function* readFile(text) {
  const kinds = new Map();
  for (const [, kind, fact, result] of text.matchAll(/^func \(in \*(\w+)\) APILifecycle(\w+)\(\)[^{]*\{\n\treturn (.*)\n\}/gm)) {
    kinds.set(kind, { ...kinds.get(kind), [fact]: result });
  }
  for (const [kind, { Deprecated, Removed, Replacement }] of kinds) {
    // lists go with their elements
    if (kind.endsWith('List') || Deprecated === undefined) continue;
    // one of them names the list of its kind
    const [, group, version, replacing] = /Group: "(.*)", Version: "(.*)", Kind: "(.*?)(?:List)?"/.exec(Replacement ?? '') ?? [];
    const replacement = version === undefined ? [] : [`${group === '' ? '' : `${group}/`}${version}/${replacing}`];
    yield [kind, [minorOf(Deprecated), Removed === undefined ? 0 : minorOf(Removed), ...replacement]];
  }
}

function minorOf(result) {
  return Number(result.split(',')[1]);
}

/** The group that a package is of: its register.go or doc.go says it. */
function groupOf(folder) {
  for (const file of ['doc.go', 'register.go']) {
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    const group = /\+groupName=(\S*)/.exec(text)?.[1] ?? /GroupName\s*=\s*"(.*)"/.exec(text)?.[1];
    if (group !== undefined) return group;
  }
  throw new Error(`no group in ${folder}`);
}

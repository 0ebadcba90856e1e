/** What a sandbox says of itself when it is up, read: where its kubeconfig is, and what that leads to. Data in, data out. */

/** The path of the kubeconfig in what was printed so far; undefined until it was. */
export function kubeconfigIn(printed: string): string | undefined {
  for (const line of printed.split(/\r?\n/).slice(0, -1)) {
    const path = inJson(line) ?? /^(?:export\s+)?kubeconfig\s*[=:]?\s+?(?<path>\S.*)$|^(?:export\s+)?KUBECONFIG=(?<variable>\S.*)$/i.exec(line.trim())?.slice(1).find(Boolean);
    if (path !== undefined) return path.trim();
  }
  return undefined;
}

function inJson(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'kubeconfig' in value && typeof value.kubeconfig === 'string' ? value.kubeconfig : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The kubeconfig of a sandbox that was started beside this window, by `npm start`; undefined where none was. It says so
 * in a variable, since a window learns nothing else from what starts it.
 */
export function sandboxBeside(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  const path = variables['GITOPS_WORKBENCH_SANDBOX'];
  return path === '' ? undefined : path;
}

/** True where all servers of a kubeconfig, as YAML or JSON, are on this machine: a sandbox is nowhere else. */
export function isOnThisMachine(kubeconfig: string): boolean {
  const servers = [...kubeconfig.matchAll(/["']?server["']?:\s*["']?([^"'\s,]+)/g)].flatMap(([, server]) => server ?? []);
  return servers.length > 0 && servers.every((server) => /^https?:\/\/(127(\.\d+){3}|localhost|\[::1\])(:\d+)?(\/|$)/.test(server));
}

/** The context that a kubeconfig, as YAML or JSON, has for the present one; undefined where it has none. */
export function currentContextOf(kubeconfig: string): string | undefined {
  return /^\s*["']?current-context["']?:\s*["']?([^"'\s,]+)/m.exec(kubeconfig)?.[1];
}

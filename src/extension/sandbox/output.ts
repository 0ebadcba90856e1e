/** What the sandbox says when it is up, read: where its kubeconfig is. Data in, data out. */

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

/** The context that a kubeconfig, as YAML or JSON, has for the present one; undefined where it has none. */
export function currentContextOf(kubeconfig: string): string | undefined {
  return /^\s*["']?current-context["']?:\s*["']?([^"'\s,]+)/m.exec(kubeconfig)?.[1];
}

/** Which rules have a page in the package, and the addresses by which diagnostics link to them. */
import * as vscode from 'vscode';

/** The folder of the pages: `<group>/<rule>.md`. */
export function pagesFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'docs/rules');
}

/** Gives for a problem's code, `images/latest-tag`, the address that our URI handler opens its page by; undefined where it has none. */
export async function findRulePages(extensionUri: vscode.Uri, extensionId: string): Promise<(code: string) => vscode.Uri | undefined> {
  const folder = pagesFolder(extensionUri);
  const groups = (await namesIn(folder, vscode.FileType.Directory)).map(async (group) => {
    const files = await namesIn(vscode.Uri.joinPath(folder, group), vscode.FileType.File);
    return files.filter((file) => file.endsWith('.md')).map((file) => `${group}/${file.slice(0, -'.md'.length)}`);
  });
  const rules = new Set((await Promise.all(groups)).flat());
  return (code) => (rules.has(code) ? vscode.Uri.from({ scheme: vscode.env.uriScheme, authority: extensionId, path: `/rules/${code}` }) : undefined);
}

async function namesIn(folder: vscode.Uri, wanted: vscode.FileType): Promise<readonly string[]> {
  // Without pages there are no links; everything else works.
  const entries = await vscode.workspace.fs.readDirectory(folder).then(
    (found) => found,
    () => [],
  );
  return entries.filter(([, type]) => type === wanted).map(([name]) => name);
}

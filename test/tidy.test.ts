/** Holds the structure that docs/architecture.md tells: layers, no cycles, no module state, a pure core, and clean words. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { projectFolder } from './support/projectFolder.js';

interface Import {
  readonly specifier: string;
  /** The imported file relative to the project, for a relative specifier. */
  readonly file: string | undefined;
  readonly typeOnly: boolean;
}

interface Source {
  /** Relative to the project, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

const sources: readonly Source[] = fs
  .readdirSync(path.join(projectFolder, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readSource(`src/${name.replaceAll(path.sep, '/')}`));

function readSource(file: string): Source {
  const text = fs.readFileSync(path.join(projectFolder, file), 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) imports.push({ specifier, file: fileOf(file, specifier), typeOnly: isTypeOnly(node) });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { file, text, tree, imports };
}

function specifierOf(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) return node.moduleSpecifier.text;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [first] = node.arguments;
    return first && ts.isStringLiteral(first) ? first.text : undefined;
  }
  return undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (!ts.isImportDeclaration(node) || !node.importClause) return false;
  const { importClause } = node;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = importClause.namedBindings;
  return importClause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function fileOf(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

/** What each room may import, besides itself. Nothing points the other way. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'core/base': [],
  'core/yaml': ['core/base'],
  'core/objects': ['core/base', 'core/yaml'],
  'core/kustomize': ['core/base', 'core/yaml', 'core/objects'],
  'core/template': ['core/base', 'core/yaml'],
  'core/helm': ['core/base', 'core/yaml', 'core/objects', 'core/template'],
  'core/chartLanguage': ['core/base', 'core/yaml', 'core/objects', 'core/template', 'core/helm'],
  'core/gitops': ['core/base', 'core/yaml', 'core/objects', 'core/template', 'core/kustomize', 'core/helm'],
  'core/registry': ['core/base', 'core/yaml', 'core/objects', 'core/kustomize', 'core/gitops', 'core/live'],
  'core/rules': ['core/base', 'core/yaml', 'core/objects', 'core/kustomize', 'core/helm', 'core/chartLanguage', 'core/gitops', 'core/registry'],
  'core/live': ['core/base', 'core/yaml', 'core/objects'],
  'core/apply': ['core/base', 'core/yaml', 'core/objects', 'core/live'],
  'core/drift': ['core/base', 'core/yaml', 'core/objects', 'core/gitops', 'core/live', 'core/apply'],
  'core/operators': ['core/base', 'core/yaml', 'core/objects', 'core/gitops', 'core/live'],
  'core/sync': ['core/base', 'core/yaml', 'core/objects', 'core/gitops', 'core/live', 'core/apply', 'core/drift', 'core/operators'],
  'core/promote': ['core/base', 'core/yaml', 'core/objects', 'core/kustomize', 'core/helm', 'core/gitops', 'core/live', 'core/registry'],
  'core/doctor': ['core/base', 'core/yaml', 'core/objects', 'core/gitops', 'core/live', 'core/drift', 'core/operators', 'core/registry', 'core/sync'],
  services: ['core'],
  adapters: ['core', 'services'],
  server: ['core', 'services', 'adapters'],
  sandbox: ['core', 'services', 'adapters'],
  cli: ['core', 'services', 'adapters', 'server', 'sandbox'],
  extension: ['server'],
  webview: ['extension', 'server'],
};

function roomOf(file: string): string {
  const parts = file.split('/').slice(1);
  return parts[0] === 'core' ? `core/${parts[1] ?? ''}` : (parts[0] ?? '');
}

function mayImport(from: string, to: string): boolean {
  return from === to || (allowed[from] ?? []).some((room) => to === room || to.startsWith(`${room}/`));
}

/** The nodes of a source that `isWanted` says yes to, as `file:line`. */
function findNodes(source: Source, isWanted: (node: ts.Node) => boolean): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isWanted(node)) found.push(`${source.file}:${source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
}

/** True for `throw error` in the clause that caught `error`. */
function isRethrow(node: ts.ThrowStatement): boolean {
  for (let parent: ts.Node = node.parent; !ts.isSourceFile(parent); parent = parent.parent) {
    if (ts.isCatchClause(parent)) return parent.variableDeclaration?.name.getText() === node.expression.getText();
  }
  return false;
}

const core = sources.filter(({ file }) => file.startsWith('src/core/'));

describe('the structure', () => {
  it('has only rooms that the architecture names', () => {
    const unknown = sources.map(({ file }) => roomOf(file)).filter((room) => !(room in allowed));
    assert.deepEqual([...new Set(unknown)], []);
  });

  it('has no import against the layers', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports.flatMap((each) => (each.file !== undefined && !mayImport(roomOf(file), roomOf(each.file)) ? [`${file} imports ${each.file}`] : [])),
    );
    assert.deepEqual(wrong, []);
  });

  it('lets services reach the outside only through ports, and adapters know no service but ports and failures', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports.flatMap((each) =>
        file.startsWith('src/adapters/') && each.file?.startsWith('src/services/') && !/\/(ports|failure)\.ts$/.test(each.file) ? [`${file} imports ${each.file}`] : [],
      ),
    );
    assert.deepEqual(wrong, []);
  });

  it('lets the extension see types of the server only', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports.flatMap((each) => (file.startsWith('src/extension/') && each.file?.startsWith('src/server/') && !each.typeOnly ? [`${file} imports values of ${each.file}`] : [])),
    );
    assert.deepEqual(wrong, []);
  });

  it('lets pages see the extension only where that is free of the editor', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports.flatMap((each) => {
        if (!file.startsWith('src/webview/') || each.file === undefined || each.typeOnly || each.file.startsWith('src/webview/')) return [];
        const imported = sources.find((source) => source.file === each.file);
        return imported?.imports.every(({ typeOnly }) => typeOnly) ? [] : [`${file} imports values of ${each.file}`];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  it('imports vscode in the extension only, and each library where it belongs', () => {
    const homes: readonly (readonly [library: RegExp, home: RegExp])[] = [
      [/^vscode$/, /^src\/extension\//],
      [/^vscode-languageclient/, /^src\/extension\//],
      [/^vscode-languageserver/, /^src\/server\//],
      [/^commander$/, /^src\/cli\//],
      [/^node:/, /^src\/(adapters|sandbox|server|cli|extension)\//],
    ];
    const wrong = sources.flatMap(({ file, imports }) =>
      imports.flatMap(({ specifier }) => homes.flatMap(([library, home]) => (library.test(specifier) && !home.test(file) ? [`${file} imports ${specifier}`] : []))),
    );
    assert.deepEqual(wrong, []);
  });

  it('keeps the core free of everything from npm and Node', () => {
    const wrong = core.flatMap(({ file, imports }) => imports.flatMap(({ specifier }) => (specifier.startsWith('.') ? [] : [`${file} imports ${specifier}`])));
    assert.deepEqual(wrong, []);
  });

  it('has every library that the sources import in package.json, and no other', () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> };
    const libraryOf = (specifier: string): string =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
    const specifiers = sources.flatMap(({ imports }) => imports.map(({ specifier }) => specifier)).filter((specifier) => !/^(\.|node:|vscode$)/.test(specifier));
    assert.deepEqual([...new Set(specifiers.map(libraryOf))].sort(), Object.keys(manifest.dependencies).sort());
  });

  it('registers commands, reads settings and sets context keys in one file, where their tables hold', () => {
    const wrong = sources.filter(
      ({ file, text }) => file !== 'src/extension/bindings.ts' && /\b(registerCommand|registerTextEditorCommand)\(|getConfiguration\((\)|.gitops)|'setContext'/.test(text),
    );
    assert.deepEqual(
      wrong.map(({ file }) => file),
      [],
    );
  });

  it('has no cycle of value imports', () => {
    const edges = new Map(sources.map(({ file, imports }) => [file, imports.flatMap((each) => (each.file !== undefined && !each.typeOnly ? [each.file] : []))]));
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, way: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...way.slice(way.indexOf(file)), file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const next of edges.get(file) ?? []) visit(next, [...way, file]);
      state.set(file, 'done');
    };
    for (const file of edges.keys()) visit(file, []);
    assert.deepEqual(cycles, []);
  });

  it('has no module state: no let, no collection that grows, no static instance', () => {
    const wrong = sources.flatMap(({ file, tree }) =>
      tree.statements.flatMap((statement) => {
        if (ts.isVariableStatement(statement)) {
          const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
          const grows = statement.declarationList.declarations.some((declaration) => {
            const init = declaration.initializer;
            return init !== undefined && ts.isNewExpression(init) && /^(Map|Set|WeakMap|WeakSet)$/.test(init.expression.getText()) && (init.arguments ?? []).length === 0;
          });
          return isConst && !grows ? [] : [`${file}: ${statement.getText().slice(0, 60)}`];
        }
        if (!ts.isClassDeclaration(statement)) return [];
        return statement.members.flatMap((member) =>
          ts.isPropertyDeclaration(member) && /\bstatic\b/.test(member.getText()) && (!/\breadonly\b/.test(member.getText()) || member.name.getText() === 'instance')
            ? [`${file}: ${member.getText().slice(0, 60)}`]
            : [],
        );
      }),
    );
    assert.deepEqual(wrong, []);
  });

  it('has no folder or file that is named for nothing', () => {
    const wrong = sources.filter(({ file }) => /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.ts$)/i.test(file)).map(({ file }) => file);
    assert.deepEqual(wrong, []);
  });
});

describe('the core', () => {
  it('is synchronous and depends on nothing but its arguments', () => {
    const impure = /^(Date|performance|process|globalThis|setTimeout|setInterval|setImmediate|queueMicrotask|fetch|console|Promise|crypto|require)$/;
    const wrong = core.flatMap((source) =>
      findNodes(source, (node) => {
        if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword) return true;
        if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random') return true;
        if (!ts.isIdentifier(node) || !impure.test(node.text)) return false;
        const { parent } = node;
        const isName =
          (ts.isPropertyAccessExpression(parent) && parent.name === node) || ts.isPropertySignature(parent) || ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent);
        return !isName;
      }),
    );
    assert.deepEqual(wrong, []);
  });

  it('throws only for bugs of its own, in base/assert.ts, and passes on what it did not expect to catch', () => {
    const isOwnThrow = (node: ts.Node): boolean => ts.isThrowStatement(node) && !isRethrow(node);
    const wrong = core.filter(({ file }) => file !== 'src/core/base/assert.ts').flatMap((source) => findNodes(source, isOwnThrow));
    assert.deepEqual(wrong, []);
  });
});

describe('the code', () => {
  it('catches nothing in silence', () => {
    const wrong = sources.flatMap((source) => findNodes(source, (node) => ts.isCatchClause(node) && node.block.statements.length === 0));
    assert.deepEqual(wrong, []);
  });

  it('opens every file with what it is for', () => {
    const wrong = sources
      .filter(({ text, file }) => !text.startsWith('/**') && !text.startsWith('// ') && !text.startsWith('#!') && !file.includes('/facts/'))
      .map(({ file }) => file);
    assert.deepEqual(wrong, []);
  });

  it('has no skipped, exclusive or switched-off check', () => {
    const files = execFileSync('git', ['ls-files', 'src', 'test', 'scripts'], { cwd: projectFolder, encoding: 'utf8' })
      .split('\n')
      .filter((file) => /\.(ts|mjs|js)$/.test(file) && file !== 'test/tidy.test.ts' && fs.existsSync(path.join(projectFolder, file)));
    const pattern = /\b(it|describe|test)\.(skip|only)\(|eslint-disable|@ts-(ignore|nocheck|expect-error)|\bas any\b/;
    const wrong = files.filter((file) => pattern.test(fs.readFileSync(path.join(projectFolder, file), 'utf8')));
    assert.deepEqual(wrong, []);
  });

  it('speaks of itself alone: no path of a machine, no place that packages were installed from', () => {
    const files = execFileSync('git', ['ls-files', '-z'], { cwd: projectFolder, encoding: 'utf8' })
      .split('\0')
      .filter((file) => /\.(ts|mjs|js|json|md|yaml|yml|sh|go)$/.test(file) && fs.existsSync(path.join(projectFolder, file)));
    const homes = /(^|[^A-Za-z0-9_.])\/(root|home\/[a-z]+|Users\/[A-Za-z]+)\/[A-Za-z.]/m;
    const wrong = files.filter((file) => {
      const text = fs.readFileSync(path.join(projectFolder, file), 'utf8');
      return text.includes(`${projectFolder}/`) || (!/^(test\/data|samples)\//.test(file) && homes.test(text));
    });
    assert.deepEqual(wrong, []);
    assert.doesNotMatch(fs.readFileSync(path.join(projectFolder, 'package-lock.json'), 'utf8'), /"resolved"/);
  });
});

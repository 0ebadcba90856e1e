// Lint rules. The layers of docs/architecture.md stand here as forbidden imports, so that an editor shows them at once;
// test/tidy.test.ts holds them (and more) for good.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports from a folder's files, with the reason. */
const forbid = (files, patterns, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: patterns, message }] }] },
});

/** The rooms of the core, each with those it stands on. One that isn't named is forbidden: neighbors don't know each other. */
const coreRooms = {
  base: [],
  yaml: ['base'],
  objects: ['base', 'yaml'],
  kustomize: ['base', 'yaml', 'objects'],
  template: ['base', 'yaml'],
  helm: ['base', 'yaml', 'objects', 'template'],
  chartLanguage: ['base', 'yaml', 'objects', 'template', 'helm'],
  gitops: ['base', 'yaml', 'objects', 'template', 'kustomize', 'helm'],
  registry: ['base', 'yaml', 'objects', 'kustomize', 'gitops', 'live'],
  rules: ['base', 'yaml', 'objects', 'kustomize', 'helm', 'chartLanguage', 'gitops', 'registry'],
  live: ['base', 'yaml', 'objects'],
  promote: ['base', 'yaml', 'objects', 'kustomize', 'helm', 'gitops', 'live', 'registry'],
  apply: ['base', 'yaml', 'objects', 'live'],
  drift: ['base', 'yaml', 'objects', 'gitops', 'live', 'apply'],
  operators: ['base', 'yaml', 'objects', 'gitops', 'live'],
  sync: ['base', 'yaml', 'objects', 'gitops', 'live', 'apply', 'drift', 'operators'],
};

/** What a room of the core may not import: anything but files of the core, and of the core what doesn't stand below it. */
const coreImports = Object.entries(coreRooms).map(([room, below]) => {
  const forbidden = [...Object.keys(coreRooms).filter((other) => other !== room && !below.includes(other)), 'services', 'adapters', 'server', 'cli', 'extension', 'sandbox'];
  return forbid([`src/core/${room}/**/*.ts`], String.raw`^[^.]|^(\.\./)+(${forbidden.join('|')})/`, `core/${room} is pure, and stands on ${below.join(', ') || 'nothing'} only.`);
});

/** Names by which a function would depend on more than its arguments, or answer later. */
const impure = [
  'Date',
  'Promise',
  'performance',
  'process',
  'globalThis',
  'global',
  'console',
  'fetch',
  'crypto',
  'require',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
];

const pureCore = {
  files: ['src/core/**/*.ts'],
  rules: {
    'no-restricted-globals': ['error', ...impure.map((name) => ({ name, message: 'The core depends on its arguments only.' }))],
    'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'The core depends on its arguments only.' }],
    'no-restricted-syntax': ['error', { selector: ':matches(FunctionDeclaration, FunctionExpression, ArrowFunctionExpression)[async=true]', message: 'The core is synchronous.' }],
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', '.vscode-test/', 'samples/', 'test/data/', 'test/vscode/yaml/**/*.cjs', 'scripts/facts/'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] }, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // Otherwise an import of types alone would stay behind as one of the module, and could close a cycle.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/dot-notation': 'off',
      'no-console': 'off',
      'no-control-regex': 'off',
      eqeqeq: 'error',
    },
  },
  ...coreImports,
  pureCore,
  forbid(['src/services/**/*.ts'], '^vscode|^node:|/(server|cli|extension|adapters|sandbox)/', 'services reach the outside through ports.'),
  forbid(['src/adapters/**/*.ts'], '^vscode|/(server|cli|extension|sandbox)/', 'adapters know ports and core only.'),
  forbid(['src/server/**/*.ts'], '^vscode$|^vscode/|/(cli|extension|sandbox)/|^vscode-languageclient', 'the server talks LSP only.'),
  forbid(['src/sandbox/**/*.ts'], '^vscode|/(server|cli|extension)/', 'the sandbox stands beside the server: the command line, tests and the start script use it.'),
  forbid(['src/cli/**/*.ts'], '^vscode|/extension/', 'the command line stands on services.'),
  forbid(['src/extension/**/*.ts'], '/(core|services|adapters|cli)/', 'the extension is a thin client: it knows the protocol only.'),
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/require-await': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'URL',
          'URLSearchParams',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'Buffer',
          'fetch',
          'AbortController',
          'AbortSignal',
          'performance',
          'require',
          'module',
          'exports',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);

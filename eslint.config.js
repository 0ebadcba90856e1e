// Lint rules. The layers of docs/architecture.md stand here as forbidden imports, so that an editor shows them at once;
// test/tidy.test.ts holds them (and more) for good.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports from a folder's files, with the reason. */
const forbid = (files, patterns, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: patterns, message }] }] },
});

const outside = String.raw`^(node:|vscode|simple-git|commander)`;

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
  forbid(['src/core/base/**/*.ts'], `${outside}|^\\.\\./(yaml|objects|kustomize)/|^yaml$`, 'core/base stands below everything.'),
  forbid(['src/core/yaml/**/*.ts'], `${outside}|^\\.\\./(objects|kustomize)/`, 'core/yaml knows only core/base and the yaml package.'),
  forbid(['src/core/objects/**/*.ts'], `${outside}|/kustomize/|^yaml$`, 'core/objects stands below the renderers.'),
  forbid(['src/core/kustomize/**/*.ts'], `${outside}|/(services|adapters|server|cli|extension)/|^yaml$`, 'core is pure: it imports no Node, no editor, no client.'),
  forbid(['src/services/**/*.ts'], '^vscode|/(server|cli|extension|adapters)/', 'services reach the outside through ports.'),
  forbid(['src/adapters/**/*.ts'], '^vscode|/(server|cli|extension)/', 'adapters know ports and core only.'),
  forbid(['src/server/**/*.ts'], '^vscode$|^vscode/|/(cli|extension)/|^vscode-languageclient', 'the server talks LSP only.'),
  forbid(['src/cli/**/*.ts'], '^vscode|/extension/', 'the command line stands on services.'),
  forbid(['src/extension/**/*.ts'], '/(core|services|adapters|cli)/', 'the extension is a thin client: it knows the protocol only.'),
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/require-await': 'off', '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(['process', 'console', 'URL', 'URLSearchParams', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Buffer', 'fetch', 'AbortController', 'AbortSignal', 'performance', 'require', 'module', 'exports'].map((name) => [name, 'readonly'])),
    },
  },
);

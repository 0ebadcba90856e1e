/** package.json's contributions and the typed tables of the extension say the same, both ways. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { commands, type CommandInfo } from '../src/extension/commands.js';
import { contextKeys } from '../src/extension/contextKeys.js';
import { settings, type SettingInfo } from '../src/extension/settings.js';
import { projectFolder } from './support/projectFolder.js';

interface ContributedCommand {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
  readonly icon?: string;
  readonly enablement?: string;
}

interface ContributedSetting {
  readonly type: string;
  readonly default: unknown;
  readonly scope: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly markdownDescription?: string;
}

interface MenuItem {
  readonly command?: string;
  readonly when?: string;
}

interface Manifest {
  readonly main: string;
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly ContributedCommand[];
    readonly configuration: { readonly properties: Readonly<Record<string, ContributedSetting>> };
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly keybindings?: readonly MenuItem[];
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when: string }[];
    readonly walkthroughs?: readonly {
      readonly steps: readonly {
        readonly id: string;
        readonly description: string;
        readonly when?: string;
        readonly completionEvents?: readonly string[];
        readonly media: Readonly<Record<string, string>>;
      }[];
    }[];
  };
}

const manifest = JSON.parse(fs.readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;
const commandTable: Readonly<Record<string, CommandInfo>> = commands;
const views = Object.values(contributes.views).flat();
const settingTable: Readonly<Record<string, SettingInfo>> = settings;

/** Keys of VS Code itself that `when` clauses use here. */
const editorKeys = new Set([
  'activeEditor',
  'editorFocus',
  'editorIsOpen',
  'editorLangId',
  'editorTextFocus',
  'explorerResourceIsFolder',
  'isWorkspaceTrusted',
  'resource',
  'resourceExtname',
  'resourceFilename',
  'resourceLangId',
  'resourcePath',
  'resourceScheme',
  'textCompareEditorActive',
  'view',
  'viewItem',
  'webviewId',
  'webviewSection',
  'isInDiffEditor',
  'workspaceFolderCount',
]);

/** The keys that a `when` clause asks for: words outside of strings, patterns and numbers. */
function keysOf(when: string): readonly string[] {
  const bare = when.replaceAll(/'[^']*'|=~\s*\/(?:\\.|[^/])+\/[a-z]*|[=!]=\s*[\w.*/-]+/g, ' ');
  return (bare.match(/[A-Za-z_][\w.:-]*/g) ?? []).filter((word) => !['in', 'not', 'true', 'false'].includes(word));
}

describe('the manifest', () => {
  it('has every command of the table, and no other', () => {
    const expected = Object.entries(commandTable).filter(([, info]) => !info.internal);
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), expected.map(([id]) => id).sort());
    for (const { command, title, icon, enablement, category } of contributes.commands) {
      const info = commandTable[command];
      assert.equal(title, info?.title, command);
      assert.equal(icon, info?.icon, command);
      assert.equal(enablement, info?.enablement, command);
      assert.equal(category, 'GitOps', command);
    }
  });

  it('names commands by feature and verb, internal ones with an underscore', () => {
    for (const [id, info] of Object.entries(commandTable)) assert.match(id, info.internal ? /^_gitops\.[a-zA-Z]+\.[a-zA-Z]+$/ : /^gitops\.[a-zA-Z]+\.[a-zA-Z]+$/);
  });

  it('has every setting of the table, with type, default, scope and a sentence', () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(Object.keys(properties).sort(), Object.keys(settingTable).sort());
    for (const [id, info] of Object.entries(settingTable)) {
      const contributed = properties[id];
      assert.equal(contributed?.type, info.type, id);
      assert.deepEqual(contributed.default, info.default, id);
      assert.equal(contributed.scope, info.scope, id);
      assert.deepEqual(contributed.enum, info.enum, id);
      assert.equal(contributed.markdownDescription ?? contributed.description, info.description, id);
      assert.match(info.description, /\.$/, id);
    }
  });

  it('takes from an untrusted workspace only the settings that may come from there', () => {
    const restricted = Object.entries(settingTable)
      .filter(([, info]) => info.restricted)
      .map(([id]) => id);
    assert.deepEqual([...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(), restricted.sort());
  });

  it('asks in when clauses only for keys that there are, and uses every key of its own', () => {
    const items = [
      ...Object.values(contributes.menus).flat(),
      ...(contributes.keybindings ?? []),
      ...contributes.commands.map(({ enablement }) => ({ when: enablement })),
      ...(contributes.walkthroughs ?? []).flatMap(({ steps }) => steps),
      ...contributes.viewsWelcome,
    ];
    const used = new Set(items.flatMap(({ when }) => (when === undefined ? [] : keysOf(when))));
    const unknown = [...used].filter((key) => !editorKeys.has(key) && !(key in contextKeys) && !key.startsWith('config.gitops.'));
    assert.deepEqual(unknown, []);
    assert.deepEqual(
      Object.keys(contextKeys).filter((key) => !used.has(key)),
      [],
    );
  });

  it('puts only commands that there are into menus, keybindings and walkthroughs', () => {
    const items = [...Object.values(contributes.menus).flat(), ...(contributes.keybindings ?? [])];
    const words = (contributes.walkthroughs ?? []).flatMap(({ steps }) =>
      steps.flatMap(({ description, completionEvents }) => [
        ...description.matchAll(/command:([\w.]+)/g),
        ...(completionEvents ?? []).flatMap((event) => [...event.matchAll(/^onCommand:(.+)$/g)]),
      ]),
    );
    const named = [...items.map(({ command }) => command ?? ''), ...words.map((match) => match[1] ?? '')];
    const welcome = contributes.viewsWelcome.flatMap(({ contents }) => [...contents.matchAll(/command:([\w.]+)/g)].map((match) => match[1] ?? ''));
    // The editor itself makes a command for each view.
    const ofViews = views.map(({ id }) => `${id}.focus`);
    const unknown = [...named, ...welcome].filter((id) => id.includes('gitops.') && !(id in commandTable) && !ofViews.includes(id));
    assert.deepEqual(unknown, []);
  });

  it('names files that there are', () => {
    const media = (contributes.walkthroughs ?? []).flatMap(({ steps }) => steps.flatMap((step) => Object.values(step.media))).filter((file) => file.startsWith('media/'));
    assert.deepEqual(
      [...media, ...views.map(({ icon }) => icon)].filter((file) => !fs.existsSync(path.join(projectFolder, file))),
      [],
    );
  });
});

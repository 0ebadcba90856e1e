import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DiskTree } from '../../../src/adapters/disk/diskTree.js';
import { temporaryFolders } from '../../support/temporaryFolder.js';

describe('the tree of files on disk', () => {
  const folder = temporaryFolders();

  it('knows files, folders and what is not there', () => {
    const { core } = folder('#- a/b.yaml\nb: 1');
    const tree = DiskTree.open();
    assert.equal(tree.kind(core), 'directory');
    assert.equal(tree.kind(`${core}/a`), 'directory');
    assert.equal(tree.kind(`${core}/a/b.yaml`), 'file');
    assert.equal(tree.kind(`${core}/a/none`), 'none');
    assert.equal(tree.kind(`${core}/none/none`), 'none');
    assert.equal(tree.kind(`${core}/a/b.yaml/c`), 'none');
    assert.deepEqual(tree.list(`${core}/a`), ['b.yaml']);
    assert.deepEqual(tree.list(`${core}/none`), []);
    assert.equal(tree.read(`${core}/a/b.yaml`)?.text, 'b: 1\n');
    assert.equal(tree.read(`${core}/a`), undefined);
    assert.equal(tree.readBytes(`${core}/none`), undefined);
  });

  it('keeps a byte order mark, and bytes that are no text', () => {
    const files = folder()
      .put('bom.yaml', '\uFEFFa: 1\n')
      .put('binary', new Uint8Array([0xff, 0x00, 0x41]));
    const tree = DiskTree.open();
    assert.equal(tree.read(`${files.core}/bom.yaml`)?.text, '\uFEFFa: 1\n');
    assert.deepEqual([...(tree.readBytes(`${files.core}/binary`) ?? [])], [0xff, 0x00, 0x41]);
  });

  it('answers what it answered before, whatever happens on disk', () => {
    const files = folder('#- a.yaml\na: 1');
    const tree = DiskTree.open();
    const before = tree.read(`${files.core}/a.yaml`);
    assert.equal(tree.kind(`${files.core}/later.yaml`), 'none');
    files.put('a.yaml', 'a: 2\n').put('later.yaml', '');
    assert.equal(tree.read(`${files.core}/a.yaml`), before);
    assert.equal(tree.kind(`${files.core}/later.yaml`), 'none');
  });

  it('reads again only what is said to have changed', () => {
    const files = folder('#- a.yaml\na: 1\n#- b.yaml\nb: 1\n#- same.yaml\nc: 1');
    const tree = DiskTree.open();
    const texts = ['a', 'b', 'same'].map((name) => tree.read(`${files.core}/${name}.yaml`));
    files.put('a.yaml', 'a: 2\n').put('b.yaml', 'b: 2\n').put('same.yaml', 'c: 1\n');
    const next = tree.withChanges([`${files.core}/a.yaml`, `${files.core}/same.yaml`]);
    assert.equal(next.read(`${files.core}/a.yaml`)?.text, 'a: 2\n');
    assert.equal(next.read(`${files.core}/b.yaml`), texts[1]);
    assert.equal(next.read(`${files.core}/same.yaml`), texts[2], 'the same content is the same text');
    assert.equal(tree.read(`${files.core}/a.yaml`), texts[0]);
  });

  it('sees files and folders that come and go', () => {
    const files = folder('#- old/a.yaml\na: 1');
    const tree = DiskTree.open();
    assert.deepEqual([tree.kind(`${files.core}/old/a.yaml`), tree.kind(`${files.core}/new/deep/b.yaml`)], ['file', 'none']);
    files.remove('old');
    files.write('#- new/deep/b.yaml\nb: 1');
    const next = tree.withChanges([`${files.core}/old`, `${files.core}/new/deep/b.yaml`]);
    assert.deepEqual([next.kind(`${files.core}/old/a.yaml`), next.kind(`${files.core}/new/deep/b.yaml`)], ['none', 'file']);
    assert.deepEqual(next.list(files.core), ['new']);
  });

  it('finds out by itself what changed, when asked to', () => {
    const files = folder('#- a.yaml\na: 1\n#- sub/b.yaml\nb: 1');
    const tree = DiskTree.open();
    tree.read(`${files.core}/a.yaml`);
    const kept = tree.read(`${files.core}/sub/b.yaml`);
    assert.equal(tree.revalidate(), tree, 'nothing changed');
    files.put('a.yaml', 'a: 1234\n').put('c.yaml', '');
    const next = tree.revalidate();
    assert.equal(next.read(`${files.core}/a.yaml`)?.text, 'a: 1234\n');
    assert.equal(next.kind(`${files.core}/c.yaml`), 'file');
    assert.equal(next.read(`${files.core}/sub/b.yaml`), kept);
  });

  it('says which files it could not read, and goes on', () => {
    const files = folder('#- a.yaml\na: 1\n#- large.yaml\na: 1');
    fs.truncateSync(path.join(files.path, 'large.yaml'), 65 * 1024 * 1024);
    const tree = DiskTree.open();
    assert.equal(tree.kind(`${files.core}/a.yaml`), 'file');
    files.remove('a.yaml');
    fs.mkdirSync(path.join(files.path, 'a.yaml'));
    assert.equal(tree.read(`${files.core}/a.yaml`), undefined);
    assert.equal(tree.read(`${files.core}/large.yaml`), undefined);
    assert.equal(tree.readBytes(`${files.core}/large.yaml`), undefined);
    assert.match(tree.unreadable.get(`${files.core}/a.yaml`) ?? '', /EISDIR/);
    assert.equal(tree.unreadable.get(`${files.core}/large.yaml`), 'larger than 64 MB');
  });
});

describe('symbolic links on disk', () => {
  const folder = temporaryFolders();

  it('are followed, and resolved by realPath', () => {
    const { core } = folder('#- real/a.yaml\na: 1').link('linked', 'real').link('b.yaml', 'real/a.yaml').link('broken', 'nowhere').link('circle', 'circle');
    const tree = DiskTree.open();
    assert.deepEqual(
      ['linked', 'b.yaml', 'broken', 'circle'].map((name) => tree.kind(`${core}/${name}`)),
      ['directory', 'file', 'none', 'none'],
    );
    assert.equal(tree.read(`${core}/linked/a.yaml`)?.text, 'a: 1\n');
    assert.equal(tree.realPath(`${core}/linked/a.yaml`), `${core}/real/a.yaml`);
    assert.equal(tree.realPath(`${core}/b.yaml`), `${core}/real/a.yaml`);
    assert.equal(tree.realPath(`${core}/none`), `${core}/none`);
  });

  it('lead to what changed where they lead', () => {
    const files = folder('#- real/a.yaml\na: 1').link('b.yaml', 'real/a.yaml');
    const tree = DiskTree.open();
    assert.equal(tree.read(`${files.core}/b.yaml`)?.text, 'a: 1\n');
    files.put('real/a.yaml', 'a: 2\n');
    assert.equal(tree.withChanges([`${files.core}/real/a.yaml`]).read(`${files.core}/b.yaml`)?.text, 'a: 2\n');
  });

  it('show the open buffer of the file they lead to', () => {
    const { core } = folder('#- real/a.yaml\na: 1').link('linked', 'real');
    const tree = DiskTree.open().withBuffer(`${core}/real/a.yaml`, 'a: 3\n');
    const linked = tree.read(`${core}/linked/a.yaml`);
    assert.equal(linked?.text, 'a: 3\n');
    assert.equal(linked?.path, `${core}/linked/a.yaml`);
    assert.equal(tree.withBuffer(`${core}/other.yaml`, '').read(`${core}/linked/a.yaml`), linked);
  });
});

describe('open buffers over the disk', () => {
  const folder = temporaryFolders();

  it('take the place of the file, and give it back when they are closed', () => {
    const { core } = folder('#- a.yaml\na: 1');
    const tree = DiskTree.open();
    const onDisk = tree.read(`${core}/a.yaml`);
    const edited = tree.withBuffer(`${core}/a.yaml`, 'a: 2\n');
    assert.equal(edited.read(`${core}/a.yaml`)?.text, 'a: 2\n');
    assert.equal(new TextDecoder().decode(edited.readBytes(`${core}/a.yaml`)), 'a: 2\n');
    assert.equal(edited.withBuffer(`${core}/a.yaml`, undefined).read(`${core}/a.yaml`), onDisk);
    assert.equal(tree.read(`${core}/a.yaml`), onDisk);
  });

  it('change nothing while they hold what is on disk', () => {
    const { core } = folder('#- a.yaml\na: 1');
    const tree = DiskTree.open();
    const onDisk = tree.read(`${core}/a.yaml`);
    const opened = tree.withBuffer(`${core}/a.yaml`, 'a: 1\n');
    assert.equal(opened.read(`${core}/a.yaml`), onDisk);
    assert.equal(opened.withBuffer(`${core}/a.yaml`, 'a: 1\n'), opened);
    assert.equal(tree.withBuffer(`${core}/b.yaml`, undefined), tree);
  });

  it('share all other texts with the snapshot before', () => {
    const { core } = folder('#- a.yaml\na: 1\n#- b.yaml\nb: 1');
    const tree = DiskTree.open();
    const other = tree.read(`${core}/b.yaml`);
    assert.equal(tree.withBuffer(`${core}/a.yaml`, 'a: 2\n').read(`${core}/b.yaml`), other);
  });

  it('are there before they are saved', () => {
    const { core } = folder('#- a.yaml\na: 1');
    const tree = DiskTree.open().withBuffer(`${core}/new.yaml`, 'n: 1\n');
    assert.equal(tree.kind(`${core}/new.yaml`), 'file');
    assert.deepEqual(tree.list(core), ['a.yaml', 'new.yaml']);
  });

  it('are unsaved as long as the disk says something else', () => {
    const files = folder('#- a.yaml\na: 1');
    const file = `${files.core}/a.yaml`;
    const edited = DiskTree.open().withBuffer(file, 'a: 2\n');
    assert.deepEqual(edited.unsaved, [file]);
    files.put('a.yaml', 'a: 2\n');
    assert.deepEqual(edited.withChanges([file]).unsaved, []);
    assert.deepEqual(edited.withBuffer(`${files.core}/new.yaml`, '').withChanges([file]).unsaved, [`${files.core}/new.yaml`]);
  });
});

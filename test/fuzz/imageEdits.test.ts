/** Versions of images in kustomizations of every style: only the bytes of the version change, and the way back restores the text. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../src/core/base/fileTree.js';
import { moveImage } from '../../src/core/promote/moveImage.js';
import { kustomizeSources, type KustomizeSources } from '../support/kustomizeSources.js';
import { Random } from './random.js';

const runs = 150;
const file = '/w/prod/kustomization.yaml';
const deployment = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: "ghcr.io/acme/web:base"}, {name: other, image: "envoy:1"}]}\n';

/** An entry of `images` for the moved image, in some style; the version stands in it once. */
function writeOverlay(random: Random, version: string): string {
  const quote = random.pick(['', '"', "'"]);
  const tag = `${random.pick(['', '', '&tag '])}${quote}${version}${quote}`;
  const comment = random.pick(['', ' # by hand', ' #v1']);
  const name = random.pick(['ghcr.io/acme/web', '"ghcr.io/acme/web"']);
  const indent = random.pick(['', '  ']);
  const isFlow = random.below(4) === 0;
  const fields = random.pick([true, false]) ? [`name: ${name}`, `newTag: ${tag}`] : [`newTag: ${tag}`, `name: ${name}`];
  const entry = isFlow ? `${indent}- {${fields.join(', ')}}${comment}\n` : `${indent}- ${fields[0] ?? ''}${comment}\n${indent}  ${fields[1] ?? ''}${comment}\n`;
  const others = random.pick(['', `${indent}# the proxy\n${indent}- name: envoy\n${indent}  newTag: "2"\n`]);
  const list = random.pick([entry + others, others + entry]);
  const lines = [`resources: [../base]\n`, `images:${comment}\n${list}`, random.pick(['', '\n# the end\n', 'namePrefix: a-\n'])];
  const text = `${random.pick(['', '# head\n', '---\n'])}${random.pick([true, false]) ? lines.join('') : [lines[1], lines[0], lines[2]].join('')}`;
  return random.below(3) === 0 ? text.replaceAll('\n', '\r\n') : text;
}

function open(text: string): KustomizeSources {
  return kustomizeSources(new MemoryTree({ '/w/base/kustomization.yaml': 'resources: [pod.yaml]\n', '/w/base/pod.yaml': deployment, [file]: text }), ['/w/prod']);
}

function move(sources: KustomizeSources, tag: string): KustomizeSources {
  const [target] = sources.targets;
  assert.ok(target);
  const outcome = moveImage({ target, name: 'ghcr.io/acme/web', version: { tag, digest: undefined }, together: new Set() }, sources);
  assert.equal(outcome.kind, 'moved', outcome.kind === 'refused' ? outcome.reason : outcome.kind);
  assert.ok(outcome.kind === 'moved');
  return open(outcome.sources.parse(file)?.source.text ?? '');
}

describe('versions of images in kustomizations of every style', () => {
  it('are exchanged by their own bytes, and back', () => {
    for (let seed = 1; seed <= runs; seed++) {
      const random = new Random(seed);
      const [old, next] = [random.pick(['v1', 'sha-1a2b3c4d', '1.2.3']), random.pick(['v2.0', 'sha-99ffee00', '2.0.1-rc.1'])];
      const text = writeOverlay(random, old);
      const moved = move(open(text), next);
      const written = moved.parse(file)?.source.text ?? '';
      assert.equal(written, text.replace(new RegExp(`(newTag: (?:&tag )?["']?)${old.replaceAll('.', '\\.')}`), `$1${next}`), `seed ${seed}\n${text}`);
      const image = moved.renderingOf('/w/prod')?.objects[0]?.printed.text;
      assert.ok(image?.includes(`image: ghcr.io/acme/web:${next}\n`), `seed ${seed}\n${image ?? ''}`);
      assert.equal(move(moved, old).parse(file)?.source.text, text, `seed ${seed} goes back`);
    }
  });

  it('are quoted where YAML would read another type, whatever the style was', () => {
    for (let seed = 1; seed <= runs; seed++) {
      const random = new Random(seed + 1000);
      const tag = random.pick(['1.10', '20261121', '1e5', '0777', 'true', 'null', '2026-11-21', '0x10', '.5', '12_000']);
      const moved = move(open(writeOverlay(random, 'v1')), tag);
      const text = moved.renderingOf('/w/prod')?.objects[0]?.printed.text ?? '';
      assert.ok(text.includes(`ghcr.io/acme/web:${tag}`), `seed ${seed}\n${moved.parse(file)?.source.text ?? ''}`);
      assert.match(moved.parse(file)?.source.text ?? '', new RegExp(`newTag: (?:&tag )?(["'])${tag.replaceAll('.', '\\.')}\\1`), `seed ${seed}`);
    }
  });
});

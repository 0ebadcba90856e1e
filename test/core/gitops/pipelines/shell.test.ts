import assert from 'node:assert/strict';
import { parseShell } from '../../../../src/core/gitops/pipelines/shellSyntax.js';
import { runShell } from '../../../../src/core/gitops/pipelines/runShell.js';
import { describeBranches } from '../../../../src/core/gitops/pipelines/branchLimit.js';
import { anyBranch } from '../../../../src/core/gitops/pipelines/pipeline.js';
import { describeText, holeText } from '../../../../src/core/gitops/pipelines/symbolicText.js';

/** The commands that a script runs: their words, in which folder, for which branches. */
function run(script: string): readonly string[] {
  const calls: string[] = [];
  const known = new Map([
    ['SHA', holeText('commit', '$SHA')],
    ['BRANCH', holeText('branch', '$BRANCH')],
    ['REF', holeText('ref', '$REF')],
  ]);
  runShell(
    parseShell(script, 'github'),
    { variables: new Map(), cwd: '.', branches: anyBranch },
    {
      expand: (_, written) => holeText('unknown', written),
      predefined: (name) => known.get(name),
      call: ({ words, cwd, branches, start, end }) => {
        assert.ok(start >= 0 && end > start && end <= script.length);
        const on = describeBranches(branches);
        calls.push(`${words.map((word) => `[${describeText(word)}]`).join('')}${cwd === '.' ? '' : ` in ${cwd ?? '?'}`}${on === '' ? '' : ` on ${on}`}`);
      },
    },
  );
  return calls;
}

describe('shell scripts of pipelines', () => {
  it('words are split and joined as a shell does', () => {
    assert.deepEqual(run(`a="b c"; x $a "$a" 'd $a'e"f" g\\ h \\\n  last # comment\ny --k=\${a}z ""`), ['[x][b][c][b c][d $aef][g h][last]', '[y][--k=b][cz][]']);
  });

  it('expansions of what is known are constant, of commits and references they keep their meaning', () => {
    assert.deepEqual(run('x ${SHA::8} ${SHA:0:7} ${REF#refs/heads/} ${REF##*/} ${NONE:-y} ${SHA%z}'), ['[x][<commit:8>][<commit:7>][<branch>][<branch>][${NONE:-y}][${SHA%z}]']);
    assert.deepEqual(run('v=registry/app; x ${v##*/} ${v%/*} ${v,,} ${v:0:3}'), ['[x][app][registry][registry/app][reg]']);
    assert.deepEqual(run('x $(echo $SHA | cut -c1-7) $(git rev-parse --short=9 HEAD) `git rev-parse HEAD` $(date +%s) $(whatever)'), [
      '[x][<commit:7>][<commit:9>][<commit>][<date>][$(whatever)]',
    ]);
  });

  it('folders follow cd, pushd and subshells', () => {
    assert.deepEqual(run('(cd a/b && x); y; pushd c; z; popd; w; cd /tmp/q; v; cd $UNKNOWN; u'), ['[x] in a/b', '[y]', '[z] in c', '[w]', '[v] in @root/tmp/q', '[u] in ?']);
  });

  it('conditions on branches limit what follows, others leave open what differs', () => {
    assert.deepEqual(run('if [ "$BRANCH" = main ]; then e=prod; x $e; elif [[ $BRANCH == dev ]]; then y; else z; fi; w $e'), [
      '[x][prod] on main',
      '[y] on dev',
      '[z] on all but main, dev',
      '[w][$e]',
    ]);
    assert.deepEqual(run('[ "$REF" = refs/heads/main ] && x && y\nz'), ['[x] on main', '[y] on main', '[z]']);
    assert.deepEqual(run('case $BRANCH in main|release) x ;; *) y ;; esac; case a in a) z ;; b) w ;; esac'), ['[x] on main, release', '[y] on all but main, release', '[z]']);
    assert.deepEqual(run('if [ -n "x" ]; then a; else b; fi'), ['[a]']);
  });

  it('loops, functions, groups and here-documents are followed', () => {
    assert.deepEqual(run('for i in a b; do x $i; done'), ['[x][a]', '[x][b]']);
    assert.deepEqual(run('f() { x "$1"; }; f one; f two'), ['[x][one]', '[x][two]']);
    assert.deepEqual(run('cat <<EOF > file\nnot a command $x\nEOF\ny'), ['[cat]', '[y]']);
    assert.deepEqual(run('while read l; do x $l; done < list; y'), ['[x][$l]', '[y]']);
    assert.deepEqual(run('{ a; b; } > out; c'), ['[a]', '[b]', '[c]']);
  });

  it('expressions of the pipeline are parts of words, even between single quotes', () => {
    assert.deepEqual(run(`x '\${{ a.b }}' "c\${{ d }}"e`), ['[x][${{ a.b }}][c${{ d }}e]']);
  });

  it('whatever is no script ends', () => {
    for (const text of ['(((((', 'if then fi )', "'", '"$(', '$((', '${', 'case x in', 'for', ';;;;', ') ) }', '<<EOF', 'a <<', '{', '[[ a', '&& ||', '`']) run(text);
    run('('.repeat(5000));
    run('$('.repeat(5000));
    run('"$(('.repeat(2000));
  });
});

// Records what Go makes of a table of templates, for test/core/template: every function with many arguments, the language
// and its mistakes, what charts show their templates, and a sample of what is made up at random. usage: node scripts/facts/template/record.mjs
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeGenerators, makeRandom, randomData } from './randomCases.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(folder, '../../../test/data/template');

export const data = `name: Foo_Bar-baz
text: "hello World, it's 5 o'clock"
lines: "a: 1\\nb:\\n  - x\\n"
empty: ""
uni: "héllo wörld ✓ 日本"
zero: 0
five: 5
neg: -7
pi: 3.14159
big: 12345678901234
on_: true
off_: false
yes: quoted key
nothing: null
list: [a, b, c]
nums: [3, 1, 2]
mixed: [1, a, true, null, "", {k: v}, [x]]
none: []
maps: [{id: one, v: 1}, {id: two}]
map: {z: 1, a: two, m: {deep: {er: here}}, l: [1, 2]}
other: {a: three, b: new, m: {deep: {er: there, more: 1}}}
nomap: {}
url: "https://user:pa%20ss@example.com:8443/some/path?q=1&r=a%20b#frag"
version: v1.27.3-gke.100
`;

/** Values of each type to call functions with. */
const values = ['.name', '.text', '.uni', '.empty', '.zero', '.five', '.neg', '.pi', '.big', '.on_', '.off_', '.nothing', '.missing', '.list', '.nums', '.mixed', '.none', '.map', '.nomap', '"x y"', '3', '-2', '1.5', 'true', 'nil', '(list 1 2)', '(dict "k" 1)', '(int 7)', '(until 3)', '"8.00"', '"0x1F"', '"1e3"', '(float64 2)', '(splitList "," "b,a,,c")'];
const few = ['.name', '.five', '.nothing', '.list', '.map', '2', '""', '.missing'];

const unary =
  'upper lower title untitle swapcase snakecase camelcase kebabcase initials trim nospace toString toStrings atoi int int64 float64 toDecimal add1 add1f ceil floor len not quote squote cat empty typeOf kindOf deepCopy mustDeepCopy toJson toPrettyJson toRawJson mustToJson mustToPrettyJson mustToRawJson fromJson mustFromJson b64enc b64dec b32enc b32dec sha1sum sha256sum sha512sum adler32sum base dir clean ext isAbs osBase osDir osClean osExt osIsAbs first last rest initial reverse compact uniq mustFirst mustLast mustRest mustInitial mustReverse mustCompact mustUniq sortAlpha until regexQuoteMeta semver duration durationRound toYaml fromYaml fromYamlArray fromJsonArray toToml html js urlquery print println list tuple coalesce all any dict concat add max min maxf minf biggest seq hello fail unixEpoch urlParse fromJson'
    .split(' ');
const binary =
  'eq ne lt le gt ge and or index slice default hasPrefix hasSuffix contains trimSuffix trimPrefix trimAll trimall join split splitList repeat indent nindent trunc abbrev wrap append prepend push has without get hasKey unset pluck pick omit sub div mod mul addf subf mulf divf round max min untilStep regexMatch mustRegexMatch regexFind regexFindAll semverCompare required ternary kindIs typeIs typeIsLike deepEqual chunk mustChunk mustAppend mustHas mustWithout merge mergeOverwrite printf date toDate mustToDate dateModify call cat list dict coalesce concat'
    .split(' ');

const calls = `
trunc 3 .uni;trunc -3 .uni;trunc 0 .name;trunc -100 .name;substr 0 3 .name;substr -1 3 .name;substr 2 -1 .name;substr 2 100 .name;substr 5 2 .name
abbrev 5 .text;abbrev 3 .text;abbrevboth 5 10 .text;abbrevboth 5 7 .text;abbrevboth 3 5 .text;abbrevboth 0 8 .uni
wrap 5 .text;wrap 100 .text;wrapWith 5 "-" .text;wrapWith 3 "|" "abcdefghij";wrap 0 "a b"
replace "o" "0" .text;replace "" "-" "abc";replace "x" "y" .text;plural "one" "many" 1;plural "one" "many" 2
splitn "-" 2 .name;split "_" .name;(split "_" .name)._0;splitList "" .uni;splitList "," "";repeat 3 "ab";repeat -1 "a"
join "," .list;join "-" .mixed;join "," .name;join "," .nothing;sortAlpha .mixed
snakecase "HTTPServer";snakecase "Bld4Floor3rd";snakecase "HTTP20xOK";snakecase "Duration2m3s";snakecase "GO PATH__x";kebabcase "FirstName x";camelcase "http_server";camelcase "_complex__case_";camelcase "GOLANG_IS_GREAT";camelcase "a";camelcase "_";snakecase "no_https2";kebabcase "a.b-C1d";swapcase "This Is A.Test";title "hello wOrld-foo bar";untitle "Hello World";initials "First Try x"
quote .text 5 nil "a\\"b\\n\\x00é";squote .text 5 nil;cat 1 "a" nil .list;quote .list .map;squote true 1.5
indent 4 .lines;nindent 2 .lines;indent 0 "a";indent -1 "a"
int "12";int "12.7";int "0x10";int "010";int "8.000";int 12.9;int "abc";int true;int64 9223372036854775807;int 1e30;float64 "1.5e3";toDecimal "777";toDecimal 644;atoi "12a"
add 1 2 3.9 "4";sub 5 "3";div 7 2;div 7 0;mod 7 -2;mul 2 3 4;max 1 5 3;min 4 "2" 8;maxf 1.5 2;minf 1.5 "0.5";add;addf 1.5 2 .1 .2;subf 7.5 2 1;divf 10 3;divf 1 0;mulf 1.1 1.1;round 3.14159 2;round 2.5 0;round -2.5 0;round 123.555 2;round 123.5 0 0.9;ceil 1.1;floor -1.1;add1 "4";addf 0.1 0.2;divf 1 3 7
until 5;until -3;untilStep 0 10 3;untilStep 10 0 -4;untilStep 0 5 -1;seq 5;seq -3;seq 2 6;seq 6 2;seq 0 2 10;seq 0 -2 -5;seq 1 2 3 4;seq
dict "a" 1 "b";dict 1 2;get .map "a";get .map "nope";set .nomap "k" "v";unset .map "a";hasKey .map "a";pluck "id" (index .maps 0) (index .maps 1) .map;keys .map | sortAlpha;pick .map "a" "nope" "z";omit .map "m" "l";values .map | len;dig "m" "deep" "er" "none" .map;dig "m" "nope" "none" .map;dig "a" "x" "none" .map;dig "a" .map
merge .nomap .map .other;merge .map .other;mergeOverwrite .map .other;mustMerge (dict "a" "") .other;mustMergeOverwrite (dict "m" 1) .other;merge (dict "l" (list)) .map;merge (dict "x" (dict)) (dict "x" (dict "y" 1));merge (dict "a" (dict "b" 1)) (dict "a" "str");merge (dict "a" "str") (dict "a" (dict "b" 1));mergeOverwrite (dict "a" "str") (dict "a" (dict "b" 1));mergeOverwrite (dict "a" (dict "b" 1)) (dict "a" "str");mergeOverwrite (dict "a" 1 "b" 2) (dict "a" nil "b" "");merge (dict "a" 0 "b" false) (dict "a" 5 "b" true);mergeOverwrite (dict "l" (list 1 2)) (dict "l" (list));merge (dict "a" nil) (dict "a" 1)
list 1 "a" nil;first .list;first .none;last .nums;rest .list;rest .none;initial .list;append .list "x";prepend .nums 0;reverse .list;compact .mixed;uniq (list 1 1 2 "1" 1.0);without .list "a" "c";has "a" .list;has 1 .nums;has 1.0 .nums;slice .list 1;slice .list 0 2;slice .list 2 1;slice .none 0;slice .list 0 9;concat .list .nums;concat .list "a";chunk 2 .nums;chunk 2 .none;chunk 0 .nums
index .list 0;index .list -1;index .list 9;index .map "a";index .map "m" "deep" "er";index .map 1;index .name 0;index .list "a";index .nothing 0;index .list nil;index .map nil;index .map "nope" "x";len .uni;len .map;len .five;len .nothing;len nil;len .missing
eq 1 1;eq 1 1.0;eq .five 5.0;eq .five 5;eq "a" "b" "a";eq .list .list;eq nil nil;eq .nothing nil;eq .missing nil;eq 1 nil;eq "a" nil;eq .map .list;ne "a" "b";lt 1 2;lt "a" "b";lt 1.5 2.5;lt 1 "a";lt true false;le 1 1;gt 2 1;ge 1 2;eq 1;eq true true;lt .nothing 1;eq .on_ "true";gt .five 3;gt .five 3.0;eq (int .five) 5;eq 'a' 97;eq .list nil;eq .none nil;eq (index .name 0) 70
default "d" .empty;default "d" .nothing;default "d" .missing;default "d" .five;default "d" false;default "d";coalesce "" 0 nil .list;coalesce "";empty .none;empty "0";all 1 "a";all 1 "";any "" 0;any 0 1;ternary "y" "n" true;ternary "y" "n" .off_;ternary "y" "n" "true";true | ternary "y" "n"
typeOf .map;typeOf .list;typeOf .five;typeOf 5;typeOf nil;typeOf "a";typeOf true;typeOf (until 2);typeOf (splitList "," "a");typeOf (split "," "a");typeOf (chunk 1 .list);typeOf 1i;typeOf (int64 1);kindOf .map;kindOf nil;kindOf .nothing;kindIs "map" .map;typeIs "string" .name;typeIsLike "*semver.Version" (semver "1.2.3");typeOf (semver "1");kindOf (semver "1")
deepEqual .list (list "a" "b" "c");deepEqual (list 1) (list 1.0);deepEqual .map .map;deepEqual nil nil
b64enc .text;b64dec "aGVsbG8=";b64dec "aGVsbG8";b64dec "!!";b64dec "/w==" | b64enc;b64dec "/w==" | len;b32enc .text;b32dec "NBSWY3DP";b32dec "NBSWY3D";sha1sum .text;sha256sum .uni;sha512sum .text;sha512sum "";adler32sum .text
regexMatch "^F.*z$" .name;regexMatch "[" .name;mustRegexMatch "[" .name;regexFindAll "[a-z]+" .text -1;regexFindAll "[a-z]+" .text 2;regexFindAll "zzz" .text -1;regexFindAll "o" .text 0;regexFind "o." .text;regexFind "zzz" .text;regexReplaceAll "a(x*)b" "-ab-axxb-" "\${1}W";regexReplaceAll "a(x*)b" "-ab-axxb-" "$1W";regexReplaceAll "a(?P<n>x*)b" "-ab-axxb-" "<\${n}$$>";regexReplaceAllLiteral "a(x*)b" "-ab-axxb-" "\${1}";regexSplit "z+" "pizza" -1;regexSplit "z+" "pizza" 1;regexSplit "" "abc" -1;regexSplit "a" "" -1;regexSplit "," "a,b,c" 2;regexQuoteMeta "1.2.3[x]";regexReplaceAll "" "abc" "-";regexReplaceAll "x*" "axb" "-";regexFindAll "a*" "baaac" -1;regexFind "(" "a";regexReplaceAll "\\\\W+" .text "_";regexReplaceAll "[^-A-Za-z0-9_.]" .text "-";mustRegexFind "a{2,1}" "a";mustRegexFindAll "(?i)H" .text -1;mustRegexSplit "[" "a" -1;mustRegexReplaceAll "*" "a" "b"
semverCompare ">=1.21-0" .version;semverCompare ">=1.21" .version;semverCompare "^1.2" "1.9.9";semverCompare "~1.2.3" "1.2.9";semverCompare "1.2.x" "1.2.9";semverCompare ">1 <2 || 3" "3.0.0";semverCompare "1.2 - 1.4" "1.3.9";semverCompare "!=1.2" "1.3.0";semverCompare "bad" "1";semverCompare ">1" "bad";semverCompare "^0.2.3" "0.3.0";semverCompare "*" "1.0.0";semverCompare "" "1.0.0";semverCompare ">=1.19-0" "1.27.3+k3s1";semverCompare "<1.14-0" "v1.20.0";semverCompare "=1.2.3" "1.2.3+b";semverCompare ">= 1.2, < 3" "2";semver "1.2";(semver .version).Major;(semver .version).Prerelease;semver "1.2.3-a.b+m";(semver "v2.3.4").Original;semver "x";semver "1.2.3-01"
urlParse .url;(urlParse .url).host;urlParse "a/b?c#d";urlParse "mailto:x@y.z";urlParse ":bad";urlParse "http://[::1]:80/";urlJoin (urlParse .url);urlJoin (dict "scheme" "http" "host" "h:80" "path" "/a b" "query" "x=1" "fragment" "f");urlJoin (dict "path" "a:b");urlJoin (dict "host" "h" "path" "p");urlJoin (dict "host" 1);urlParse "http://a b/";urlParse "%zz"
date "2006-01-02T15:04:05Z07:00" 0;date "Jan _2 Mon 3:4:5pm .000" 1700000000;dateInZone "2006-01-02 15:04 MST" 1700000000 "UTC";htmlDate 1000000000;htmlDateInZone 1000000000 "UTC";toDate "2006-01-02" "2020-02-29";toDate "2006-01-02" "bad";mustToDate "2006-01-02" "bad";mustToDate "2006-01-02" "2021-02-30";toDate "2006-01-02" "2020-02-29" | date "Monday, 02-Jan-06 002";unixEpoch (toDate "2006-01-02T15:04:05Z07:00" "2020-01-01T00:00:00+02:00");dateModify "-1.5h" (toDate "2006-01-02" "2020-01-01") | date "15:04:05";mustDateModify "x" (toDate "2006-01-02" "2020-01-01");duration 95;duration "95";duration (int64 3700);durationRound "2h10m5s";durationRound "3s";durationRound (int64 1000000000000)
printf "%d %s %v" 1 "a" .list;printf "%5d|%-5d|%05d|%+d" 42 42 42 42;printf "%x %X %o %b %c %U %q" 255 255 8 5 65 0x1F600 65;printf "%s" 5;printf "%d" "a";printf "%d";printf "%s" nil;printf "%v" nil;printf "x" 1 2;printf "%f %.2f %8.3f %e %g %G" 1.5 3.14159 2.5 1234.5 1e21 1e-7;printf "%t %v" true false;printf "%q %+q %#q %x %X" .text .uni "a" "hi" "hi";printf "%10s|%-10s|%.2s" "ab" "ab" .uni;printf "%v %v %v" 1e6 1e21 123456789.0;printf "%T %T %T" 1 "a" .map;printf "%%";printf "%!";printf "%[2]d %[1]d" 1 2;printf "%[3]d" 1;printf "%*d" 5 42;printf "%.*f" 2 3.14159;printf "%#v" .list;printf "%#v" "a";printf "%s" .list;printf "%d" .nums;printf "%s" .map;printf "%v" .map;printf "%t" "x";printf "%6.2f%%" 12.345;printf "%x" "héllo";printf "% d" 5;printf "%#x %#o %#b" 255 8 5;printf "%+.1e" 12345.678;printf "%08.3f" -3.14159;printf "%c%c" 104 0x65E5;printf "%s %s" .on_ .five;printf "%d" .five;printf "%.0f" .five;printf "%.3g" 1234.5;printf "%z" 1;printf "%";printf "%5t" true;printf "%-5v|" nil;printf "%v" 1i;printf "%s" (list "a" 1);printf "%q" (list "a" "b");printf "%5.1f" .nums
print 1 2 "a" "b" 3 4;println "a" 1;print nil;print;print .map;print 1.0 1e100 -0.0 .5;html "<a href='x'>&\\"";js "it's <\\"x\\"> \\n é =";urlquery "a b&c=é";html .list;urlquery 1 "a"
toJson .map;toJson .mixed;toJson "<a&b>\\u2028";toRawJson "<a&b>";toPrettyJson .map;toPrettyJson .none;toJson 1e21;toJson 1e-7;toJson 5.0;toJson nil;toJson .uni;fromJson "{\\"a\\": [1, 2.5, null]}";fromJson "[1]";fromJson "5";fromJson "";fromJsonArray "[1,{\\"a\\":2}]";(fromJson "{\\"a\\":{\\"b\\":1}}").a.b
toYaml .map;toYaml .mixed;toYaml .text;toYaml .lines;toYaml .empty;toYaml .nothing;toYaml .five;toYaml .pi;toYaml .big;toYaml true;toYaml .none;toYaml .nomap;toYaml .maps;toYaml (dict "yes" "no" "n" "1" "d" "2020-01-01" "t" "a: b" "h" "#x" "e" "" "l" (list) "m" (dict) "ml" "a\\nb\\n" "q" "'x'" "s" " lead" "st" "*x" "tr" "trail ");toYaml (list (list 1 2) (dict "a" (list 1)));toYaml 1e7;toYaml 0.00001;toYaml (dict "k" 100000000000000000000.0);fromYaml "a: 1\\nb: [x, yes]";fromYaml "- a";fromYaml "";fromYamlArray "- a\\n- {b: 1}";fromYamlArray "a: 1";(fromYaml .lines).b;toYaml (fromYaml .lines);toYaml .uni;toYaml .url
toToml .other;toToml (dict "s" "a" "l" (list 1 2) "m" (dict "x" true) "t" (list (dict "a" 1) (dict "a" 2)));toToml "a"
required "need" .nothing;required "need" .empty;required "need" .five;fail "stop";lookup "v1" "Pod" "ns" "n";tpl "{{ .name }}-x" .;tpl "{{ .nope }}" .;tpl "{{ bad" .;tpl "{{ .name.x }}" .;tpl "{{define \\"q\\"}}Q{{.}}{{end}}{{include \\"q\\" 1}}" .;include "nope" .
and 1 0 2;and 1 2;or 0 "" 3;or 0 "";and;or;not 1;not "";not nil;and .missing .name;or .missing .name;and true (eq 1 2) (fail "x");or true (fail "x");1 | and 0;0 | or 1;and 1 | len;call .name;call nil;call .map "x"
base "/a/b.c";base "";base "/";dir "/a/b";dir "a";clean "/a/../b//c/.";clean "";ext "a/b.tar.gz";isAbs "/a";osBase "/a/b"
now | typeOf;randAlphaNum 5 | len;randAlpha 0 | len;randNumeric 3 | len;uuidv4 | len;randBytes 6 | len;randInt 1 2;randInt 2 1;bcrypt "x" | len;htpasswd "a:b" "c";encryptAES "k" "" ;shuffle "" ;decryptAES "k" ""
toString .list;toString 1.0;toString nil;toStrings .mixed;toStrings "a";toStrings nil;hello;nospace " a b\\tc ";trimAll "$" "$5.00$";trimSuffix "-" "hi-";trimPrefix "-" "-hi";contains "o W" .text;hasPrefix "hello" .text
`;

const language = `
{{.name}}|{{.map.m.deep.er}}|{{.missing}}|{{.missing.x}}|{{.nothing}}|{{ .map.nope }}
{{.nothing.x}}
{{.name.x}}
{{.five.x}}
{{.list.x}}
{{$.name}} {{$x := .name}}{{$x}} {{$x = 5}}{{$x}}
{{$x}}
{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}
{{$x := 1}}{{range .list}}{{$x = .}}{{end}}{{$x}}
{{if .on_}}a{{else}}b{{end}}{{if .off_}}a{{else if .five}}c{{else}}d{{end}}{{if .none}}x{{end}}{{if .map}}m{{end}}
{{with .map.m}}{{.deep.er}}{{else}}none{{end}}{{with .missing}}x{{else with .five}}{{.}}{{else}}z{{end}}{{with $y := .pi}}{{$y}}{{.}}{{end}}
{{range .list}}{{.}},{{else}}none{{end}}{{range .none}}x{{else}}none{{end}}{{range $i, $e := .list}}{{$i}}{{$e}}{{end}}{{range $e := .list}}{{$e}}{{end}}
{{range $k, $v := .map}}{{$k}}={{$v}};{{end}}
{{range 3}}{{.}}{{end}}{{range $i := 3}}{{$i}}{{end}}{{range 0}}x{{else}}none{{end}}
{{range $i, $e := 3}}{{end}}
{{range .five}}{{.}}{{end}}
{{range .name}}{{.}}{{end}}
{{range .nothing}}x{{else}}nil{{end}}{{range .missing}}x{{else}}nil{{end}}
{{range .nums}}{{if eq . 1.0}}{{continue}}{{end}}{{.}}{{if eq . 2.0}}{{break}}{{end}}{{end}}
{{break}}
{{range .list}}{{define "x"}}{{break}}{{end}}{{end}}
{{range .maps}}{{.id}}{{.v}}{{end}}
{{range .mixed}}{{.x}}{{end}}
{{range $e := .mixed}}{{$e.x}}{{end}}
{{range .list}}{{.x}}{{end}}
{{range $i, $e = .list}}{{end}}
{{$i := 0}}{{$e := 0}}{{range $i, $e = .list}}{{end}}{{$i}}{{$e}}
{{define "a"}}<{{.}}>{{end}}{{template "a" .name}}{{template "a"}}{{template "a" .map.m}}
{{template "nope" .}}
{{template "nope"}}
{{define "r"}}{{if .}}{{.}}{{template "r" (slice . 1)}}{{end}}{{end}}{{template "r" "abc"}}
{{block "b" .name}}[{{.}}]{{end}}
{{define "x"}}1{{end}}{{define "x"}}2{{end}}{{template "x"}}
{{define "x"}}1{{end}}{{define "x"}} {{end}}{{template "x"}}
{{define "x"}}{{.name.bad}}{{end}}

 {{template "x" .}}
a {{- " b " -}} c {{- /* comment */ -}} d {{/* x */}} e
{{- .name -}}
{{ - 3 }}
{{-3}} {{- 3 -}} {{3 -}}
{{"a\\tb\\u00e9\\x41\\101"}}{{\`raw\\n\`}}{{'a'}}{{'\\n'}}{{'\\u00e9'}}
{{1_000}} {{0x1F}} {{0b101}} {{0o17}} {{017}} {{1e3}} {{1.5e-3}} {{.5}} {{0x1p4}} {{1i}} {{1+2i}} {{-0}} {{+5}} {{1e20}} {{100000000.0}} {{0x_1F}} {{1.}}
{{9223372036854775808}}
{{99999999999999999999}}
{{1__0}}
{{08}}
{{1a}}
{{0x}}
{{''}}
{{'ab'}}
{{"a
{{\`a
{{"\\q"}}
{{1 | printf "%d"}} {{.name | printf "%s-%s" "x"}} {{.five | add 1 | mul 2}}
{{(index .list 0)}} {{(.map).a}} {{(dict "a" (dict "b" 5)).a.b}} {{((.map)).m.deep.er}}
{{.name | 5}}
{{.name .five}}
{{5 5}}
{{(5) 5}}
{{.map.a 1}}
{{nil}}
{{nil | print}}
{{print nil | len}}
{{true}}{{false}}{{.}}
{{foo}}
{{.name | foo}}
{{len}}
{{len 1 2}}
{{printf}}
{{upper}}
{{upper 1}}
{{upper .five}}
{{upper .nothing}}
{{upper .missing}}
{{upper nil}}
{{trunc "a" "b"}}
{{trunc 1.5 "b"}}
{{trunc .five "b"}}
{{trunc (int .five) "bcdefgh"}}
{{repeat .five "a"}}
{{ternary 1 2 3}}
{{get .list "a"}}
{{hasKey .name "a"}}
{{hasKey .nothing "a"}}
{{hasKey .missing "a"}}
{{set nil "a" 1}}
{{if}}x{{end}}
{{if true}}
{{if true}}{{else}}{{else}}{{end}}
{{end}}
{{else}}
{{range}}{{end}}
{{with}}{{end}}
{{define}}{{end}}
{{define x}}{{end}}
{{define "x"}}
{{template}}
{{template x}}
{{block "x"}}{{end}}
{{
{{ .a
{{ .a }
{{ .a }}}
}}
{{ (.a }}
{{ .a) }}
{{ | }}
{{ .a | }}
{{ | .a }}
{{ .a || .b }}
{{ $ := 1 }}
{{ $x, $y := 1 }}
{{range $x, $y, $z := .list}}{{end}}
{{range $x, 5 := .list}}{{end}}
{{range $x, $y}}{{end}}
{{ $x = 1 }}
{{ .a = 1 }}
{{ a := 1 }}
{{ : }}
{{ # }}
{{ é }}
{{ .é }}
{{ .a-b }}
{{ $x-y }}
{{ a-b }}
{{ .a.5 }}
{{ "a".b }}
{{ 1.b }}
{{ nil.b }}
{{ ..a }}
{{ .a. }}
{{ . .a }}
{{ .a.b.c.d }}
{{ /* x */ }}
{{/* x }}
{{/* x */ y}}
{{if .a}}

{{/* x
{{ ( ( 1 ) ) }}
{{ () }}
{{ (print "a"}}
{{ print "a" "b }}
x{{if true}}y


{{ .a.
{{ "{{" }}{{"}}"}}
{{\n.name\n}}
{{ if and (eq .name "x") (gt .five 3) }}x{{end}}
{{ index .map "m" | toJson }}{{ .map | keys | len }}
{{ .list | join "," | upper | quote }}
{{ range $i, $_ := until 3 }}{{ if $i }}, {{ end }}{{ $i }}{{ end }}
{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}
 {{ .name.x }}{{ end }}{{ include "a" . | nindent 2 }}
{{ define "a" }}x
y{{ end }}z: {{ include "a" . | nindent 2 }}
{{ tpl .lines . }}
{{ $m := dict "a" 1 }}{{ $_ := set $m "b" 2 }}{{ $m }}{{ $_ }}
{{ $m := .map }}{{ $_ := set $m "new" 1 }}{{ .map.new }}
{{ $c := deepCopy .map }}{{ $_ := set $c "new" 1 }}{{ .map.new }}
{{ not .x }}{{ not .name }}
{{ and .x .name }}
{{ or .x .y | default "z" }}
{{ len (list) }}{{ list }}
{{ range tuple 1 "a" nil }}{{ . }}{{ end }}
{{ with $x := dict "a" 1 }}{{ $x.a }}{{ .a }}{{ end }}
{{ (list 1 2 3) | first }} {{ (list 1 2).x }}
{{ $x := "a" }}{{ $x.y }}
{{ $x := nil }}
{{ $x := .nothing }}{{ $x }}{{ $x.y }}
{{ 1 | 2 }}
{{ break }}
{{ range .list }}{{ break 1 }}{{ end }}
{{ range .list }}{{ . }}{{ template "x" . }}{{ end }}{{ define "x" }}{{ . | upper }}{{ $ }}{{ end }}
{{ if .x }}{{ .y
`;

function languageCases() {
  return language.slice(1, -1).split('\n').map((text) => text.replaceAll('\\n', '\n')).filter((text) => text !== '');
}

export function makeCases() {
  const cases = [];
  const add = (text, functions = 'helm', missingKey) => cases.push({ text, functions, ...(missingKey ? { missingKey } : {}) });
  for (const text of languageCases()) for (const missingKey of [undefined, 'zero', 'error']) add(text, 'helm', missingKey);
  for (const name of unary) for (const value of ['', ...values]) add(`{{ ${name} ${value} }}`.replace('  ', ' '));
  for (const name of binary) {
    for (const first of few) for (const second of few) add(`{{ ${name} ${first} ${second} }}`);
    for (const value of values) add(`{{ ${value === 'nil' ? '.nothing' : value} | ${name} "a" }}`);
  }
  for (const line of calls.trim().split('\n')) for (const call of line.split(';')) add(`{{ ${call} }}`.replaceAll('\\\\', '\\'));
  for (const call of ['normalize "Foo_Bar.Baz-"', 'slugify 10 true "hello big-world"', 'slugify 10 false "hello big-world"', 'slugify "A b c"', 'slugify', 'slugify "a" "b"', 'slugify 5 "x" "b"', 'slugify 1 true 5', 'normalize .five', 'toYaml .map', 'fromYaml "a: b"', 'fromYaml "- b"', 'env "X"', 'getHostByName "x"', 'include "x" .', 'slugify 8 true "abc-def-ghi"', 'slugify 3 true "abcdef"']) add(`{{ ${call} }}`, 'argocd');
  return cases;
}

/** Charts of single files: what their templates see besides values. */
const chartTemplates = `
{{ .Files.Get "a.txt" }}|{{ .Files.Get "nope" }}|{{ .Files.GetBytes "a.txt" }}|{{ .Files.GetBytes "nope" | len }}
{{ range $name, $bytes := .Files }}{{ $name }}={{ len $bytes }};{{ end }}
{{ range .Files.Lines "a.txt" }}[{{ . }}]{{ end }}|{{ .Files.Lines "nope" }}|{{ .Files.Lines "conf/empty" }}
{{ .Files.AsConfig }}
{{ .Files.AsSecrets }}
{{ (.Files.Glob "conf/*").AsConfig | indent 2 }}
{{ (.Files.Glob "conf/**").AsSecrets }}
{{ (.Files.Glob "**.txt").AsConfig }}|{{ (.Files.Glob "{a,b}.*").AsConfig }}|{{ (.Files.Glob "nope").AsConfig }}|{{ (.Files.Glob "[").AsConfig }}
{{ range $path, $_ := .Files.Glob "conf/*.{yaml,json}" }}{{ $path }} {{ end }}
{{ range $path, $_ := .Files.Glob "conf/?.*" }}{{ $path }} {{ end }}{{ len (.Files.Glob "*") }} {{ len (.Files.Glob "**") }}
{{ .Files.Get "conf/b.json" | fromJson | toYaml }}{{ (.Files.Get "conf/a.yaml" | fromYaml).k }}
{{ kindOf .Files }} {{ typeOf .Files }} {{ typeOf (.Files.GetBytes "a.txt") }} {{ typeOf (.Files.Lines "a.txt") }}
{{ .Files.Nope }}
{{ .Files.Get }}
{{ .Files.Get 1 }}
{{ .Files.Get "a.txt" "b" }}
{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }} {{ .Capabilities.APIVersions.Has "nope/v1" }} {{ .Capabilities.APIVersions | has "v1" }}
{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.Major }}.{{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.KubeVersion.GitVersion }}
{{ semverCompare ">=1.19-0" .Capabilities.KubeVersion.Version }} {{ semverCompare "<1.25-0" .Capabilities.KubeVersion.GitVersion }} {{ semverCompare ">=1.20" (print .Capabilities.KubeVersion) }}
{{ .Capabilities.KubeVersion.Nope }}
{{ .Capabilities.Nope }}
{{ .Capabilities.APIVersions.Nope }}
{{ .Capabilities.APIVersions.Has }}
{{ typeOf .Capabilities }} {{ typeOf .Capabilities.KubeVersion }} {{ typeOf .Capabilities.APIVersions }} {{ kindOf .Capabilities.HelmVersion }}
{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Service }} {{ .Release.IsInstall }} {{ .Release.IsUpgrade }} {{ .Release.Revision }} {{ .Release.Nope }}|{{ .Release | toJson }}
{{ .Chart.Name }} {{ .Chart.Version }} {{ .Chart.AppVersion }} {{ .Chart.Type }}|{{ .Chart.Keywords }}|{{ .Chart.Annotations }}|{{ .Chart.IsRoot }}
{{ .Chart.Nope }}
{{ .Chart.Annotations.nope }}|{{ .Chart.Deprecated }}|{{ .Chart.Maintainers }}|{{ .Chart.Dependencies }}
{{ .Template.Name }} {{ .Template.BasePath }} {{ .Template | toJson }}
{{ typeOf .Values }} {{ kindOf .Values }} {{ typeOf .Chart }} {{ typeOf .Release }} {{ .Values.AsMap | toJson }}
{{ .Values.missing }}|{{ .Values.map.missing }}|{{ .Values.nothing }}|{{ .Values.missing | default "d" }}
{{ .Values.missing.x }}
{{ .Values.name.x }}
{{ .Nope }}|{{ .Nope.x }}
{{ .Subcharts }}|{{ len .Subcharts }}
{{ $.Values.name }}{{ with .Values.map }}{{ .a }}{{ $.Release.Name }}{{ end }}
{{ include "lib" . }}|{{ include "lib" .Values.name }}
{{ include "nope" . }}
{{ include "fails" . }}
{{ include "requires" . }}
{{ template "lib" . }}
{{ tpl "{{ .Values.name }}" . }}{{ tpl "{{ include \\"lib\\" . }}" $ }}
{{ tpl "{{ .Values.name.x }}" . }}
{{ tpl "{{ nope }}" . }}
{{ tpl "{{ fail \\"inner\\" }}" . }}
{{ tpl "{{ tpl .x . }}" (dict "x" "{{ fail \\"deep\\" }}") }}
{{ fail "over here" }}
{{ fail "line\none" }}
{{ required "name it" .Values.missing }}
{{ required "name it" .Values.empty_ }}|{{ required "m" 0 }}|{{ required "m" false }}
{{ required "name it" "" | quote }}
{{ lookup "v1" "Secret" "ns" "x" }}|{{ (lookup "v1" "Secret" "ns" "x").data }}|{{ lookup "v1" "Secret" "ns" "" | len }}
{{ getHostByName "localhost" }}|{{ env "HOME" }}
{{ "a" | nope }}
{{ if }}
{{ end }}
{{ .Values.list | toYaml | nindent 2 }}
{{ set .Values "new" 1 }}{{ .Values.new }}
{{ $_ := set .Values "k" (dict "v" 1) }}{{ .Values.k.v }}{{ $_ := unset .Values "k" }}{{ hasKey .Values "k" }}
{{ $c := deepCopy .Values }}{{ $_ := set $c "x" 1 }}{{ .Values.x }}|{{ $_ := mergeOverwrite .Values (dict "name" "other") }}{{ .Values.name }}
`;

const chartFiles = {
  'templates/_helpers.tpl':
    '{{ define "lib" }}<{{ kindOf . }}>{{ end }}{{ define "fails" }}\n{{ fail "from a helper" }}{{ end }}{{ define "requires" }}{{ required "wanted" .Values.nope }}{{ end }}',
  'a.txt': 'one\ntwo\n\nfour',
  'b.md': '# é',
  'conf/a.yaml': 'k: v\n',
  'conf/b.json': '{"x": [1, "<"]}',
  'conf/empty': '',
  'conf/deep/c.txt': 'deep\n',
};

export function makeChartCases() {
  return chartTemplates
    .slice(1, -1)
    .split('\n')
    .map((text) => ({ text: `{{ define "case" }}${text.replaceAll('\\\\', '\\')}{{ end }}kind: T\ntext: {{ include "case" . | toJson }}`, functions: 'chart' }));
}

/** What Go makes of cases. */
export function runOracle(cases, command) {
  const input = cases.map((each) => JSON.stringify({ data, ...each })).join('\n');
  const [program, ...words] = command ?? ['go', 'run', '.'];
  const run = spawnSync(program, words, { cwd: folder, input, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.trim().split('\n').map((line) => JSON.parse(line));
}

function writeRows(name, head, cases, results) {
  const rows = cases.map((each, index) => JSON.stringify({ ...each, ...results[index] }));
  fs.writeFileSync(path.join(target, name), `{${head}"cases":[\n${rows.join(',\n')}\n]}\n`);
  console.log(`${name}: ${cases.length} cases`);
}

/** A sample of what is made up at random; left out is what Go says otherwise when it is asked again. */
function recordRandom(perArea) {
  const cases = [];
  for (const [area, make] of Object.entries(makeGenerators(makeRandom(1)))) {
    for (let count = 0; count < perArea;) {
      const text = make();
      if (text.length > 700) continue;
      cases.push({ area, text, functions: 'helm', missingKey: 'zero' });
      count++;
    }
  }
  const asked = cases.map((each) => ({ ...each, data: randomData }));
  const [first, second] = [runOracle(asked), runOracle(asked)];
  const kept = cases.flatMap((each, index) => {
    const [a, b] = [first[index], second[index]];
    const isSame = a.output === b.output && a.error === b.error && !/maximum template depth/.test(a.error ?? '');
    return isSame ? [{ each, result: a }] : [];
  });
  writeRows('random.json', `"data":${JSON.stringify(randomData)},`, kept.map(({ each }) => each), kept.map(({ result }) => result));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  fs.mkdirSync(target, { recursive: true });
  const cases = makeCases();
  const [{ output: names }] = runOracle([{ functions: 'names' }]);
  writeRows('functions.json', `"names":${JSON.stringify(names.split(' '))},"data":${JSON.stringify(data)},`, cases, runOracle(cases));
  const charts = makeChartCases();
  const asked = charts.map((each) => ({ ...each, files: { ...chartFiles, 'templates/t': each.text } }));
  writeRows('charts.json', `"data":${JSON.stringify(data)},"files":${JSON.stringify(chartFiles)},`, charts, runOracle(asked));
  recordRandom(700);
}

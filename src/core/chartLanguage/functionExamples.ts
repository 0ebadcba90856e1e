/** An example for each function of templates; what it gives is computed when it is shown. Functions whose result differs each time have none. */
const examples = `
add add 1 2 3
add1 add1 41
add1f add1f 1.5
addf addf 1.5 2 3
adler32sum adler32sum "text"
all all 1 "a" true
and and true "last"
any any 0 "" "one"
append append (list 1 2) 3
atoi atoi "42"
b32dec "ORSXG5A=" | b32dec
b32enc b32enc "test"
b64dec "dGVzdA==" | b64dec
b64enc b64enc "test"
base base "/charts/web/values.yaml"
biggest biggest 1 5 3
camelcase camelcase "my-web_app"
cat cat "one" "two" 3
ceil ceil 1.2
chunk chunk 2 (list 1 2 3)
clean clean "/charts/../values.yaml"
coalesce coalesce "" nil "third"
compact compact (list 1 "" 2)
concat concat (list 1 2) (list 3)
contains contains "cat" "concatenate"
date now | date "2006-01-02"
deepCopy deepCopy (dict "a" 1)
deepEqual deepEqual (list 1) (list 1)
default default "fallback" ""
dict dict "name" "web" "port" 80
dig dig "a" "b" "none" (dict "a" (dict "b" 1))
dir dir "/charts/web/values.yaml"
div div 7 2
divf divf 7 2
duration duration 95
durationRound durationRound "2h10m5s"
empty empty ""
eq eq 1 1
ext ext "values.yaml"
first first (list 1 2 3)
float64 float64 "1.5"
floor floor 1.8
fromJson (fromJson "{\\"a\\": 1}").a
fromJsonArray fromJsonArray "[1, 2]"
fromYaml (fromYaml "a: 1").a
fromYamlArray fromYamlArray "[1, 2]"
ge ge 2 1
get get (dict "a" 1) "a"
gt gt 2 1
has has 2 (list 1 2)
hasKey hasKey (dict "a" 1) "a"
hasPrefix hasPrefix "ab" "abc"
hasSuffix hasSuffix "bc" "abc"
html html "<a>"
indent indent 2 "text"
index index (dict "a" (list 1 2)) "a" 1
initial initial (list 1 2 3)
initials initials "First Try"
int int "42"
int64 int64 "42"
isAbs isAbs "/a"
join list "a" "b" | join ","
js js "it's"
kebabcase kebabcase "myWebApp"
keys keys (dict "a" 1)
kindIs kindIs "string" "a"
kindOf kindOf (list)
last last (list 1 2 3)
le le 1 2
len len (list 1 2 3)
list list 1 "a" true
lower lower "WEB"
lt lt 1 2
max max 1 5 3
maxf maxf 1 2.5
merge merge (dict "a" 1) (dict "a" 2 "b" 3)
mergeOverwrite mergeOverwrite (dict "a" 1) (dict "a" 2 "b" 3)
min min 1 5 3
minf minf 1 2.5
mod mod 7 3
mul mul 2 3 4
mulf mulf 1.5 2
mustAppend mustAppend (list 1 2) 3
mustChunk mustChunk 2 (list 1 2 3)
mustCompact mustCompact (list 1 "" 2)
mustDeepCopy mustDeepCopy (dict "a" 1)
mustFirst mustFirst (list 1 2 3)
mustFromJson mustFromJson "[1]"
mustHas mustHas 2 (list 1 2)
mustInitial mustInitial (list 1 2 3)
mustLast mustLast (list 1 2 3)
mustMerge mustMerge (dict "a" 1) (dict "b" 2)
mustMergeOverwrite mustMergeOverwrite (dict "a" 1) (dict "a" 2)
mustPrepend mustPrepend (list 2 3) 1
mustPush mustPush (list 1 2) 3
mustRegexFind mustRegexFind "[0-9]+" "a12b"
mustRegexFindAll mustRegexFindAll "[0-9]" "a1b2" -1
mustRegexMatch mustRegexMatch "^v[0-9]" "v1"
mustRegexReplaceAll mustRegexReplaceAll "a(.)" "abac" "<\${1}>"
mustRegexReplaceAllLiteral mustRegexReplaceAllLiteral "a." "abac" "-"
mustRegexSplit mustRegexSplit "-" "a-b" -1
mustRest mustRest (list 1 2 3)
mustReverse mustReverse (list 1 2 3)
mustSlice mustSlice (list 1 2 3) 1
mustToJson mustToJson (dict "a" 1)
mustToPrettyJson mustToPrettyJson (dict "a" 1)
mustToRawJson mustToRawJson "<a>"
mustUniq mustUniq (list 1 1 2)
mustWithout mustWithout (list 1 2 3) 2
ne ne 1 2
nindent nindent 2 "text"
nospace nospace "a b c"
not not ""
omit omit (dict "a" 1 "b" 2) "a"
or or "" "second"
osBase osBase "/a/b.yaml"
osClean osClean "/a/../b"
osDir osDir "/a/b.yaml"
osExt osExt "b.yaml"
osIsAbs osIsAbs "/a"
pick pick (dict "a" 1 "b" 2) "a"
pluck pluck "a" (dict "a" 1) (dict "a" 2)
plural plural "pod" "pods" 3
prepend prepend (list 2 3) 1
print print "a" 1 2
printf printf "%s-%d" "web" 1
println println "a" 1
push push (list 1 2) 3
quote quote "a" 1
regexFind regexFind "[0-9]+" "a12b"
regexFindAll regexFindAll "[0-9]" "a1b2" -1
regexMatch regexMatch "^v[0-9]" "v1"
regexQuoteMeta regexQuoteMeta "1.2"
regexReplaceAll regexReplaceAll "a(.)" "abac" "<\${1}>"
regexReplaceAllLiteral regexReplaceAllLiteral "a." "abac" "-"
regexSplit regexSplit "-" "a-b" -1
repeat repeat 3 "ab"
replace replace "-" "_" "a-b-c"
rest rest (list 1 2 3)
reverse reverse (list 1 2 3)
round round 1.2345 2
semver (semver "1.2.3").Minor
semverCompare semverCompare ">=1.20-0" "v1.34.0"
seq seq 1 4
set set (dict "a" 1) "b" 2
sha1sum sha1sum "text"
sha256sum sha256sum "text"
sha512sum sha512sum "text"
slice slice (list 1 2 3) 1 2
snakecase snakecase "myWebApp"
sortAlpha sortAlpha (list "b" "a")
split (split "-" "a-b")._1
splitList splitList "-" "a-b"
splitn (splitn "-" 2 "a-b-c")._1
squote squote "a"
sub sub 5 2
subf subf 5 1.5
substr substr 0 3 "message"
swapcase swapcase "aBc"
ternary ternary "yes" "no" true
title title "my app"
toDate toDate "2006-01-02" "2026-03-01" | date "2006"
toDecimal toDecimal "0755"
toJson toJson (dict "a" 1)
toPrettyJson toPrettyJson (dict "a" 1)
toRawJson toRawJson "<a>"
toString toString 80
toStrings toStrings (list 1 2)
toToml toToml (dict "a" 1)
toYaml toYaml (dict "a" (list 1 2))
trim trim "  a "
trimAll trimAll "/" "/a/"
trimPrefix trimPrefix "v" "v1.2"
trimSuffix trimSuffix "-" "web-"
trimall trimall "/" "/a/"
trunc trunc 5 "web-frontend"
tuple tuple 1 "a"
typeIs typeIs "string" "a"
typeIsLike typeIsLike "string" "a"
typeOf typeOf (dict)
uniq uniq (list 1 1 2)
unset unset (dict "a" 1 "b" 2) "a"
until until 3
untilStep untilStep 0 6 2
untitle untitle "My App"
upper upper "web"
urlJoin urlJoin (dict "scheme" "https" "host" "example.com" "path" "/a")
urlParse (urlParse "https://example.com/a").host
urlquery urlquery "a b&c"
values values (dict "a" 1)
without without (list 1 2 3) 2
wrap wrap 5 "one two three"
wrapWith wrapWith 5 "-" "one two"
`;

/** How a function may be called, by its name; what stands there goes between `{{` and `}}`. */
export const functionExamples: ReadonlyMap<string, string> = new Map(
  examples
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1)] as const;
    }),
);

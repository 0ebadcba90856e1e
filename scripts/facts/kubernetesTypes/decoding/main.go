// Command decoding records what Kubernetes' own strict decoding (k8s.io/api and k8s.io/apimachinery v0.34.0) says of
// small objects: each of test/data/kubernetes/objects.yaml as it stands, and with one value or one key after the other
// replaced. One case a line: the number of the object, the number of the line that is replaced (-1 for none), its text, and
// the error or "".
//
//	go run . ../../../../test/data/kubernetes
//
// It needs Go and is not part of the tests.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
)

// What takes the place of each marked value: one of every type, and texts that only some fields take.
var values = []string{
	"null", "true", "12", "1.5", `"12"`, `""`, "abc", "[]", "{}", "[1]", "[a]", "{a: b}", "1e3", "-1", "99999999999", `"25%"`, "100m", "[null]",
	"2026-01-01T00:00:00Z", ".5", "1Gi", `" 1Gi "`, "5GB", "[{}]", "YWJj", "YWJ", `"true"`, "0x10", "1E", "1e3m", `"+5"`, `"5."`, `"."`,
}

func main() {
	folder := os.Args[1]
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	input, err := os.ReadFile(filepath.Join(folder, "objects.yaml"))
	check(err)
	var out bytes.Buffer
	write := func(object string, number, line int, text string) {
		_, _, err := decoder.Decode([]byte(object), nil, nil)
		problem := ""
		if err != nil {
			problem = err.Error()
		}
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		check(encoder.Encode([]any{number, line, text, problem}))
	}
	for number, object := range strings.Split(string(input), "---\n") {
		write(object, number, -1, "")
		lines := strings.Split(object, "\n")
		for index, line := range lines {
			key, value, found := strings.Cut(line, ": ")
			if !found || strings.HasPrefix(line, "apiVersion") || strings.HasPrefix(line, "kind") {
				continue
			}
			replace := func(text string) {
				changed := append([]string{}, lines...)
				changed[index] = text
				write(strings.Join(changed, "\n"), number, index, text)
			}
			replace(key + "X: " + value)
			for _, other := range values {
				replace(key + ": " + other)
			}
		}
	}
	check(os.WriteFile(filepath.Join(folder, "decoding.jsonl"), out.Bytes(), 0o644))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

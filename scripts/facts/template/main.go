// Runs templates in the real thing: reads cases as lines of JSON, writes what Go's text/template makes of each with the
// functions of sprig and Helm's or Argo CD's own ones. The tests read what is recorded; a fuzzer compares directly.
//
//	go run . < cases.jsonl > results.jsonl
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	"github.com/Masterminds/sprig/v3"
	"github.com/gosimple/slug"
	"sigs.k8s.io/yaml"
)

type testCase struct {
	Text string `json:"text"`
	// Data is YAML, read the way that Helm and Argo CD read it.
	Data string `json:"data"`
	// Functions is "none", "helm" or "argocd".
	Functions  string `json:"functions"`
	MissingKey string `json:"missingKey"`
	ParseOnly  bool   `json:"parseOnly"`
}

type result struct {
	Output string `json:"output"`
	Error  string `json:"error,omitempty"`
}

func toYAML(v any) string {
	data, err := yaml.Marshal(v)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(data), "\n")
}

func includeFunction(t *template.Template) func(string, any) (string, error) {
	depth := 0
	return func(name string, data any) (string, error) {
		if depth > 50 {
			return "", errors.New("too deep for this program")
		}
		depth++
		defer func() { depth-- }()
		var b strings.Builder
		err := t.ExecuteTemplate(&b, name, data)
		return b.String(), err
	}
}

func helmFunctions(t *template.Template) template.FuncMap {
	f := sprig.TxtFuncMap()
	delete(f, "env")
	delete(f, "expandenv")
	f["toYaml"] = toYAML
	f["fromYaml"] = func(s string) map[string]any {
		m := map[string]any{}
		if err := yaml.Unmarshal([]byte(s), &m); err != nil {
			m["Error"] = err.Error()
		}
		return m
	}
	f["fromYamlArray"] = func(s string) []any {
		a := []any{}
		if err := yaml.Unmarshal([]byte(s), &a); err != nil {
			a = []any{err.Error()}
		}
		return a
	}
	f["toToml"] = func(v any) string {
		b := bytes.NewBuffer(nil)
		if err := toml.NewEncoder(b).Encode(v); err != nil {
			return err.Error()
		}
		return b.String()
	}
	f["fromToml"] = func(s string) map[string]any { return nil }
	f["toYamlPretty"] = toYAML
	f["toJson"] = func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(data)
	}
	f["fromJson"] = func(s string) map[string]any {
		m := map[string]any{}
		if err := json.Unmarshal([]byte(s), &m); err != nil {
			m["Error"] = err.Error()
		}
		return m
	}
	f["fromJsonArray"] = func(s string) []any {
		a := []any{}
		if err := json.Unmarshal([]byte(s), &a); err != nil {
			a = []any{err.Error()}
		}
		return a
	}
	f["include"] = includeFunction(t)
	f["tpl"] = func(text string, data any) (string, error) {
		clone, err := t.Clone()
		if err != nil {
			return "", err
		}
		clone.Funcs(template.FuncMap{"include": includeFunction(clone)})
		clone, err = clone.New("t").Parse(text)
		if err != nil {
			return "", fmt.Errorf("cannot parse template %q: %w", text, err)
		}
		var b strings.Builder
		if err := clone.Execute(&b, data); err != nil {
			return "", fmt.Errorf("error during tpl function execution for %q: %w", text, err)
		}
		return strings.ReplaceAll(b.String(), "<no value>", ""), nil
	}
	f["required"] = func(message string, v any) (any, error) {
		if s, ok := v.(string); v == nil || (ok && s == "") {
			return v, errors.New("HELM_ERR_START" + message + "HELM_ERR_END")
		}
		return v, nil
	}
	f["fail"] = func(message string) (string, error) {
		return "", errors.New("HELM_ERR_START" + message + "HELM_ERR_END")
	}
	f["lookup"] = func(string, string, string, string) (map[string]any, error) { return map[string]any{}, nil }
	f["getHostByName"] = func(string) string { return "" }
	return f
}

func argocdFunctions() template.FuncMap {
	f := sprig.TxtFuncMap()
	delete(f, "env")
	delete(f, "expandenv")
	delete(f, "getHostByName")
	normalize := func(name string) string {
		name = regexp.MustCompile("[^-a-z0-9.]").ReplaceAllString(strings.ToLower(name), "-")
		if len(name) > 253 {
			name = name[:253]
		}
		return strings.Trim(name, "-.")
	}
	f["normalize"] = normalize
	f["slugify"] = func(args ...any) string {
		size, smart, name := 50, true, ""
		for i, arg := range args {
			switch i {
			case len(args) - 1:
				name = arg.(string)
			case 0:
				size = arg.(int)
			case 1:
				smart = arg.(bool)
			}
		}
		slug.EnableSmartTruncate = smart
		slug.MaxLength = size
		return slug.Make(normalize(name))
	}
	f["toYaml"] = func(v any) (string, error) {
		data, err := yaml.Marshal(v)
		return strings.TrimSuffix(string(data), "\n"), err
	}
	f["fromYaml"] = func(s string) (map[string]any, error) {
		m := map[string]any{}
		err := yaml.Unmarshal([]byte(s), &m)
		return m, err
	}
	f["fromYamlArray"] = func(s string) ([]any, error) {
		a := []any{}
		err := yaml.Unmarshal([]byte(s), &a)
		return a, err
	}
	return f
}

func run(c testCase) (r result) {
	defer func() {
		if p := recover(); p != nil {
			r.Error = fmt.Sprintf("panic: %v", p)
		}
	}()
	t := template.New("gotpl")
	if c.MissingKey != "" {
		t.Option("missingkey=" + c.MissingKey)
	}
	switch c.Functions {
	case "helm":
		t.Funcs(helmFunctions(t))
	case "argocd":
		t.Funcs(argocdFunctions())
	}
	t, err := t.New("t").Parse(c.Text)
	if err != nil {
		return result{Error: err.Error()}
	}
	if c.ParseOnly {
		return result{}
	}
	var data any
	if err := yaml.Unmarshal([]byte(c.Data), &data); err != nil {
		return result{Error: "data: " + err.Error()}
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return result{Error: err.Error()}
	}
	return result{Output: b.String()}
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	decoder := json.NewDecoder(in)
	encoder := json.NewEncoder(out)
	for decoder.More() {
		var c testCase
		if err := decoder.Decode(&c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := encoder.Encode(run(c)); err != nil {
			os.Exit(1)
		}
	}
}

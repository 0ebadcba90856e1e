// Runs templates in the real thing: reads cases as lines of JSON, writes what Go's text/template makes of each with the
// functions of helm's engine, or with Argo CD's. The tests read what is recorded; a fuzzer compares directly.
//
//	go run . < cases.jsonl > results.jsonl
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
	"text/template"
	_ "unsafe" // for go:linkname

	"github.com/Masterminds/sprig/v3"
	"github.com/gosimple/slug"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"sigs.k8s.io/yaml"
)

type testCase struct {
	Text string `json:"text"`
	// Data is YAML, read the way that Helm and Argo CD read it.
	Data string `json:"data"`
	// Functions is "none", "helm", "argocd", or "chart" for a whole chart of Files.
	Functions  string `json:"functions"`
	MissingKey string `json:"missingKey"`
	ParseOnly  bool   `json:"parseOnly"`
	// Files are those of a chart: the output is that of templates/t.
	Files map[string]string `json:"files"`
}

type result struct {
	Output string `json:"output"`
	Error  string `json:"error,omitempty"`
}

// Helm's engine gives all of its functions to the template that holds the others.
//
//go:linkname initFunMap helm.sh/helm/v3/pkg/engine.Engine.initFunMap
func initFunMap(e engine.Engine, t *template.Template)

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

// runChart renders a chart with what helm template gives one.
func runChart(c testCase) result {
	values := map[string]any{}
	if err := yaml.Unmarshal([]byte(c.Data), &values); err != nil {
		return result{Error: "data: " + err.Error()}
	}
	ch := &chart.Chart{Metadata: &chart.Metadata{Name: "app", Version: "1.2.3", APIVersion: "v2", AppVersion: "4.5"}}
	for name, content := range c.Files {
		file := &chart.File{Name: name, Data: []byte(content)}
		if strings.HasPrefix(name, "templates/") {
			ch.Templates = append(ch.Templates, file)
		} else {
			ch.Files = append(ch.Files, file)
		}
	}
	release := chartutil.ReleaseOptions{Name: "rel", Namespace: "ns", Revision: 1, IsInstall: true}
	// a released helm is built with the version of its libraries
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = chartutil.KubeVersion{Version: "v1.37.0", Major: "1", Minor: "37"}
	scope, err := chartutil.ToRenderValues(ch, values, release, capabilities)
	if err != nil {
		return result{Error: err.Error()}
	}
	out, err := engine.Render(ch, scope)
	if err != nil {
		return result{Error: err.Error()}
	}
	return result{Output: out["app/templates/t"]}
}

// functionNames lists what templates of charts can call besides Go's own functions.
func functionNames() []string {
	t := template.New("gotpl")
	initFunMap(engine.Engine{}, t)
	names := []string{}
	for name := range sprig.TxtFuncMap() {
		names = append(names, name)
	}
	names = append(names, "include", "tpl", "required", "lookup", "toToml", "fromToml", "toYaml", "toYamlPretty", "fromYaml", "fromYamlArray", "fromJsonArray")
	sort.Strings(names)
	known := []string{}
	for i, name := range names {
		if i > 0 && names[i-1] == name {
			continue
		}
		if _, err := t.New("t").Parse("{{ $x := " + name + " }}"); err == nil {
			known = append(known, name)
		}
	}
	return known
}

func run(c testCase) (r result) {
	defer func() {
		if p := recover(); p != nil {
			r.Error = fmt.Sprintf("panic: %v", p)
		}
	}()
	if c.Functions == "chart" {
		return runChart(c)
	}
	if c.Functions == "names" {
		return result{Output: strings.Join(functionNames(), " ")}
	}
	t := template.New("gotpl")
	if c.MissingKey != "" {
		t.Option("missingkey=" + c.MissingKey)
	}
	switch c.Functions {
	case "helm":
		initFunMap(engine.Engine{}, t)
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

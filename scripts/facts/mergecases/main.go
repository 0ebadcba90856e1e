// Command mergecases writes what kustomize's own code makes of each case in a file of test cases: one JSON object a line,
// with a target and a patch (YAML), of mode "sm" (strategic merge) or "json" (JSON 6902). Results are trees of
// {"m": [[key, value], ...]} with sorted keys, {"l": [...]} and "!!tag text"; "deleted" for an object that is gone.
// Run it with `npm run facts:merge` (needs Go; not part of the tests). The inputs were made at random.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	"sigs.k8s.io/kustomize/api/filters/patchjson6902"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
)

type testCase struct {
	Mode   string      `json:"mode"`
	Target string      `json:"target"`
	Patch  string      `json:"patch"`
	Result interface{} `json:"result,omitempty"`
	Error  string      `json:"error,omitempty"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: mergecases FILE")
		os.Exit(2)
	}
	data, err := os.ReadFile(os.Args[1])
	check(err)
	var out bytes.Buffer
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(make([]byte, 1<<20), 1<<24)
	for lines.Scan() {
		var each testCase
		check(json.Unmarshal(lines.Bytes(), &each))
		each.Result, each.Error = nil, ""
		result, err := apply(each)
		if err != nil {
			each.Error, _, _ = strings.Cut(err.Error(), "\n")
		} else {
			each.Result = result
		}
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		check(encoder.Encode(each))
	}
	check(lines.Err())
	check(os.WriteFile(os.Args[1], out.Bytes(), 0o644))
}

func apply(each testCase) (result interface{}, err error) {
	// The JSON patch library panics on some patches; to kustomize's user that is an error too.
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	target, err := yaml.Parse(each.Target)
	if err != nil {
		return nil, err
	}
	if each.Mode == "json" {
		nodes, err := patchjson6902.Filter{Patch: each.Patch}.Filter([]*yaml.RNode{target})
		if err != nil {
			return nil, err
		}
		target = nodes[0]
	} else {
		patch, err := yaml.Parse(each.Patch)
		if err != nil {
			return nil, err
		}
		merged, err := merge2.Merge(patch, target, yaml.MergeOptions{ListIncreaseDirection: yaml.MergeOptionsListPrepend})
		if err != nil {
			return nil, err
		}
		if merged == nil {
			return "deleted", nil
		}
	}
	text, err := target.String()
	if err != nil {
		return nil, err
	}
	reread, err := yaml.Parse(text)
	if err != nil {
		return nil, err
	}
	return tree(reread.YNode()), nil
}

func tree(node *yaml.Node) interface{} {
	switch node.Kind {
	case yaml.MappingNode:
		pairs := [][2]interface{}{}
		for i := 0; i < len(node.Content); i += 2 {
			pairs = append(pairs, [2]interface{}{node.Content[i].Value, tree(node.Content[i+1])})
		}
		sort.Slice(pairs, func(i, j int) bool { return pairs[i][0].(string) < pairs[j][0].(string) })
		return map[string]interface{}{"m": pairs}
	case yaml.SequenceNode:
		items := []interface{}{}
		for _, item := range node.Content {
			items = append(items, tree(item))
		}
		return map[string]interface{}{"l": items}
	}
	return node.ShortTag() + " " + node.Value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

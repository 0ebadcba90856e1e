// Command yamlcases writes what kustomize's own code makes of each text in a file of test cases: one JSON object a line.
// A document is read as kustomize reads a resource file (kio.FromBytes), and printed as it prints an object. Trees are
// ["map", flow, key, value, ...], ["seq", flow, item, ...] and [tag, value, style].
// Run it with `npm run facts:yaml` (needs Go; not part of the tests). Most of the texts were made at random.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigs "sigs.k8s.io/yaml"
)

type document struct {
	Tree  interface{} `json:"tree"`
	Yaml  string      `json:"yaml,omitempty"`
	Error string      `json:"error,omitempty"`
}

type testCase struct {
	Text      string     `json:"text"`
	Documents []document `json:"documents,omitempty"`
	Error     string     `json:"error,omitempty"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: yamlcases FILE")
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
		each.Documents, each.Error = nil, ""
		each.Documents, err = read(each.Text)
		if err != nil {
			each.Documents, each.Error = nil, firstLine(err)
		}
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		check(encoder.Encode(each))
	}
	check(lines.Err())
	check(os.WriteFile(os.Args[1], out.Bytes(), 0o644))
}

func read(text string) ([]document, error) {
	raw, err := (&kio.ByteReader{OmitReaderAnnotations: true, Reader: bytes.NewBufferString(text)}).Read()
	if err != nil {
		return nil, err
	}
	for _, node := range raw {
		// kustomize itself would overflow its stack
		if isCyclic(node.YNode(), map[*yaml.Node]bool{}) {
			return nil, fmt.Errorf("a node contains itself")
		}
	}
	nodes, err := kio.FromBytes([]byte(text))
	if err != nil {
		return nil, err
	}
	documents := []document{}
	for _, node := range nodes {
		each := document{Tree: describe(node.YNode())}
		text, err := print(node)
		if err != nil {
			each.Error = firstLine(err)
		}
		each.Yaml = text
		documents = append(documents, each)
	}
	return documents, nil
}

func print(node *yaml.RNode) (string, error) {
	encoded, err := node.MarshalJSON()
	if err != nil {
		return "", err
	}
	text, err := sigs.JSONToYAML(encoded)
	return string(text), err
}

func isCyclic(node *yaml.Node, above map[*yaml.Node]bool) bool {
	if node.Kind == yaml.AliasNode {
		return isCyclic(node.Alias, above)
	}
	if above[node] {
		return true
	}
	above[node] = true
	defer delete(above, node)
	for _, child := range node.Content {
		if isCyclic(child, above) {
			return true
		}
	}
	return false
}

func describe(node *yaml.Node) interface{} {
	if node.Kind == yaml.DocumentNode {
		return describe(node.Content[0])
	}
	if node.Kind == yaml.ScalarNode {
		return []interface{}{node.ShortTag(), node.Value, style(node)}
	}
	kind := "map"
	if node.Kind == yaml.SequenceNode {
		kind = "seq"
	}
	tree := []interface{}{kind, node.Style&yaml.FlowStyle != 0}
	for _, child := range node.Content {
		tree = append(tree, describe(child))
	}
	return tree
}

func style(node *yaml.Node) string {
	switch {
	case node.Style&yaml.DoubleQuotedStyle != 0:
		return "double"
	case node.Style&yaml.SingleQuotedStyle != 0:
		return "single"
	case node.Style&yaml.LiteralStyle != 0:
		return "literal"
	case node.Style&yaml.FoldedStyle != 0:
		return "folded"
	}
	return "plain"
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Tells which scalars image automation would write. stdin: [text]; stdout: [{text, found:[{line, column, value, comment}]}]
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

type hit struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Value  string `json:"value"`
	Policy string `json:"policy"`
}
type result struct {
	Text  string `json:"text"`
	Found []hit  `json:"found"`
	Error string `json:"error,omitempty"`
}

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		panic(err)
	}
	var out []result
	for _, t := range texts {
		r := result{Text: t, Found: []hit{}}
		nodes, err := (&kio.ByteReader{Reader: bytes.NewBufferString(t), PreserveSeqIndent: true}).Read()
		if err != nil {
			r.Error = err.Error()
		}
		for _, n := range nodes {
			visit(n, &r)
		}
		out = append(out, r)
	}
	b, _ := json.MarshalIndent(out, "", " ")
	fmt.Println(string(b))
}

func visit(n *yaml.RNode, r *result) {
	switch n.YNode().Kind {
	case yaml.MappingNode:
		_ = n.VisitFields(func(f *yaml.MapNode) error { visit(f.Value, r); return nil })
	case yaml.SequenceNode:
		_ = n.VisitElements(func(e *yaml.RNode) error { visit(e, r); return nil })
	case yaml.ScalarNode:
		y := n.YNode()
		for _, c := range []string{y.LineComment, y.HeadComment} {
			if c == "" {
				continue
			}
			in := map[string]string{}
			if json.Unmarshal([]byte(strings.TrimLeft(c, "#")), &in) == nil && in["$imagepolicy"] != "" {
				r.Found = append(r.Found, hit{y.Line, y.Column, y.Value, in["$imagepolicy"]})
				break
			}
		}
	}
}

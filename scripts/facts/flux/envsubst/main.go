// Evaluates substitutions with the real envsubst. stdin: [{text, vars}]; stdout: the same with results, strict and lax.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"unicode/utf8"

	"github.com/fluxcd/pkg/envsubst"
)

type in struct {
	Text string            `json:"text"`
	Vars map[string]string `json:"vars"`
}
type out struct {
	Text        string            `json:"text"`
	Vars        map[string]string `json:"vars,omitempty"`
	Strict      string            `json:"strict,omitempty"`
	StrictError string            `json:"strictError,omitempty"`
	Lax         string            `json:"lax,omitempty"`
	LaxError    string            `json:"laxError,omitempty"`
	Bad         bool              `json:"bad,omitempty"`
}

func main() {
	var cases []in
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	var res []out
	for _, c := range cases {
		o := out{Text: c.Text, Vars: c.Vars}
		s, err := eval(c.Text, func(k string) (string, bool) { v, ok := c.Vars[k]; return v, ok })
		if err != nil {
			o.StrictError = err.Error()
		} else {
			o.Strict = s
		}
		l, err := eval(c.Text, func(k string) (string, bool) { return c.Vars[k], true })
		if err != nil {
			o.LaxError = err.Error()
		} else {
			o.Lax = l
		}
		res = append(res, o)
	}
	b, _ := json.Marshal(res)
	fmt.Println(string(b))
}

func eval(s string, m func(string) (string, bool)) (r string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	r, err = envsubst.Eval(s, m)
	if err == nil {
		if !utf8.ValidString(r) {
			err = fmt.Errorf("split character")
		}
	}
	return
}

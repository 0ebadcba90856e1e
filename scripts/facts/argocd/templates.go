package main

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/argoproj/argo-cd/v3/applicationset/utils"
)

type templateCase struct {
	Text    string         `json:"text"`
	Options []string       `json:"options"`
	Data    map[string]any `json:"data"`
	Result  map[string]any `json:"result"`
}

// fillTemplates answers the questions of test/data/argocd/goTemplates.json.
func fillTemplates(root string) {
	path := filepath.Join(root, "test/data/argocd/goTemplates.json")
	text, err := os.ReadFile(path)
	check(err)
	var cases []templateCase
	check(json.Unmarshal(text, &cases))
	for i := range cases {
		each := &cases[i]
		filled, err := (&utils.Render{}).Replace(each.Text, each.Data, true, each.Options)
		each.Result = map[string]any{"text": filled}
		if err != nil {
			each.Result = map[string]any{"error": err.Error()}
		}
	}
	writeJSON(path, cases)
}

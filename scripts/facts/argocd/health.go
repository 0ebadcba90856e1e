package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/argoproj/gitops-engine/pkg/health"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/argoproj/argo-cd/v3/util/lua"
)

// judgeHealth reads objects from standard input, one JSON text per line, and prints what Argo CD says of the health of
// each: {"status","message"}, null where it has no opinion, {"error"} where a script or a conversion fails.
func judgeHealth() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var object unstructured.Unstructured
		if err := object.UnmarshalJSON(lines.Bytes()); err != nil {
			panic(err)
		}
		status, err := health.GetResourceHealth(&object, lua.ResourceHealthOverrides{})
		if err != nil {
			_ = out.Encode(map[string]string{"error": err.Error()})
			continue
		}
		_ = out.Encode(status)
	}
}

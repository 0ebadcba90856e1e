// Prints an object of each kind with nothing set, as Kubernetes' Go types encode it: JSON by `apiVersion/Kind`. It is what
// the API server compares a new object with to tell which fields its creator owns.
package main

import (
	"encoding/json"
	"os"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	aggregation "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

func main() {
	empties := map[string]json.RawMessage{}
	all := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, apiextensions.AddToScheme, aggregation.AddToScheme} {
		if err := add(all); err != nil {
			panic(err)
		}
	}
	for gvk := range all.AllKnownTypes() {
		if gvk.Version == runtime.APIVersionInternal || strings.HasSuffix(gvk.Kind, "List") || strings.HasSuffix(gvk.Kind, "Options") {
			continue
		}
		object, err := all.New(gvk)
		if err != nil {
			panic(err)
		}
		text, err := json.Marshal(object)
		if err != nil {
			panic(err)
		}
		empties[gvk.GroupVersion().String()+"/"+gvk.Kind] = text
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(empties); err != nil {
		panic(err)
	}
}

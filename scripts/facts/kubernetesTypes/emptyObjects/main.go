// Prints what Kubernetes' Go types make of values that aren't set. `empty`: an object of each kind with nothing set, as JSON
// by `apiVersion/Kind`, which the API server compares a new object with to tell which fields its creator owns. `dropped`:
// the fields of each type that aren't there when they are zero, by the type's name in the OpenAPI documents.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"sort"
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
	dropped := map[string][]string{}
	for gvk, kind := range all.AllKnownTypes() {
		if gvk.Version != runtime.APIVersionInternal {
			readType(kind, dropped)
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"empty": empties, "dropped": dropped}); err != nil {
		panic(err)
	}
}

// readType notes the fields of a struct and of all that it holds.
func readType(kind reflect.Type, dropped map[string][]string) {
	switch kind.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array:
		readType(kind.Elem(), dropped)
		return
	case reflect.Struct:
	default:
		return
	}
	name := openAPIName(kind)
	if _, known := dropped[name]; known {
		return
	}
	dropped[name] = []string{}
	for i := 0; i < kind.NumField(); i++ {
		field := kind.Field(i)
		if !field.IsExported() {
			continue
		}
		tag := strings.Split(field.Tag.Get("json"), ",")
		readType(field.Type, dropped)
		if tag[0] == "" || !strings.Contains(strings.Join(tag[1:], ","), "omitempty") {
			continue
		}
		switch field.Type.Kind() {
		case reflect.Bool, reflect.String, reflect.Int, reflect.Int32, reflect.Int64, reflect.Float64, reflect.Slice, reflect.Map:
			dropped[name] = append(dropped[name], tag[0])
		}
	}
	sort.Strings(dropped[name])
}

// openAPIName is `io.k8s.api.core.v1.Pod` for the type Pod of k8s.io/api/core/v1.
func openAPIName(kind reflect.Type) string {
	parts := strings.SplitN(kind.PkgPath(), "/", 2)
	domain := strings.Split(parts[0], ".")
	for i, j := 0, len(domain)-1; i < j; i, j = i+1, j-1 {
		domain[i], domain[j] = domain[j], domain[i]
	}
	rest := ""
	if len(parts) > 1 {
		rest = "." + strings.ReplaceAll(parts[1], "/", ".")
	}
	return strings.Join(domain, ".") + rest + "." + kind.Name()
}

// Prints, as JSON, what an API server's JSON codec does with each field of the API types when the field isn't set or is
// zero: by type, by field, a letter that src/sandbox/kinds/codec.ts explains. Fields that are left out when zero have none.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	extensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kubernetes "k8s.io/client-go/kubernetes/scheme"
	registration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type shape struct {
	Fields []string          `json:"fields"`
	Codes  map[string]string `json:"codes"`
}

func main() {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{kubernetes.AddToScheme, extensions.AddToScheme, registration.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	shapes := map[string]*shape{}
	for _, each := range scheme.AllKnownTypes() {
		visit(each, shapes)
	}
	if err := json.NewEncoder(os.Stdout).Encode(shapes); err != nil {
		panic(err)
	}
}

func visit(t reflect.Type, shapes map[string]*shape) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		visit(t.Elem(), shapes)
	case reflect.Struct:
		name := t.PkgPath() + "." + t.Name()
		if _, known := shapes[name]; known {
			return
		}
		shapes[name] = &shape{Fields: []string{}, Codes: map[string]string{}}
		addFields(t, shapes[name], shapes)
	}
}

func addFields(t reflect.Type, into *shape, shapes map[string]*shape) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if name == "" {
			inner := field.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct && (field.Anonymous || strings.Contains(options, "inline")) {
				addFields(inner, into, shapes)
			}
			continue
		}
		into.Fields = append(into.Fields, name)
		if code := codeOf(field.Type, options); code != "" {
			into.Codes[name] = code
		}
		visit(field.Type, shapes)
	}
}

func codeOf(t reflect.Type, options string) string {
	omitsEmpty := strings.Contains(options, "omitempty")
	switch t.Kind() {
	case reflect.Pointer, reflect.Interface:
		if omitsEmpty {
			return "p"
		}
		return "N"
	case reflect.Struct:
		if strings.Contains(options, "omitzero") {
			return "z"
		}
		switch t.Name() {
		case "Time", "MicroTime", "RawExtension", "FieldsV1":
			return "N"
		case "Quantity":
			return "q"
		case "IntOrString":
			return "I"
		}
		return "s"
	}
	if omitsEmpty {
		return ""
	}
	switch t.Kind() {
	case reflect.String:
		return "S"
	case reflect.Bool:
		return "B"
	case reflect.Slice, reflect.Map:
		return "N"
	}
	return "I"
}

// Prints, as JSON, the protobuf messages of the API types: the kinds of each version (with the message's name where it is
// another), and for each message its fields as src/sandbox/kinds/messages/messageFacts.ts reads them. Numbers come from the struct tags that Kubernetes' own
// marshallers are generated from.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"

	extensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kubernetes "k8s.io/client-go/kubernetes/scheme"
	registration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type field struct {
	number int
	name   string
	code   string
}

// Types with a form of their own, in protobuf or in JSON.
var special = map[string]string{
	"Time": "t", "MicroTime": "u", "Quantity": "q", "IntOrString": "o", "RawExtension": "r", "FieldsV1": "r", "JSON": "r",
	"Verbs": "w", "ExtraValue": "w",
}

var (
	served   = regexp.MustCompile(`^v[12]$`)
	isOption = regexp.MustCompile(`(Options|Event|List)$`)
	names    = map[reflect.Type]string{}
	byName   = map[string]reflect.Type{}
	messages = map[string]string{}
)

func main() {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{kubernetes.AddToScheme, extensions.AddToScheme, registration.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	kinds := map[string]string{}
	known := scheme.AllKnownTypes()
	order := make([]string, 0, len(known))
	types := map[string]reflect.Type{}
	for gvk, each := range known {
		if !served.MatchString(gvk.Version) || (isOption.MatchString(gvk.Kind) && gvk.Kind != "Event" && gvk.Kind != "DeleteOptions") {
			continue
		}
		key := gvk.GroupVersion().String() + " " + gvk.Kind
		order = append(order, key)
		types[key] = each
	}
	sort.Strings(order)
	for _, key := range order {
		version, kind, _ := strings.Cut(key, " ")
		if kind == "DeleteOptions" && version != "v1" {
			continue
		}
		name := visit(types[key])
		if name != kind {
			kind = kind + "=" + name
		}
		kinds[version] = strings.TrimSpace(kinds[version] + " " + kind)
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"kinds": kinds, "messages": messages}); err != nil {
		panic(err)
	}
}

// The name of a message; types of one name in several groups are numbered.
func visit(t reflect.Type) string {
	if name, known := names[t]; known {
		return name
	}
	name := t.Name()
	for n := 2; byName[name] != nil; n++ {
		name = t.Name() + strconv.Itoa(n)
	}
	names[t], byName[name] = name, t
	fields := fieldsOf(t)
	sort.Slice(fields, func(i, j int) bool { return fields[i].number < fields[j].number })
	var texts []string
	last := 0
	for _, each := range fields {
		text := each.name + " " + each.code
		if each.number != last+1 {
			text = strconv.Itoa(each.number) + " " + text
		}
		texts = append(texts, text)
		last = each.number
	}
	messages[name] = strings.Join(texts, ",")
	return name
}

func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		each := t.Field(i)
		parts := strings.Split(each.Tag.Get("protobuf"), ",")
		if len(parts) < 3 {
			continue
		}
		number, err := strconv.Atoi(parts[1])
		if err != nil {
			panic(fmt.Sprint(t, each.Name, err))
		}
		name, options, _ := strings.Cut(each.Tag.Get("json"), ",")
		if name == "" && !strings.Contains(options, "inline") && !each.Anonymous {
			name = each.Name
		}
		if name == "" {
			name = "-"
		}
		fields = append(fields, field{number, name, codeOf(each.Type)})
	}
	return fields
}

// A letter or the name of a message, after "?" where zero is something else than nothing, "*" for a list, "%" for a map.
func codeOf(t reflect.Type) string {
	if code, found := special[t.Name()]; found && t.PkgPath() != "" {
		return code
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "?" + codeOf(t.Elem())
	case reflect.Struct:
		return visit(t)
	case reflect.String:
		return "s"
	case reflect.Bool:
		return "b"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64, reflect.Uint8:
		return "i"
	case reflect.Float64:
		return "d"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "y"
		}
		return "*" + codeOf(t.Elem())
	case reflect.Map:
		return "%" + codeOf(t.Elem())
	}
	panic(fmt.Sprint("no code for ", t))
}

// Prints the fields of Flux's objects as a TypeScript table, from the Go types of their API modules.
package main

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	autov1 "github.com/fluxcd/image-automation-controller/api/v1"
	reflectorv1 "github.com/fluxcd/image-reflector-controller/api/v1"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Fields that the API server fills in, or that may be left out though their tags don't say so (markers in the sources).
var optionalByDefault = map[string]bool{
	"HelmChartTemplateVerification.provider": true,
	"HelmChartVerification.provider":         true,
	"OCIRepositoryVerification.provider":     true,
	"TagFilter.pattern":                      true,
	"TagFilter.extract":                      true,
}

var types = map[string]string{}
var named = map[string]reflect.Type{}

func nameOf(t reflect.Type) string {
	name := t.Name()
	for i := 2; named[name] != nil && named[name] != t; i++ {
		name = fmt.Sprintf("%s%d", t.Name(), i)
	}
	return name
}

func describe(t reflect.Type) string {
	switch t {
	case reflect.TypeOf(metav1.Duration{}):
		return "duration"
	case reflect.TypeOf(apiextensionsv1.JSON{}):
		return "any"
	case reflect.TypeOf(metav1.Time{}), reflect.TypeOf(metav1.MicroTime{}):
		return "string"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return describe(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32:
		return "integer"
	case reflect.Float64, reflect.Float32:
		return "number"
	case reflect.Slice:
		return describe(t.Elem()) + "[]"
	case reflect.Map:
		return describe(t.Elem()) + "{}"
	case reflect.Interface:
		return "any"
	case reflect.Struct:
		name := nameOf(t)
		if named[name] == nil {
			named[name] = t
			types[name] = ""
			types[name] = fields(t)
		}
		return name
	}
	panic(t.String())
}

func fields(t reflect.Type) string {
	found := map[string]string{}
	var collect func(t reflect.Type)
	collect = func(t reflect.Type) {
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			tag := strings.Split(f.Tag.Get("json"), ",")
			if tag[0] == "-" {
				continue
			}
			if tag[0] == "" {
				inner := f.Type
				if inner.Kind() == reflect.Pointer {
					inner = inner.Elem()
				}
				collect(inner)
				continue
			}
			optional := optionalByDefault[t.Name()+"."+tag[0]]
			for _, o := range tag[1:] {
				optional = optional || o == "omitempty"
			}
			mark := "!"
			if optional {
				mark = ""
			}
			found[tag[0]] = describe(f.Type) + mark
		}
	}
	collect(t)
	var names []string
	for n := range found {
		names = append(names, n)
	}
	sort.Strings(names)
	var parts []string
	for _, n := range names {
		parts = append(parts, fmt.Sprintf("%s: '%s'", n, found[n]))
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

func main() {
	kinds := []struct {
		kind string
		t    reflect.Type
	}{
		{"source.toolkit.fluxcd.io/GitRepository", reflect.TypeOf(sourcev1.GitRepositorySpec{})},
		{"source.toolkit.fluxcd.io/OCIRepository", reflect.TypeOf(sourcev1.OCIRepositorySpec{})},
		{"source.toolkit.fluxcd.io/Bucket", reflect.TypeOf(sourcev1.BucketSpec{})},
		{"source.toolkit.fluxcd.io/HelmRepository", reflect.TypeOf(sourcev1.HelmRepositorySpec{})},
		{"source.toolkit.fluxcd.io/HelmChart", reflect.TypeOf(sourcev1.HelmChartSpec{})},
		{"source.toolkit.fluxcd.io/ExternalArtifact", reflect.TypeOf(sourcev1.ExternalArtifactSpec{})},
		{"kustomize.toolkit.fluxcd.io/Kustomization", reflect.TypeOf(kustomizev1.KustomizationSpec{})},
		{"helm.toolkit.fluxcd.io/HelmRelease", reflect.TypeOf(helmv2.HelmReleaseSpec{})},
		{"image.toolkit.fluxcd.io/ImageRepository", reflect.TypeOf(reflectorv1.ImageRepositorySpec{})},
		{"image.toolkit.fluxcd.io/ImagePolicy", reflect.TypeOf(reflectorv1.ImagePolicySpec{})},
		{"image.toolkit.fluxcd.io/ImageUpdateAutomation", reflect.TypeOf(autov1.ImageUpdateAutomationSpec{})},
	}
	out := os.Stdout
	fmt.Fprintln(out, "/** The fields of Flux's objects: made by scripts/facts/flux from the Go types of its APIs, don't edit. */")
	fmt.Fprintln(out, "\n/** For each group and kind the type of `spec`. */")
	fmt.Fprintln(out, "export const fluxSpecs: Readonly<Record<string, string>> = {")
	for _, k := range kinds {
		fmt.Fprintf(out, "  '%s': '%s',\n", k.kind, describe(k.t))
	}
	fmt.Fprintln(out, "};")
	fmt.Fprintln(out, "\n/** For each type its fields: their type, with `!` behind what must be there; `[]` a list, `{}` a map. */")
	fmt.Fprintln(out, "export const fluxTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {")
	var names []string
	for n := range types {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		fmt.Fprintf(out, "  %s: %s,\n", n, types[n])
	}
	fmt.Fprintln(out, "};")
}

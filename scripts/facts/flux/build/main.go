package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fluxcd/pkg/kustomize"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/yaml"
)

// Renders a Flux Kustomization as kustomize-controller does; it writes into ROOT.
// usage: build ROOT REL_PATH KS.yaml [OBJECTS.yaml...] ; prints the kustomization file and the result as JSON
func main() {
	root, _ := filepath.Abs(os.Args[1])
	dir := filepath.Join(root, os.Args[2])
	data, err := os.ReadFile(os.Args[3])
	if err != nil {
		panic(err)
	}
	obj := map[string]any{}
	if err := yaml.Unmarshal(data, &obj); err != nil {
		panic(err)
	}
	u := unstructured.Unstructured{Object: obj}
	out := map[string]any{}
	defer func() { b, _ := json.Marshal(out); fmt.Println(string(b)) }()
	gen := kustomize.NewGenerator(root, u)
	manifest, kfile, action, err := gen.GenerateManifest(dir)
	if err != nil {
		out["error"] = "generate: " + err.Error()
		return
	}
	rel, _ := filepath.Rel(root, kfile)
	out["kustomization"] = string(manifest)
	out["file"] = rel
	out["action"] = action
	if _, err := gen.WriteFile(dir); err != nil {
		out["error"] = "write: " + err.Error()
		return
	}
	m, err := kustomize.SecureBuild(root, dir, true)
	if err != nil {
		out["error"] = "build: " + err.Error()
		return
	}
	b := fake.NewClientBuilder().WithScheme(scheme.Scheme)
	for _, f := range os.Args[4:] {
		d, err := os.ReadFile(f)
		if err != nil {
			panic(err)
		}
		var meta metav1.TypeMeta
		if err := yaml.Unmarshal(d, &meta); err != nil {
			panic(err)
		}
		if meta.Kind == "Secret" {
			s := &corev1.Secret{}
			if err := yaml.Unmarshal(d, s); err != nil {
				panic(err)
			}
			for k, v := range s.StringData {
				if s.Data == nil {
					s.Data = map[string][]byte{}
				}
				s.Data[k] = []byte(v)
			}
			b = b.WithObjects(s)
		} else {
			c := &corev1.ConfigMap{}
			if err := yaml.Unmarshal(d, c); err != nil {
				panic(err)
			}
			b = b.WithObjects(c)
		}
	}
	client := b.Build()
	if _, ok, _ := unstructured.NestedMap(obj, "spec", "postBuild"); ok {
		always, _, _ := unstructured.NestedString(obj, "spec", "postBuild", "substituteStrategy")
		for _, res := range m.Resources() {
			r, err := kustomize.SubstituteVariables(context.Background(), client, u, res, kustomize.SubstituteWithStrict(os.Getenv("LAX") == ""), kustomize.SubstituteWithAlways(always == "Always"))
			if err != nil {
				out["error"] = fmt.Sprintf("post build failed for '%s/%s': %s", res.GetGvk(), res.GetName(), err)
				return
			}
			if r != nil {
				if _, err := m.Replace(res); err != nil {
					out["error"] = err.Error()
					return
				}
			}
		}
	}
	y, err := m.AsYaml()
	if err != nil {
		out["error"] = "print: " + err.Error()
		return
	}
	out["yaml"] = string(y)
}

// Merges a HelmRelease's values as helm-controller does. stdin: cases [{values, refs:[{kind,name,valuesKey,targetPath,optional,literal}], objects:[{kind,name,data}]}]
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/chartutil"
	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/yaml"
)

type object struct {
	Kind string            `json:"kind"`
	Name string            `json:"name"`
	Data map[string]string `json:"data"`
}
type testCase struct {
	Values  string                 `json:"values,omitempty"`
	Refs    []meta.ValuesReference `json:"refs"`
	Objects []object               `json:"objects"`
	Result  string                 `json:"result,omitempty"`
	Error   string                 `json:"error,omitempty"`
}

func main() {
	var cases []testCase
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	for i := range cases {
		c := &cases[i]
		b := fake.NewClientBuilder().WithScheme(scheme.Scheme)
		for _, o := range c.Objects {
			m := metav1.ObjectMeta{Name: o.Name, Namespace: "default"}
			if o.Kind == "Secret" {
				d := map[string][]byte{}
				for k, v := range o.Data {
					d[k] = []byte(v)
				}
				b = b.WithObjects(&corev1.Secret{ObjectMeta: m, Data: d})
			} else {
				b = b.WithObjects(&corev1.ConfigMap{ObjectMeta: m, Data: o.Data})
			}
		}
		var values map[string]interface{}
		if c.Values != "" {
			j, err := yaml.YAMLToJSON([]byte(c.Values))
			if err != nil {
				panic(err)
			}
			if err := json.Unmarshal(j, &values); err != nil {
				panic(err)
			}
		}
		r, err := merge(b, values, c.Refs)
		if err != nil {
			c.Error = err.Error()
			continue
		}
		y, err := json.Marshal(r)
		if err != nil {
			c.Error = err.Error()
			continue
		}
		c.Result = string(y)
	}
	out, _ := json.MarshalIndent(cases, "", " ")
	fmt.Println(string(out))
}

func merge(b *fake.ClientBuilder, values map[string]interface{}, refs []meta.ValuesReference) (r any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return chartutil.ChartValuesFromReferences(context.Background(), logr.Discard(), b.Build(), "default", values, refs...)
}

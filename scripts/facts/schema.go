package main

import (
	"reflect"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// groupVersionKinds gives the types that a definition describes.
func groupVersionKinds(definition spec.Schema) []yaml.TypeMeta {
	entries, _ := definition.Extensions["x-kubernetes-group-version-kind"].([]interface{})
	var types []yaml.TypeMeta
	for _, entry := range entries {
		fields, ok := entry.(map[string]interface{})
		if !ok {
			continue
		}
		apiVersion, _ := fields["version"].(string)
		if group, _ := fields["group"].(string); group != "" {
			apiVersion = group + "/" + apiVersion
		}
		kind, _ := fields["kind"].(string)
		types = append(types, yaml.TypeMeta{APIVersion: apiVersion, Kind: kind})
	}
	return types
}

func pointerOf(function interface{}) uintptr {
	return reflect.ValueOf(function).Pointer()
}

// Command facts writes the tables of kustomize's built-in knowledge that the renderer needs:
//
//	src/core/objects/facts/clusterScoped.ts   kinds that live outside namespaces
//	src/core/objects/facts/kubernetesSchema.ts what merging needs of the Kubernetes OpenAPI schema
//	src/core/kustomize/facts/defaultConfig.ts the fields that each transformer touches
//
// Run it with `npm run facts` (needs Go; not part of the tests) after changing the versions in go.mod.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: facts REPOSITORY")
		os.Exit(2)
	}
	root := os.Args[1]
	tables := []struct {
		path  string
		write func() string
	}{
		{"src/core/objects/facts/clusterScoped.ts", clusterScoped},
		{"src/core/objects/facts/kubernetesSchema.ts", kubernetesSchema},
		{"src/core/kustomize/facts/defaultConfig.ts", defaultConfig},
	}
	for _, table := range tables {
		path := filepath.Join(root, table.path)
		check(os.MkdirAll(filepath.Dir(path), 0o755))
		check(os.WriteFile(path, []byte(table.write()), 0o644))
	}
}

// version returns the version of a module that this program was built with.
func version(module string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		panic("no build information")
	}
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	panic("not a dependency: " + module)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// Prints the API versions that helm knows without a cluster, one a line: the table of src/core/helm/facts/apiVersions.ts.
// usage: go run . | node generate.mjs
package main

import (
	"fmt"

	"helm.sh/helm/v3/pkg/chartutil"
)

func main() {
	for _, version := range chartutil.DefaultVersionSet {
		fmt.Println(version)
	}
}

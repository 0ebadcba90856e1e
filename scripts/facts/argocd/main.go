// Command argocd records what Argo CD v3.2.11 itself knows and does, from its Go packages:
//
//	go run . types ../../..   src/core/gitops/argocd/facts/argoSpecs.ts: the fields of its kinds
//	go run . cases ../../..   test/data/argocd: what its code makes of the inputs there
//	go run . health ../../..  the health of objects from standard input, see scripts/facts/health.mjs
//
// It needs Go and is not part of the tests.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: argocd types|cases|health REPOSITORY")
		os.Exit(2)
	}
	switch os.Args[1] {
	case "types":
		writeTypes(os.Args[2])
	case "health":
		judgeHealth()
	case "cases":
		expandSets(os.Args[2])
		generateManifests(os.Args[2])
		askProjects(os.Args[2])
		matchPatterns(os.Args[2])
		fillTemplates(os.Args[2])
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

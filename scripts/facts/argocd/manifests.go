package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	log "github.com/sirupsen/logrus"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"github.com/argoproj/argo-cd/v3/util/argo"
	"github.com/argoproj/argo-cd/v3/util/git"
)

// generateManifests records what the repo server renders for each folder of test/data/argocd/applications. It needs a
// kustomize on PATH, or the one named by KUSTOMIZE.
func generateManifests(root string) {
	log.SetLevel(log.PanicLevel)
	base := filepath.Join(root, "test/data/argocd/applications")
	entries, err := os.ReadDir(base)
	check(err)
	binary := os.Getenv("KUSTOMIZE")
	if binary == "" {
		binary, err = exec.LookPath("kustomize")
		check(err)
	}
	for _, entry := range entries {
		dir := filepath.Join(base, entry.Name())
		writeJSON(filepath.Join(dir, "expected.json"), generate(dir, binary))
	}
}

func generate(dir, binary string) any {
	repo := copyRepository(filepath.Join(dir, "repo"))
	defer os.RemoveAll(repo)
	text, err := os.ReadFile(filepath.Join(dir, "application.yaml"))
	check(err)
	var app v1alpha1.Application
	check(yaml.Unmarshal(text, &app))
	app.Spec = *argo.NormalizeApplicationSpec(&app.Spec)
	source := app.Spec.GetSource()
	query := &apiclient.ManifestRequest{
		Repo:              &v1alpha1.Repository{Repo: source.RepoURL},
		AppName:           app.Name,
		Namespace:         app.Spec.Destination.Namespace,
		ProjectName:       app.Spec.Project,
		ApplicationSource: &source,
		KustomizeOptions:  &v1alpha1.KustomizeOptions{BinaryPath: binary},
	}
	path := filepath.Join(repo, source.Path)
	response, err := repository.GenerateManifests(context.Background(), path, repo, "0123456789abcdef0123456789abcdef01234567", query, true, git.NoopCredsStore{}, resource.MustParse("0"), nil)
	if err != nil {
		return map[string]any{"error": strings.ReplaceAll(strings.ReplaceAll(err.Error(), repo, ""), binary, "kustomize")}
	}
	objects := []any{}
	for _, manifest := range response.Manifests {
		var object any
		check(json.Unmarshal([]byte(manifest), &object))
		objects = append(objects, object)
	}
	return map[string]any{"error": nil, "sourceType": response.SourceType, "objects": objects}
}

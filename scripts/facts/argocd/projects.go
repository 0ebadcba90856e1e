package main

import (
	"math/rand"
	"os"
	"path"
	"path/filepath"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/git"
	"github.com/argoproj/argo-cd/v3/util/glob"
)

type projectCase struct {
	Name    string                  `json:"name"`
	Spec    v1alpha1.AppProjectSpec `json:"spec"`
	Sources []struct {
		RepoURL   string `json:"repoURL"`
		Permitted bool   `json:"permitted"`
	} `json:"sources,omitempty"`
	Destinations []struct {
		Server    string `json:"server"`
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
		Permitted bool   `json:"permitted"`
	} `json:"destinations,omitempty"`
	Kinds []struct {
		Group      string `json:"group"`
		Kind       string `json:"kind"`
		Namespaced bool   `json:"namespaced"`
		Permitted  bool   `json:"permitted"`
	} `json:"kinds,omitempty"`
}

// askProjects answers the questions of test/data/argocd/projects.yaml.
func askProjects(root string) {
	text, err := os.ReadFile(filepath.Join(root, "test/data/argocd/projects.yaml"))
	check(err)
	var cases []projectCase
	check(yaml.Unmarshal(text, &cases))
	answers := map[string]any{}
	for _, each := range cases {
		project := v1alpha1.AppProject{Spec: each.Spec}
		sources, destinations, kinds := []bool{}, []bool{}, []bool{}
		for _, source := range each.Sources {
			sources = append(sources, project.IsSourcePermitted(v1alpha1.ApplicationSource{RepoURL: source.RepoURL}))
		}
		for _, d := range each.Destinations {
			permitted, err := project.IsDestinationPermitted(&v1alpha1.Cluster{Server: d.Server, Name: d.Name}, d.Namespace, nil)
			check(err)
			destinations = append(destinations, permitted)
		}
		for _, kind := range each.Kinds {
			kinds = append(kinds, project.IsGroupKindPermitted(schema.GroupKind{Group: kind.Group, Kind: kind.Kind}, kind.Namespaced))
		}
		answers[each.Name] = map[string]any{"sources": sources, "destinations": destinations, "kinds": kinds}
	}
	writeJSON(filepath.Join(root, "test/data/argocd/projects.expected.json"), answers)
}

// matchPatterns records what the three kinds of patterns match, and how URLs are normalized.
func matchPatterns(root string) {
	random := rand.New(rand.NewSource(42))
	pick := func(parts []string, most int) string {
		text := ""
		for n := random.Intn(most) + 1; n > 0; n-- {
			text += parts[random.Intn(len(parts))]
		}
		return text
	}
	patterns := []string{"a", "b", "/", "*", "**", "?", "[ab]", "[!a]", "[a-c]", "{a,b}", "{a*,bc}", "{a,{b,c}}", ".", "-", "\\*", "[", "]", "}", ","}
	goPatterns := []string{"a", "b", "/", "*", "?", "[ab]", "[^a]", "[a-c]", ".", "\\*", "[", "]", "-"}
	texts := []string{"a", "b", "c", "/", ".", "-", "*", "ab"}
	globs, paths := []any{}, []any{}
	for len(globs) < 1500 {
		pattern, text := pick(patterns, 5), pick(texts, 5)
		plain, plainErr := glob.MatchWithError(pattern, text)
		slash, slashErr := glob.MatchWithError(pattern, text, '/')
		globs = append(globs, []any{pattern, text, plain && plainErr == nil, slash && slashErr == nil})
	}
	for len(paths) < 800 {
		pattern, text := pick(goPatterns, 5), pick(texts, 4)
		matched, err := path.Match(pattern, text)
		paths = append(paths, []any{pattern, text, matched && err == nil})
	}
	urls := [][]string{}
	for _, url := range []string{
		"https://github.com/Org/Repo.git", "https://github.com/org/repo", "https://github.com/org/repo/", "http://github.com/org/repo", "git@github.com:Org/Repo.git",
		"ssh://git@github.com/org/repo.git", "ssh://git@github.com:22/org/repo", "user@host.example:path/repo", "github.com/org/repo", "https://user:pw@github.com/org/repo.git",
		"https://github.com:8443/org/repo", "git://github.com/org/repo", " https://github.com/org/repo ", "org-1234@github.com:org/repo.git", "host:org/repo", "https://gitlab.com/a/b/c.git",
		"oci://ghcr.io/org/charts", "file:///srv/repo.git", "", "*", "https://github.com/org/*", "https://dev.azure.com/org/project/_git/repo", "git@ssh.dev.azure.com:v3/org/project/repo", "https://github.com/org/repo%20x", "https://[::1]:80/a", "https://host:port/a",
	} {
		urls = append(urls, []string{url, git.NormalizeGitURL(url)})
	}
	writeJSON(filepath.Join(root, "test/data/argocd/patterns.json"), map[string]any{"globs": globs, "paths": paths, "urls": urls})
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"

	log "github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/applicationset/controllers/template"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

// localRepository answers as the repo server does, from a folder that is a git repository.
type localRepository struct{ top string }

func (r localRepository) GetFiles(_ context.Context, _, _, _, pattern string, _, _ bool) (map[string][]byte, error) {
	cmd := exec.Command("git", "ls-files", "--full-name", "-z", "--", pattern)
	cmd.Dir = r.top
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range strings.Split(string(out), "\x00") {
		if name == "" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(r.top, name))
		if err != nil {
			return nil, err
		}
		files[name] = content
	}
	return files, nil
}

func (r localRepository) GetDirectories(_ context.Context, _, _, _ string, _, _ bool) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(r.top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(r.top, path)
		if err != nil || relative == "." {
			return err
		}
		if strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		paths = append(paths, relative)
		return nil
	})
	return paths, err
}

type pull struct {
	Number       int      `json:"number"`
	Title        string   `json:"title"`
	Branch       string   `json:"branch"`
	TargetBranch string   `json:"targetBranch"`
	HeadSHA      string   `json:"headSHA"`
	Labels       []string `json:"labels"`
	Author       string   `json:"author"`
}

// servePulls answers like GitHub's list of pull requests.
func servePulls(pulls []pull) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		list := []map[string]any{}
		for _, p := range pulls {
			labels := []map[string]any{}
			for _, label := range p.Labels {
				labels = append(labels, map[string]any{"name": label})
			}
			list = append(list, map[string]any{
				"number": p.Number, "title": p.Title, "labels": labels,
				"head": map[string]any{"ref": p.Branch, "sha": p.HeadSHA}, "base": map[string]any{"ref": p.TargetBranch},
				"user": map[string]any{"login": p.Author},
			})
		}
		w.Header().Set("Content-Type", "application/json")
		check(json.NewEncoder(w).Encode(list))
	}))
}

// expandSets records what the ApplicationSet controller generates for each folder of test/data/argocd/sets.
func expandSets(root string) {
	log.SetLevel(log.PanicLevel)
	base := filepath.Join(root, "test/data/argocd/sets")
	entries, err := os.ReadDir(base)
	check(err)
	for _, entry := range entries {
		dir := filepath.Join(base, entry.Name())
		writeJSON(filepath.Join(dir, "expected.json"), expandSet(dir))
	}
}

func expandSet(dir string) any {
	repo := copyRepository(filepath.Join(dir, "repo"))
	defer os.RemoveAll(repo)
	text, err := os.ReadFile(filepath.Join(dir, "set.yaml"))
	check(err)
	var pulls []pull
	if content, err := os.ReadFile(filepath.Join(dir, "pulls.json")); err == nil {
		check(json.Unmarshal(content, &pulls))
	}
	server := servePulls(pulls)
	defer server.Close()
	var set v1alpha1.ApplicationSet
	check(yaml.Unmarshal([]byte(strings.ReplaceAll(string(text), "https://pulls.test", server.URL)), &set))

	scheme := runtime.NewScheme()
	check(v1alpha1.AddToScheme(scheme))
	check(corev1.AddToScheme(scheme))
	objects := []runtime.Object{}
	secrets := []runtime.Object{}
	for _, name := range []string{"default", "team"} {
		objects = append(objects, &v1alpha1.AppProject{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "argocd"}})
	}
	if content, err := os.ReadFile(filepath.Join(dir, "clusters.yaml")); err == nil {
		for _, document := range strings.Split(string(content), "\n---\n") {
			var secret corev1.Secret
			check(yaml.Unmarshal([]byte(document), &secret))
			if secret.Data == nil {
				secret.Data = map[string][]byte{}
			}
			for key, value := range secret.StringData {
				secret.Data[key] = []byte(value)
			}
			objects = append(objects, secret.DeepCopy())
			secrets = append(secrets, secret.DeepCopy())
		}
	}
	client := fake.NewClientBuilder().WithScheme(scheme).WithRuntimeObjects(objects...).Build()
	clientset := kubefake.NewClientset(secrets...)
	scm := generators.NewSCMConfig("", nil, true, false, nil, false)
	all := generators.GetGenerators(context.Background(), client, clientset, "argocd", localRepository{repo}, nil, scm)
	apps, _, err := template.GenerateApplications(log.NewEntry(log.StandardLogger()), set, all, &utils.Render{}, client)
	result := map[string]any{"error": nil}
	if err != nil {
		result["error"] = strings.ReplaceAll(err.Error(), server.URL, "https://pulls.test")
	}
	list := []map[string]any{}
	for _, app := range apps {
		list = append(list, map[string]any{
			"name": app.Name, "namespace": app.Namespace, "labels": app.Labels, "annotations": app.Annotations, "finalizers": app.Finalizers, "spec": app.Spec,
		})
	}
	// the order of merged parameters is by chance
	sort.SliceStable(list, func(i, j int) bool { return list[i]["name"].(string) < list[j]["name"].(string) })
	result["applications"] = list
	return result
}

// copyRepository makes a git repository of a folder's copy; of none an empty one.
func copyRepository(from string) string {
	to, err := os.MkdirTemp("", "argocd-facts-")
	check(err)
	to, err = filepath.EvalSymlinks(to)
	check(err)
	if _, err := os.Stat(from); err == nil {
		check(os.CopyFS(to, os.DirFS(from)))
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = to
		if out, err := cmd.CombinedOutput(); err != nil {
			panic(fmt.Sprintf("%v: %s", err, out))
		}
	}
	return to
}

func writeJSON(path string, value any) {
	text, err := json.MarshalIndent(value, "", "  ")
	check(err)
	check(os.WriteFile(path, append(text, '\n'), 0o644))
}

// Checks semver ranges and regular expressions. stdin: {"ranges":[...],"versions":[...],"patterns":[{pattern,extract}],"tags":[...]}
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"

	"github.com/Masterminds/semver/v3"
)

type filter struct {
	Pattern string            `json:"pattern"`
	Extract string            `json:"extract"`
	Result  map[string]string `json:"result"`
}

func main() {
	var in struct {
		Ranges   []string            `json:"ranges"`
		Versions []string            `json:"versions"`
		Matches  map[string][]string `json:"matches"`
		Sorted   [][2]string         `json:"newer"`
		Filters  []filter            `json:"filters"`
		Tags     []string            `json:"tags"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		panic(err)
	}
	in.Matches = map[string][]string{}
	for _, r := range in.Ranges {
		c, err := semver.NewConstraint(r)
		if err != nil {
			in.Matches[r] = nil
			continue
		}
		in.Matches[r] = []string{}
		for _, v := range in.Versions {
			sv, err := semver.NewVersion(v)
			if err == nil && c.Check(sv) {
				in.Matches[r] = append(in.Matches[r], v)
			}
		}
	}
	for _, a := range in.Versions {
		for _, b := range in.Versions {
			x, e1 := semver.NewVersion(a)
			y, e2 := semver.NewVersion(b)
			if e1 == nil && e2 == nil && x.GreaterThan(y) {
				in.Sorted = append(in.Sorted, [2]string{a, b})
			}
		}
	}
	for i := range in.Filters {
		f := &in.Filters[i]
		re, err := regexp.Compile(f.Pattern)
		if err != nil {
			continue
		}
		f.Result = map[string]string{}
		for _, t := range in.Tags {
			if m := re.FindStringSubmatchIndex(t); len(m) > 0 {
				if f.Extract != "" {
					f.Result[t] = string(re.ExpandString([]byte{}, f.Extract, t, m))
				} else {
					f.Result[t] = t
				}
			}
		}
	}
	b, _ := json.Marshal(in)
	fmt.Println(string(b))
}

// Prints what Kubernetes' own client makes of objects: a line per kind and variant with its body in protobuf and the same
// object in JSON. Every kind comes with all its fields set, and with fields set, zero or missing as a seeded choice has it.
// With the word "decode", reads bodies instead, in base64, a line each, and prints their objects in JSON.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"time"

	extensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
	kubernetes "k8s.io/client-go/kubernetes/scheme"
	registration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type line struct {
	Kind    string          `json:"kind"`
	Variant int             `json:"variant"`
	Body    []byte          `json:"body"`
	JSON    json.RawMessage `json:"json"`
}

var (
	served   = regexp.MustCompile(`^v[12]$`)
	unwanted = regexp.MustCompile(`(Options|List|WatchEvent|APIVersions|APIGroup|Status|PodStatusResult|RangeAllocation|SerializedReference|ConversionReview|ComponentStatus)$`)
)

func main() {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{kubernetes.AddToScheme, extensions.AddToScheme, registration.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	var kinds []schema.GroupVersionKind
	for gvk := range scheme.AllKnownTypes() {
		isOptions := gvk.Kind == "DeleteOptions" && gvk.Group == ""
		if served.MatchString(gvk.Version) && (isOptions || !unwanted.MatchString(gvk.Kind)) {
			kinds = append(kinds, gvk)
		}
	}
	sort.Slice(kinds, func(i, j int) bool { return kinds[i].String() < kinds[j].String() })
	serializer := protobuf.NewSerializer(scheme, scheme)
	out := json.NewEncoder(os.Stdout)
	if len(os.Args) > 1 && os.Args[1] == "decode" {
		decode(serializer, out)
		return
	}
	for _, gvk := range kinds {
		for variant := range 2 {
			object, err := scheme.New(gvk)
			if err != nil {
				panic(err)
			}
			filler := &filler{full: variant == 0, random: rand.New(rand.NewSource(int64(variant)))}
			filler.fill(reflect.ValueOf(object).Elem(), nil)
			object.GetObjectKind().SetGroupVersionKind(gvk)
			var body bytes.Buffer
			if err := serializer.Encode(object, &body); err != nil {
				panic(err)
			}
			text, err := json.Marshal(object)
			if err != nil {
				panic(err)
			}
			if err := out.Encode(line{gvk.GroupVersion().String() + "/" + gvk.Kind, variant, body.Bytes(), text}); err != nil {
				panic(err)
			}
		}
	}
}

func decode(serializer *protobuf.Serializer, out *json.Encoder) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		body, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			panic(err)
		}
		object, gvk, err := serializer.Decode(body, nil, nil)
		if err != nil {
			panic(err)
		}
		object.GetObjectKind().SetGroupVersionKind(*gvk)
		if err := out.Encode(object); err != nil {
			panic(err)
		}
	}
}

type filler struct {
	full   bool
	random *rand.Rand
	count  int64
}

// Whether a value is left as it is.
func (f *filler) leaves() bool { return !f.full && f.random.Intn(3) == 0 }

func (f *filler) fill(v reflect.Value, within []reflect.Type) {
	f.count++
	if f.special(v) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if f.leaves() || repeats(v.Type().Elem(), within) {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), within)
	case reflect.Struct:
		f.fields(v, append(within, v.Type()))
	case reflect.Slice:
		if f.leaves() || repeats(v.Type().Elem(), within) {
			return
		}
		items := 1
		if !f.full {
			items = f.random.Intn(3)
		}
		v.Set(reflect.MakeSlice(v.Type(), items, items))
		for i := range items {
			f.fill(v.Index(i), within)
		}
	case reflect.Map:
		if f.leaves() || repeats(v.Type().Elem(), within) {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		f.fill(value, within)
		v.SetMapIndex(reflect.ValueOf(fmt.Sprint("key", f.count)).Convert(v.Type().Key()), value)
	default:
		f.scalar(v)
	}
}

func (f *filler) fields(v reflect.Value, within []reflect.Type) {
	for i := range v.NumField() {
		if v.Type().Field(i).Name != "TypeMeta" && v.Type().Field(i).IsExported() {
			f.fill(v.Field(i), within)
		}
	}
}

func (f *filler) scalar(v reflect.Value) {
	if f.leaves() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("é", f.count))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32:
		v.SetInt(-f.count)
	case reflect.Int64:
		v.SetInt(f.count << 32)
	case reflect.Uint8:
		v.SetUint(uint64(f.count % 256))
	case reflect.Float64:
		v.SetFloat(float64(f.count) / 4)
	default:
		panic(v.Type())
	}
}

// Types that are filled as a whole, or of whose fields JSON has one alone.
func (f *filler) special(v reflect.Value) bool {
	switch value := v.Addr().Interface().(type) {
	case *metav1.Time:
		if !f.leaves() {
			*value = metav1.Unix(1700000000+f.count, 0)
		}
	case *metav1.MicroTime:
		if !f.leaves() {
			*value = metav1.NewMicroTime(time.Unix(1700000000, f.count*1000))
		}
	case *resource.Quantity:
		*value = resource.MustParse(fmt.Sprint(f.count, "m"))
		_ = value.String()
	case *intstr.IntOrString:
		*value = intstr.FromInt32(int32(f.count))
		if f.count%2 == 0 {
			*value = intstr.FromString(strings.Repeat("x", int(f.count%5)))
		}
	case *runtime.RawExtension:
		value.Raw = []byte(fmt.Sprintf(`{"a":%d}`, f.count))
	case *metav1.FieldsV1:
		value.Raw = []byte(`{"f:a":{}}`)
	case *extensions.JSON:
		value.Raw = []byte(fmt.Sprintf(`[true,%d]`, f.count))
	case *extensions.JSONSchemaPropsOrArray:
		value.Schema = &extensions.JSONSchemaProps{Type: "string"}
		if f.count%2 == 0 {
			value.Schema, value.JSONSchemas = nil, []extensions.JSONSchemaProps{{Type: "integer"}}
		}
	case *extensions.JSONSchemaPropsOrBool:
		value.Allows = f.count%3 == 0
		if f.count%3 == 1 {
			value.Schema, value.Allows = &extensions.JSONSchemaProps{Type: "string"}, true
		}
	case *extensions.JSONSchemaPropsOrStringArray:
		value.Property = []string{"p"}
	default:
		return false
	}
	return true
}

// Types within themselves come once.
func repeats(t reflect.Type, within []reflect.Type) bool {
	for _, each := range within {
		if each == t {
			return true
		}
	}
	return false
}

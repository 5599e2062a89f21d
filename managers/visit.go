package managers

import "github.com/brine-go/brine/pickle"

// proxies calls f for every proxy inside v.
func proxies(v any, f func(*ProxyRef)) {
	seen := make(map[any]bool)
	todo := []any{v}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch v.(type) {
		case *pickle.List, *pickle.Dict, *pickle.Set, *pickle.FrozenSet, *pickle.Object, *pickle.Exception:
			if seen[v] {
				continue
			}
			seen[v] = true
		}
		switch v := v.(type) {
		case *ProxyRef:
			f(v)
		case pickle.Tuple:
			if len(v) > 0 && !seen[&v[0]] {
				seen[&v[0]] = true
				todo = append(todo, v...)
			}
		case *pickle.List:
			todo = append(todo, v.Items...)
		case *pickle.Dict:
			for k, item := range v.All() {
				todo = append(todo, k, item)
			}
		case *pickle.Set:
			for item := range v.All() {
				todo = append(todo, item)
			}
		case *pickle.FrozenSet:
			for item := range v.All() {
				todo = append(todo, item)
			}
		case *pickle.Exception:
			todo = append(todo, v.Args, v.State)
		case *pickle.Object:
			todo = append(todo, v.Class, v.Args)
			if v.Kwargs != nil {
				todo = append(todo, v.Kwargs)
			}
			for _, op := range v.Ops {
				todo = append(todo, op.Items...)
			}
		}
	}
}

package symbols

import "sync"

// maxNameForms bounds the bytes of the names that are remembered. Half of the time that
// frames take went into demangling names that had been demangled before.
const maxNameForms = 4 << 20

// nameForms remembers names with their full and their short form. When it is full it
// forgets all: what is used will be back soon.
type nameForms struct {
	mu    sync.Mutex
	bytes int
	known map[string][2]string
}

var demangledNames nameForms

func (n *nameForms) get(name string) (forms [2]string, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	forms, ok = n.known[name]
	return forms, ok
}

func (n *nameForms) put(name string, forms [2]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	size := len(name) + len(forms[0]) + len(forms[1])
	if size > maxNameForms/16 {
		return
	}
	if n.known == nil || n.bytes+size > maxNameForms {
		n.known, n.bytes = map[string][2]string{}, 0
	}
	n.known[name] = forms
	n.bytes += size
}

package value

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
)

// Names numbers member names from 0 in the order in which they came, so that documents are stored without them. Numbers are
// never given back. Any number of goroutines may use it at once; looking up a known name takes no lock.
type Names struct {
	mu    sync.Mutex // held while a name is added
	list  atomic.Pointer[[]string]
	table atomic.Pointer[[]atomic.Uint32] // open addressing: id+1, 0 = free; a power of two
}

// NewNames is a table that holds the given names, numbered from 0.
func NewNames(names ...string) *Names {
	t := &Names{}
	list := make([]string, 0, max(len(names), 64))
	t.list.Store(&list)
	table := make([]atomic.Uint32, 256)
	t.table.Store(&table)
	for _, name := range names {
		t.add(name)
	}
	return t
}

// Len is the count of names.
func (t *Names) Len() int { return len(*t.list.Load()) }

// Name is the name numbered id.
func (t *Names) Name(id uint32) (string, bool) {
	list := *t.list.Load()
	if int(id) >= len(list) {
		return "", false
	}
	return list[id], true
}

// Since lists the names from number id on. The slice must not be changed.
func (t *Names) Since(id uint32) []string {
	list := *t.list.Load()
	return list[min(int(id), len(list)):len(list):len(list)]
}

// ID is the number of name, which is added if it is new.
func (t *Names) ID(name string) uint32 {
	if id, ok := t.Find(name); ok {
		return id
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if id, ok := t.Find(name); ok {
		return id
	}
	return t.add(strings.Clone(name))
}

// Find is the number of name if it has one.
func (t *Names) Find(name string) (uint32, bool) {
	table := *t.table.Load()
	mask := uint64(len(table) - 1)
	for h := maphash.String(hashSeed, name) & mask; ; h = (h + 1) & mask {
		id := table[h].Load()
		if id == 0 {
			return 0, false
		}
		// The list is loaded after the entry, which is stored after the list: it holds the name.
		if (*t.list.Load())[id-1] == name {
			return id - 1, true
		}
	}
}

// add gives name the next number, even if it has one already. The caller holds mu, or is the only one.
func (t *Names) add(name string) uint32 {
	list := append(*t.list.Load(), name)
	t.list.Store(&list)
	table := *t.table.Load()
	if len(list)*2 > len(table) {
		grown := make([]atomic.Uint32, len(table)*2)
		for i, s := range list {
			putName(grown, s, uint32(i))
		}
		t.table.Store(&grown)
	} else {
		putName(table, name, uint32(len(list)-1))
	}
	return uint32(len(list) - 1)
}

func putName(table []atomic.Uint32, name string, id uint32) {
	mask := uint64(len(table) - 1)
	h := maphash.String(hashSeed, name) & mask
	for table[h].Load() != 0 {
		h = (h + 1) & mask
	}
	table[h].Store(id + 1)
}

package value

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// Place numbers where a value stands in documents: the whole is 0, and each member and item has a number of its own, whatever
// document it is in.
type Place = uint32

// NoPlace is no place: the table is full.
const NoPlace Place = 1<<32 - 1

// maxItem bounds the items of arrays that have a place; elemName marks their index where a member has its name's number.
const (
	maxItem  = 256
	elemName = 1 << 31
)

// Places numbers places, up to a limit. Any number of goroutines may use it at once; looking up a known place takes no lock.
type Places struct {
	names   *Names
	most    int
	mu      sync.Mutex // held while a place is added
	list    atomic.Pointer[[]place]
	table   atomic.Pointer[[]atomic.Uint32] // open addressing: place, 0 = free; a power of two
	layouts layouts
}

type place struct {
	above Place
	name  uint32 // in names, or elemName and the index
	path  Pointer
}

// NewPlaces is a table of the whole alone, which grows to at most so many places.
func NewPlaces(names *Names, most int) *Places {
	p := &Places{names: names, most: most}
	list := make([]place, 1, 64)
	list[0].above = NoPlace
	p.list.Store(&list)
	table := make([]atomic.Uint32, 256)
	p.table.Store(&table)
	return p
}

// Len is the count of places.
func (p *Places) Len() int { return len(*p.list.Load()) }

// Path is where the place is.
func (p *Places) Path(at Place) Pointer { return (*p.list.Load())[at].path }

// Member is the place of the member called name of the object at above; NoPlace if the table is full.
func (p *Places) Member(above Place, name string) Place { return p.child(above, p.names.ID(name)) }

// item is the place of an item of the array at above.
func (p *Places) item(above Place, i int) Place {
	if i >= maxItem {
		return NoPlace
	}
	return p.child(above, elemName|uint32(i))
}

// child is the place of a member, given by its name's number, or of an item.
func (p *Places) child(above Place, name uint32) Place {
	if at, ok := p.find(above, name); ok {
		return at
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, ok := p.find(above, name); ok {
		return at
	}
	return p.add(above, name)
}

func (p *Places) find(above Place, name uint32) (Place, bool) {
	table := *p.table.Load()
	mask := uint32(len(table) - 1)
	for h := placeHash(above, name) & mask; ; h = (h + 1) & mask {
		at := table[h].Load()
		if at == 0 {
			return 0, false
		}
		// The list is loaded after the entry, which is stored after the list: it holds the place.
		if k := &(*p.list.Load())[at]; k.above == above && k.name == name {
			return at, true
		}
	}
}

func placeHash(above Place, name uint32) uint32 {
	hi, lo := bits.Mul64(uint64(above)<<32|uint64(name)^0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93)
	return uint32(hi ^ lo)
}

// add numbers a new place. The caller holds mu.
func (p *Places) add(above Place, name uint32) Place {
	old := *p.list.Load()
	if len(old) >= p.most {
		return NoPlace
	}
	k := place{above: above, name: name}
	if name&elemName != 0 {
		k.path = old[above].path.Elem(int(name &^ elemName))
	} else {
		text, _ := p.names.Name(name)
		k.path = old[above].path.Child(text)
	}
	list := append(old, k)
	p.list.Store(&list)
	table := *p.table.Load()
	if len(list)*2 > len(table) {
		grown := make([]atomic.Uint32, len(table)*2)
		for at := 1; at < len(list); at++ {
			putPlace(grown, &list[at], Place(at))
		}
		p.table.Store(&grown)
	} else {
		putPlace(table, &k, Place(len(old)))
	}
	return Place(len(old))
}

func putPlace(table []atomic.Uint32, k *place, at Place) {
	mask := uint32(len(table) - 1)
	h := placeHash(k.above, k.name) & mask
	for table[h].Load() != 0 {
		h = (h + 1) & mask
	}
	table[h].Store(at)
}

package eventlog

import (
	"container/list"
	"sync"

	"asof/engine/event"
)

// blockCache keeps blocks, the last used first, up to a size.
type blockCache struct {
	mu    sync.Mutex
	most  int64
	size  int64
	order list.List // of *cached
	by    map[event.Position]*list.Element
}

type cached struct {
	commit uint64 // the tail block grows, and outliers are decided, until a later commit
	size   int
	*opened
}

// find is the block that has a position, if it was read after the commit `since`.
func (c *blockCache) find(at event.Position, since uint64) *opened {
	c.mu.Lock()
	defer c.mu.Unlock()
	for el := c.order.Front(); el != nil; el = el.Next() {
		if b := el.Value.(*cached); b.first <= at && at <= b.last() && b.commit >= since {
			c.order.MoveToFront(el)
			return b.opened
		}
	}
	return nil
}

func (c *blockCache) add(b *opened, commit uint64) {
	size := b.size()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[event.Position]*list.Element{}
	}
	if el := c.by[b.first]; el != nil {
		c.drop(el)
	}
	c.by[b.first] = c.order.PushFront(&cached{commit, size, b})
	c.size += int64(size)
	for c.size > c.most && c.order.Len() > 1 {
		c.drop(c.order.Back())
	}
}

func (c *blockCache) drop(el *list.Element) {
	b := c.order.Remove(el).(*cached)
	c.size -= int64(b.size)
	delete(c.by, b.first)
}

package dwarf

import "container/list"

// Cache holds units that were used last, of any number of files. It is not safe for
// concurrent use.
type Cache struct {
	max, weight int        // bytes
	used        *list.List // of *cached, the one used last in front
	units       map[cacheKey]*list.Element
}

type cacheKey struct {
	data *Data
	unit int
}

type cached struct {
	key    cacheKey
	unit   *unit
	weight int
}

// NewCache returns a cache of about max bytes. A single unit may be larger.
func NewCache(max int) *Cache {
	return &Cache{max: max, used: list.New(), units: map[cacheKey]*list.Element{}}
}

func (c *Cache) get(d *Data, i int) *unit {
	e, ok := c.units[cacheKey{d, i}]
	if !ok {
		return nil
	}
	c.used.MoveToFront(e)
	return e.Value.(*cached).unit
}

func (c *Cache) add(d *Data, i int, u *unit) {
	entry := &cached{key: cacheKey{d, i}, unit: u}
	c.units[entry.key] = c.used.PushFront(entry)
	c.weigh(entry)
}

// grown counts u again, after more of it was parsed.
func (c *Cache) grown(u *unit) {
	for e := c.used.Front(); e != nil; e = e.Next() {
		if entry := e.Value.(*cached); entry.unit == u {
			c.used.MoveToFront(e)
			c.weigh(entry)
			return
		}
	}
}

func (c *Cache) weigh(entry *cached) {
	weight := entry.unit.weight()
	c.weight += weight - entry.weight
	entry.weight = weight
	for c.weight > c.max && c.used.Len() > 1 {
		c.remove(c.used.Back())
	}
}

func (c *Cache) remove(e *list.Element) {
	entry := e.Value.(*cached)
	c.used.Remove(e)
	delete(c.units, entry.key)
	c.weight -= entry.weight
}

// Drop forgets the units of d.
func (c *Cache) Drop(d *Data) {
	for e := c.used.Front(); e != nil; {
		next := e.Next()
		if e.Value.(*cached).key.data == d {
			c.remove(e)
		}
		e = next
	}
}

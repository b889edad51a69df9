package symbols

import (
	"container/list"

	"github.com/gilwatch/gilwatch/internal/symbols/dwarf"
)

const (
	// maxImages is how many modules a resolver keeps open, one file descriptor each
	// and up to four more for separate debug information, twelve where that is split.
	maxImages = 512
	// maxUnitBytes is how much of debug information it keeps parsed.
	maxUnitBytes = 64 << 20
	// maxCachedSymbols is how many symbols it keeps in all, 24 bytes each.
	maxCachedSymbols = 8 << 20
)

// cacheKey tells modules apart: one without a bias, since a file is read once however
// often it is mapped.
type cacheKey Module

func keyOf(m Module) cacheKey {
	m.Bias = 0
	return cacheKey(m)
}

// cache keeps the images used last.
type cache struct {
	maxImages, maxSymbols int
	symbols               int
	used                  *list.List // of *cacheEntry, the one used last in front
	entries               map[cacheKey]*list.Element
	units                 *dwarf.Cache
}

type cacheEntry struct {
	key    cacheKey
	image  *image
	weight int // of image when it was last counted
}

func newCache(maxImages, maxSymbols int) cache {
	return cache{maxImages: maxImages, maxSymbols: maxSymbols, used: list.New(), entries: map[cacheKey]*list.Element{}, units: dwarf.NewCache(maxUnitBytes)}
}

// get returns m's image, opening it when it is not there.
func (c *cache) get(m Module) *image {
	key := keyOf(m)
	if e, ok := c.entries[key]; ok {
		c.used.MoveToFront(e)
		return e.Value.(*cacheEntry).image
	}
	// Make room first, so that the number of open files stays within bounds.
	for c.used.Len() >= c.maxImages {
		c.evict(c.used.Back())
	}
	image := openImage(m)
	c.entries[key] = c.used.PushFront(&cacheEntry{key: key, image: image})
	c.weigh(m)
	return image
}

// weigh counts m's image again, after more of it was read.
func (c *cache) weigh(m Module) {
	entry := c.entries[keyOf(m)].Value.(*cacheEntry)
	weight := entry.image.weight()
	c.symbols += weight - entry.weight
	entry.weight = weight
	for c.symbols > c.maxSymbols && c.used.Len() > 1 {
		c.evict(c.used.Back())
	}
}

func (c *cache) evict(e *list.Element) {
	entry := e.Value.(*cacheEntry)
	c.used.Remove(e)
	delete(c.entries, entry.key)
	c.symbols -= entry.weight
	entry.image.close(c.units)
}

func (c *cache) clear() {
	for c.used.Len() > 0 {
		c.evict(c.used.Back())
	}
}

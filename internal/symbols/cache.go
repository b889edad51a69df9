package symbols

import "container/list"

const (
	// maxImages is how many modules a resolver keeps open, one file descriptor each.
	maxImages = 256
	// maxCachedSymbols is how many symbols it keeps in all, 24 bytes each.
	maxCachedSymbols = 8 << 20
)

// cacheKey tells modules apart. The bias is not in it: a file is read once however
// often it is mapped.
type cacheKey struct{ path, buildID string }

// cache keeps the images used last.
type cache struct {
	maxImages, maxSymbols int
	symbols               int
	used                  *list.List // of *cacheEntry, the one used last in front
	entries               map[cacheKey]*list.Element
}

type cacheEntry struct {
	key   cacheKey
	image *image
}

func newCache(maxImages, maxSymbols int) cache {
	return cache{maxImages: maxImages, maxSymbols: maxSymbols, used: list.New(), entries: map[cacheKey]*list.Element{}}
}

// get returns m's image, opening it when it is not there.
func (c *cache) get(m Module) *image {
	key := cacheKey{m.Path, m.BuildID}
	if e, ok := c.entries[key]; ok {
		c.used.MoveToFront(e)
		return e.Value.(*cacheEntry).image
	}
	// Make room first, so that the number of open files stays within bounds.
	for c.used.Len() >= c.maxImages {
		c.evict(c.used.Back())
	}
	image := openImage(m)
	c.entries[key] = c.used.PushFront(&cacheEntry{key, image})
	c.symbols += len(image.symtab.symbols)
	for c.symbols > c.maxSymbols && c.used.Len() > 1 {
		c.evict(c.used.Back())
	}
	return image
}

func (c *cache) evict(e *list.Element) {
	entry := e.Value.(*cacheEntry)
	c.used.Remove(e)
	delete(c.entries, entry.key)
	c.symbols -= len(entry.image.symtab.symbols)
	entry.image.close()
}

func (c *cache) clear() {
	for c.used.Len() > 0 {
		c.evict(c.used.Back())
	}
}

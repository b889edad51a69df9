package source

const (
	// maxCachedFiles and maxCachedBytes bound what a Reader keeps. One file of maxFile
	// that is all line breaks takes five times its size.
	maxCachedFiles = 256
	maxCachedBytes = 64 << 20
)

// cache keeps the files that were read, and the names of those that cannot be. The calls of
// one bug name the same few files, so when it is full it starts anew.
type cache struct {
	files map[string]*file
	bytes int
}

// get returns a file, nil when it cannot be read.
func (c *cache) get(root, path string) *file {
	key := root + path
	if f, ok := c.files[key]; ok {
		return f
	}
	f := read(root, path)
	if c.files == nil || len(c.files) >= maxCachedFiles || c.bytes+f.size() > maxCachedBytes {
		c.files, c.bytes = map[string]*file{}, 0
	}
	c.files[key] = f
	c.bytes += f.size()
	return f
}

package journal

// Line 2 names the folder for cgo's objects, which is another each time.
//go:generate sh -c "o=${DOLLAR}(mktemp -d) && go tool cgo -godefs -objdir ${DOLLAR}o layout_input.go | sed 2d | gofmt > layout.go; rm -rf ${DOLLAR}o"

package journal

//go:generate sh -c "go tool cgo -godefs layout_input.go | gofmt > layout.go && rm -rf _obj"

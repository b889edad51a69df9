// Gilwatch finds calls of the CPython C API that are made without an attached
// thread state.
package main

import "os"

func main() { os.Exit(newApp().main(os.Args[1:])) }

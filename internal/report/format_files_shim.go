//go:build gilwatch_shim

package report

var fileFormats []format

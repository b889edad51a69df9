//go:build !gilwatch_shim

package report

// fileFormats are the formats that are made for other programs. The library that is
// loaded into watched programs goes without them and what they stand on.
var fileFormats = []format{
	{"html", writeHTML},
	{"junit", writeJUnit},
	{"sarif", writeSARIF},
	{"github", writeGitHub},
	{"markdown", writeMarkdown},
	{"pprof", writePprof},
}

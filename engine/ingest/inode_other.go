//go:build !unix

package ingest

import "os"

// inode names a file on its device, where the system has such names.
func inode(*os.File) string { return "" }

/* What main.go exports; the same as cgo's _cgo_export.h says, without its types. */
#ifndef GILWATCH_EXPORTS_H
#define GILWATCH_EXPORTS_H

int gilwatchListen(char *folder);
void gilwatchFinish(void);

#endif

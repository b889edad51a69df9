/* Prints what gw_program_refuses says of each argument, a line each; "-" is nothing. */
#include <stdio.h>

#include "program.h"

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *reason = gw_program_refuses(argv[i]);
        puts(reason ? reason : "-");
    }
    return 0;
}

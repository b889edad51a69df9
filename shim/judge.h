/* Is a detached call of this function a violation, and of what kind? */
#ifndef GILWATCH_JUDGE_H
#define GILWATCH_JUDGE_H

#include "interpreter.h"
#include "journal.h"
#include "oracle.h"

/* gw_judge is the kind of a detached call, or 0 where it is legal. */
enum gw_kind gw_judge(const struct gw_function *f, enum gw_attached attached);

#endif

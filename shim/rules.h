/* The part of the C-API rules that the shim needs. The table itself is generated
 * from the tables of internal/capi into rules_gen.c; a function that has no row there needs
 * an attached thread state and has no event. */
#ifndef GILWATCH_RULES_H
#define GILWATCH_RULES_H

#include <stdint.h>

/* When a call made without an attached thread state is legal. */
enum gw_legal {
    GW_LEGAL_NEVER = 0,   /* always a violation */
    GW_LEGAL_ALWAYS,      /* exempt, pure, acquires: no gate unless it has an event */
    GW_LEGAL_BEFORE_INIT, /* before Py_Initialize, and after finalization */
    GW_LEGAL_AFTER_SWAP, /* in a thread that did PyThreadState_Swap(NULL) or ended an interpreter */
};

/* What a call changes in this thread's relation to the GIL. Order and names are
 * those of the `event` column in internal/capi/events.tsv. */
enum gw_event {
    GW_EVENT_NONE = 0,
    GW_EVENT_SAVE,    /* PyEval_SaveThread: gives the GIL up */
    GW_EVENT_RELEASE, /* PyEval_ReleaseThread(tstate): gives it up */
    GW_EVENT_RESTORE, /* PyEval_RestoreThread, PyEval_AcquireThread (tstate): attaches it */
    GW_EVENT_ENSURE,  /* PyGILState_Ensure, PyThreadState_Ensure: attaches this thread's own */
    GW_EVENT_ENSURE_RELEASE, /* PyGILState_Release, PyThreadState_Release: undoes it, may delete the
                                state */
    GW_EVENT_SWAP,           /* PyThreadState_Swap(tstate or NULL) */
    GW_EVENT_NEW_INTERPRETER, /* Py_NewInterpreter...: attaches a new state */
    GW_EVENT_END_INTERPRETER, /* Py_EndInterpreter: none attached afterwards */
    GW_EVENT_DELETE_CURRENT,  /* PyThreadState_DeleteCurrent: gives up and deletes */
    GW_EVENT_RELEASE_LOCK,    /* PyEval_ReleaseLock: drops the GIL, the state stays current */
    GW_EVENT_INITIALIZE,      /* Py_Initialize..., Py_BytesMain: attaches the first state */
    GW_EVENT_FINALIZE,        /* Py_Finalize...: none attached afterwards */
    GW_EVENT_ALLOCATORS,      /* looks at the memory allocators, or sets them: alloc.h */
    GW_EVENT_DELETE,          /* PyThreadState_Delete(tstate): one that is not attached */
};

/* Version bits: bit 0 is 3.8, bit 1 is 3.9, and so on; the highest bit that the
 * table uses also stands for every later version. */
#define GW_RULE_FIRST_MINOR 8

struct gw_rule {
    uint32_t hash;      /* DT_GNU_HASH hash of the name (dl_new_hash in glibc's elf/dl-lookup.c) */
    uint32_t name;      /* offset of the name in gw_rule_names */
    uint16_t versions;  /* in which minor versions the row holds; see above */
    uint8_t legal;      /* enum gw_legal */
    uint8_t event;      /* enum gw_event */
    uint8_t identity;   /* 1: its address is compared, so gate it in JUMP_SLOT only */
    uint8_t never;      /* 1: not even a JUMP_SLOT is touched (_PyEval_EvalFrameDefault) */
    uint8_t gil_only;   /* 1: the legal column holds for builds with a GIL only; on a
                           free-threaded build the row counts as GW_LEGAL_NEVER */
    uint8_t no_acquire; /* 1: no GIL is acquired for a detached call of it */
};

/* Sorted by hash, then name, then versions. A name may have several rows whose
 * versions do not overlap. */
extern const struct gw_rule gw_rules[];
extern const uint32_t gw_rules_len;
extern const char gw_rule_names[];
/* Index of the highest version bit the table was made for. */
extern const uint32_t gw_rules_last_minor;

#endif

//go:build ignore

// The input of `go tool cgo -godefs`, which makes layout.go from the shim's own header.
package journal

// #include "../../shim/journal.h"
// #include "../../shim/thread.h"
import "C"

type rawHeader C.struct_gw_journal
type rawMark C.struct_gw_mark
type rawEntry C.struct_gw_entry
type rawFile C.struct_gw_file
type rawModule C.struct_gw_module_entry
type rawUnload C.struct_gw_unload_entry
type rawViolation C.struct_gw_violation_entry
type rawRelease C.struct_gw_release
type rawTest C.struct_gw_test_entry
type rawShare C.struct_gw_share_entry
type rawChild C.struct_gw_child_entry
type rawSettings C.struct_gw_settings
type rawBell C.struct_gw_bell

const (
	headerMagic   = C.GW_JOURNAL_MAGIC
	layoutVersion = C.GW_JOURNAL_VERSION
	marksOffset   = C.GW_JOURNAL_HEADER
	entriesOffset = C.GW_JOURNAL_ENTRIES
	marks         = C.GW_MARKS
	framesMax     = C.GW_FRAMES_MAX
	buildIDMax    = C.GW_BUILD_ID_MAX
	releaseWords  = C.GW_RELEASE_WORDS
	releasesMax   = C.GW_RELEASES_MAX
	registerSP    = C.GW_REGISTER_SP
	settingsMagic = C.GW_SETTINGS_MAGIC
	bellMagic     = C.GW_BELL_MAGIC
	ownGivenUp    = C.GW_OWN_GIVEN_UP

	sizeofHeader    = C.sizeof_struct_gw_journal
	sizeofMark      = C.sizeof_struct_gw_mark
	sizeofEntry     = C.sizeof_struct_gw_entry
	sizeofModule    = C.sizeof_struct_gw_module_entry
	sizeofUnload    = C.sizeof_struct_gw_unload_entry
	sizeofViolation = C.sizeof_struct_gw_violation_entry
	sizeofRelease   = C.sizeof_struct_gw_release
	sizeofChild     = C.sizeof_struct_gw_child_entry
	sizeofTest      = C.sizeof_struct_gw_test_entry
	sizeofShare     = C.sizeof_struct_gw_share_entry

	// SizeofBell is the size of a note on the bell, in bytes.
	SizeofBell = C.sizeof_struct_gw_bell

	entryModule    = C.GW_ENTRY_MODULE
	entryUnload    = C.GW_ENTRY_UNLOAD
	entryViolation = C.GW_ENTRY_VIOLATION
	entryChild     = C.GW_ENTRY_CHILD
	entryTest      = C.GW_ENTRY_TEST
	entryShare     = C.GW_ENTRY_SHARE

	testNone = C.GW_TEST_NONE

	kindGILNotHeld      = C.GW_KIND_GIL_NOT_HELD
	kindBeforeInit      = C.GW_KIND_BEFORE_INIT
	kindAfterFinalize   = C.GW_KIND_AFTER_FINALIZE
	kindNotAttachedHere = C.GW_KIND_NOT_ATTACHED_HERE

	sensorCalls = C.GW_SENSOR_CALLS
	sensorAlloc = C.GW_SENSOR_ALLOC

	stateStarting = C.GW_STATE_STARTING
	stateWatching = C.GW_STATE_WATCHING
	stateOff      = C.GW_STATE_OFF

	buildShared = C.GW_BUILD_SHARED
	buildStatic = C.GW_BUILD_STATIC

	actionReport  = C.GW_ACTION_REPORT
	actionAcquire = C.GW_ACTION_ACQUIRE
	actionStop    = C.GW_ACTION_STOP
	actionAbort   = C.GW_ACTION_ABORT

	lookedAct   = C.GW_LOOKED_ACT
	lookedSpare = C.GW_LOOKED_SPARE
	lookedNames = C.GW_LOOKED_NAMES

	declinedNot        = C.GW_DECLINED_NOT
	declinedBusy       = C.GW_DECLINED_BUSY
	declinedKind       = C.GW_DECLINED_KIND
	declinedFunction   = C.GW_DECLINED_FUNCTION
	declinedHandler    = C.GW_DECLINED_HANDLER
	declinedFinalizing = C.GW_DECLINED_FINALIZING
	declinedVfork      = C.GW_DECLINED_VFORK
	declinedElsewhere  = C.GW_DECLINED_ELSEWHERE
	declinedFull       = C.GW_DECLINED_FULL
	declinedCPU        = C.GW_DECLINED_CPU
	declinedMacro      = C.GW_DECLINED_MACRO
	declinedDeleted    = C.GW_DECLINED_DELETED

	oracleGlobal = C.GW_ORACLE_GLOBAL
	oracleTLS    = C.GW_ORACLE_TLS
	oracleGetter = C.GW_ORACLE_GETTER

	bellHello     = C.GW_BELL_HELLO
	bellViolation = C.GW_BELL_VIOLATION
	bellNoJournal = C.GW_BELL_NO_JOURNAL
)

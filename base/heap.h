#pragma once

// The heap of the process.

namespace quarry {

// For a process that reads, works on and forgets much, on several threads, for long: what it has freed
// goes back to the system, so that its memory is what it uses and not the sum of what each thread
// once used. Costs system calls for large blocks. Called before the threads begin that are to heed it;
// does nothing where the C library is not glibc.
//
// By itself glibc keeps eight heaps a core, and takes blocks of up to 32 MB from them once a block
// of that size was freed: a list of terms that outlives a parsed page then holds the page's place.
void ReturnFreedMemory();

}  // namespace quarry

#include "base/build_id.h"

#include <elf.h>
#include <link.h>

#include <cstring>

#include "base/hex.h"

namespace quarry {
namespace {

// Names and contents of notes begin at multiples of four.
size_t Aligned(size_t size) { return (size + 3) & ~size_t{3}; }

// The id among the notes of one segment.
std::string FindBuildId(const unsigned char* notes, size_t size) {
  constexpr char kOwner[] = "GNU";
  ElfW(Nhdr) header;
  for (size_t at = 0; at + sizeof(header) <= size;) {
    std::memcpy(&header, notes + at, sizeof(header));
    const size_t name = at + sizeof(header);
    const size_t contents = name + Aligned(header.n_namesz);
    if (contents + header.n_descsz > size) break;
    if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == sizeof(kOwner) &&
        std::memcmp(notes + name, kOwner, sizeof(kOwner)) == 0) {
      return ToHex({reinterpret_cast<const char*>(notes + contents), header.n_descsz});
    }
    at = contents + Aligned(header.n_descsz);
  }
  return "";
}

// The first object is the program itself.
int TakeFirst(dl_phdr_info* object, size_t, void* found) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    // The loader has mapped it there.
    const auto* notes = reinterpret_cast<const unsigned char*>(object->dlpi_addr + segment.p_vaddr);
    std::string id = FindBuildId(notes, segment.p_memsz);
    if (id.empty()) continue;
    *static_cast<std::string*>(found) = std::move(id);
    break;
  }
  return 1;
}

}  // namespace

std::string BuildId() {
  std::string id;
  dl_iterate_phdr(TakeFirst, &id);
  return id;
}

}  // namespace quarry

#include "base/file_signatures.h"
#include "base/text.h"

namespace quarry {
namespace {

using std::string_view_literals::operator""sv;

struct Signature {
  std::string_view bytes;
  std::string_view name;
  size_t offset = 0;
};

// Only signatures that no text begins with: "BM" (a bitmap) or "MZ" (a program) alone would refuse
// prose, and such files show themselves by their NUL bytes.
constexpr Signature kSignatures[] = {
    {"\x89PNG\r\n\x1A\n"sv, "PNG image"},
    {"\xFF\xD8\xFF"sv, "JPEG image"},
    {"GIF87a"sv, "GIF image"},
    {"GIF89a"sv, "GIF image"},
    {"II*\0"sv, "TIFF image"},
    {"MM\0*"sv, "TIFF image"},
    {"WEBP"sv, "WebP image", 8},
    {"\0\0\x01\0"sv, "icon"},
    {"8BPS"sv, "Photoshop image"},
    {"%PDF-"sv, "PDF document"},
    {"PK\x03\x04"sv, "ZIP archive (or an Office document)"},
    {"PK\x05\x06"sv, "ZIP archive"},
    {kOleSignature, "old Office document"},
    {"\x1F\x8B"sv, "gzip archive"},
    {"\xFD"
     "7zXZ\0"sv,
     "xz archive"},
    {"\x28\xB5\x2F\xFD"sv, "zstd archive"},
    {"7z\xBC\xAF\x27\x1C"sv, "7-Zip archive"},
    {"Rar!\x1A\x07"sv, "RAR archive"},
    {"1AY&SY"sv, "bzip2 archive", 4},
    {"ustar"sv, "tar archive", 257},
    {"\x7F"
     "ELF"sv,
     "ELF program"},
    {"\xCF\xFA\xED\xFE"sv, "Mach-O program"},
    {"\xCA\xFE\xBA\xBE"sv, "Java class or Mach-O program"},
    {"\0asm"sv, "WebAssembly module"},
    {"SQLite format 3\0"sv, "SQLite database"},
    {"PAR1\x15"sv, "Parquet table"},
    {"OggS\0"sv, "Ogg media"},
    {"fLaC\0"sv, "FLAC audio"},
    {"ID3\x02"sv, "MP3 audio"},
    {"ID3\x03"sv, "MP3 audio"},
    {"ID3\x04"sv, "MP3 audio"},
    {"WAVE"sv, "WAV audio", 8},
    {"AVI "sv, "AVI video", 8},
    {"ftyp"sv, "MP4 media", 4},
    {"\x1A\x45\xDF\xA3"sv, "Matroska media"},
    {"wOFF"sv, "web font"},
    {"wOF2"sv, "web font"},
    {"OTTO\0"sv, "font"},
    {"\0\x01\0\0\0"sv, "font"},
    {"GGUF\3\0"sv, "GGUF model"},
};

}  // namespace

std::string_view BinaryFormatOf(std::string_view bytes) {
  for (const Signature& signature : kSignatures) {
    if (bytes.size() < signature.offset + signature.bytes.size()) continue;
    if (bytes.substr(signature.offset, signature.bytes.size()) != signature.bytes) continue;
    // A signature of the middle is of readable characters, and counts only in a container of bytes.
    if (signature.offset == 8 && !bytes.starts_with("RIFF")) continue;
    if (signature.offset == 4 && signature.bytes[0] == '1' && !bytes.starts_with("BZh")) continue;
    if (signature.name == "MP4 media" && bytes[0] != '\0') continue;
    return signature.name;
  }
  return {};
}

}  // namespace quarry

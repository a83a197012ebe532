#include "ingest/ocr.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <vector>

#include "base/child_process.h"
#include "base/text.h"
#include "ingest/document_builder.h"

namespace quarry::ingest {
namespace {

constexpr std::chrono::seconds kLimit{30};
// After which a program that did not tell its languages is asked again. It may take as long to fail.
constexpr std::chrono::seconds kAskAgain{10};

ChildCommand Tesseract(std::vector<std::string> arguments) {
  return {.program = "tesseract",
          .arguments = std::move(arguments),
          .package = "tesseract-ocr, languages: tesseract-ocr-chi-sim"};
}

// "eng+chi_sim": those of our languages that are installed; else all that there are.
Result<std::string> FindLanguages() {
  const Result<std::string> told = RunChild(Tesseract({"--list-langs"}), "");
  // However it ended, that says nothing of the picture that was to be read.
  if (told.status().code() == Code::kInvalidArgument) {
    return UnavailableError(told.status().message());
  }
  QUARRY_RETURN_IF_ERROR(told.status());
  const std::string& listed = *told;
  std::vector<std::string> installed;
  for (size_t begin = 0; begin < listed.size();) {
    const size_t end = std::min(listed.find('\n', begin), listed.size());
    std::string line = listed.substr(begin, end - begin);
    begin = end + 1;
    // After a title line; "osd" finds the orientation and reads nothing.
    if (!line.empty() && line.find(' ') == line.npos && line != "osd") {
      installed.push_back(std::move(line));
    }
  }
  std::string languages;
  const auto add = [&](const std::string& language) {
    languages += (languages.empty() ? "" : "+") + language;
  };
  for (const char* language : {"eng", "chi_sim", "chi_tra"}) {
    if (std::find(installed.begin(), installed.end(), language) != installed.end()) add(language);
  }
  if (languages.empty()) std::for_each(installed.begin(), installed.end(), add);
  return languages;
}

// The program that would be called, and which file it is; "" = there is none.
std::string InstalledProgram() {
  const std::optional<std::string> path = FindProgram("tesseract");
  struct stat file;
  if (!path || ::stat(path->c_str(), &file) != 0) return "";
  return *path + ' ' + std::to_string(file.st_size) + ' ' + std::to_string(file.st_mtim.tv_sec) +
         '.' + std::to_string(file.st_mtim.tv_nsec);
}

// Each program is asked once: what is installed does not change under a process that runs. One that
// gave no answer is asked again after a while, not for every page of a scan.
Result<std::string> Languages() {
  struct Known {
    std::mutex mutex;
    std::string program;  // "" = none was asked yet
    Result<std::string> languages = std::string();
    std::chrono::steady_clock::time_point asked;
  };
  // Never destroyed: threads may parse while the process ends.
  static Known* const known = new Known;
  const std::string program = InstalledProgram();
  const std::lock_guard lock(known->mutex);
  const bool is_stale =
      !known->languages.ok() && std::chrono::steady_clock::now() - known->asked >= kAskAgain;
  if (program.empty() || known->program != program || is_stale) {
    known->languages = FindLanguages();
    known->program = program;
    known->asked = std::chrono::steady_clock::now();
  }
  return known->languages;
}

// Recognition sees the gaps between Chinese characters as spaces.
std::string WithoutSpacesInCjk(std::string_view text) {
  std::string joined;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool drop = text[i] == ' ' && JoinsWithoutSpace(joined, text.substr(i + 1));
    if (!drop) joined += text[i];
  }
  return joined;
}

std::string ValidUtf8(std::string_view text) {
  std::string valid;
  for (size_t offset = 0; offset < text.size();) {
    const char32_t c = NextCodePoint(text, offset);
    if (c != 0xFFFD && (c >= 0x20 || c == '\n')) AppendCodePoint(valid, c);
  }
  return valid;
}

}  // namespace

bool CanRecogniseText() {
  if (!FindProgram("tesseract")) return false;
  const Result<std::string> languages = Languages();
  return !languages.ok() || !languages->empty();
}

std::string RecognitionLanguages() {
  if (!FindProgram("tesseract")) return "";
  const Result<std::string> languages = Languages();
  return languages.ok() ? *languages : "";
}

std::string_view RecognitionAdvice() {
  return "install tesseract-ocr and tesseract-ocr-chi-sim to have text in pictures read";
}

std::string RecognitionLimits(const ParseBudget& budget) {
  const ParseLimits& limits = budget.limits();
  return "text is recognised in the first " + std::to_string(limits.recognitions) +
         " pictures and pages of a file, for " + std::to_string(limits.recognition_time.count()) +
         " minutes at most";
}

bool RecogniseWithin(ParseBudget* budget, const std::function<void()>& read) {
  if (!budget->TakeRecognition()) return false;
  const auto start = std::chrono::steady_clock::now();
  read();
  budget->EndRecognition(std::chrono::steady_clock::now() - start);
  return true;
}

Result<std::string> RecogniseText(std::string_view image) {
  if (!CanRecogniseText()) return FailedPreconditionError(std::string(RecognitionAdvice()));
  QUARRY_ASSIGN_OR_RETURN(const std::string languages, Languages());
  bool wrote_too_much = false;
  const Result<std::string> text = RunChild(
      Tesseract({kInputPath, "stdout", "-l", languages}), image,
      {.wall = kLimit, .cpu_seconds = static_cast<uint64_t>(kLimit.count())}, &wrote_too_much);
  if (wrote_too_much) return InvalidArgumentError(text.status().message());
  QUARRY_RETURN_IF_ERROR(text.status());
  return WithoutSpacesInCjk(Trim(ValidUtf8(*text)));
}

}  // namespace quarry::ingest

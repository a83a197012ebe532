#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::FolderTest {
 protected:
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_.path())) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

using ReadFileTest = FileTest;
using WriteFileTest = FileTest;
using DirectoriesTest = FileTest;
using MappedFileTest = FileTest;
using FileLockTest = FileTest;

TEST_F(ReadFileTest, ReadsAllBytes) {
  for (const size_t size : {0, 1, 4095, 4096, 4097, 1000000}) {
    std::string bytes(size, 'x');
    if (size > 2) bytes[size / 2] = '\0';
    Write("file", bytes);
    ASSERT_OK_AND_ASSIGN(const std::string read, ReadFile(Path("file")));
    EXPECT_TRUE(read == bytes) << size;
  }
}

TEST_F(ReadFileTest, ReadsFilesWhoseSizeTheSystemDoesNotSay) {
  ASSERT_OK_AND_ASSIGN(const std::string status, ReadFile("/proc/self/status"));
  EXPECT_THAT(status, ::testing::HasSubstr("Pid:"));
}

TEST_F(ReadFileTest, ReadsPipes) {
  ASSERT_EQ(::mkfifo(Path("pipe").c_str(), 0600), 0);
  const std::string bytes(100000, 'p');
  std::thread writer([&] { Write("pipe", bytes); });
  const Result<std::string> read = ReadFile(Path("pipe"));
  writer.join();
  ASSERT_OK(read.status());
  EXPECT_TRUE(*read == bytes);
}

TEST_F(ReadFileTest, AFileAboveTheLimitIsRefused) {
  Write("file", "12345");
  ASSERT_OK_AND_ASSIGN(const std::string read, ReadFile(Path("file"), 5));
  EXPECT_EQ(read, "12345");
  EXPECT_EQ(ReadFile(Path("file"), 4).status(),
            ResourceExhaustedError("read " + Path("file") + ": larger than the limit of 4 bytes"));
  EXPECT_EQ(ReadFile("/proc/self/status", 10).status().code(), Code::kResourceExhausted);
}

TEST_F(ReadFileTest, ErrorsNameThePathAndTheReason) {
  EXPECT_EQ(ReadFile(Path("absent")).status(),
            NotFoundError("read " + Path("absent") + ": No such file or directory"));
  EXPECT_EQ(ReadFile(directory_.path()).status(),
            InvalidArgumentError("read " + directory_.path() + ": is a directory"));
  Write("file", "");
  EXPECT_EQ(ReadFile(Path("file/below")).status(),
            NotFoundError("read " + Path("file/below") + ": Not a directory"));
  EXPECT_EQ(ReadFile(std::string("/etc/passwd\0.txt", 16)).status(),
            InvalidArgumentError("read /etc/passwd: the path contains a NUL byte"));
}

TEST_F(ReadFileTest, AFileWithoutPermissionIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  Write("file", "secret");
  fs::permissions(Path("file"), fs::perms::none);
  EXPECT_EQ(ReadFile(Path("file")).status(),
            InvalidArgumentError("read " + Path("file") + ": Permission denied"));
}

TEST_F(WriteFileTest, ReplacesTheFileAndLeavesNothingElse) {
  ASSERT_OK(WriteFileAtomically(Path("file"), "old"));
  ASSERT_OK(WriteFileAtomically(Path("file"), std::string("n\0w", 3)));
  ASSERT_OK_AND_ASSIGN(const std::string read, ReadFile(Path("file")));
  EXPECT_EQ(read, std::string("n\0w", 3));
  EXPECT_THAT(Names(), ::testing::ElementsAre("file"));
}

TEST_F(WriteFileTest, KeepsThePermissionsOfTheOldFile) {
  Write("file", "secret");
  fs::permissions(Path("file"), fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_OK(WriteFileAtomically(Path("file"), "new secret"));
  EXPECT_EQ(fs::status(Path("file")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(WriteFileTest, AMappingOfTheOldFileStaysReadable) {
  ASSERT_OK(WriteFileAtomically(Path("file"), "old"));
  ASSERT_OK_AND_ASSIGN(const MappedFile mapping, MappedFile::Open(Path("file")));
  ASSERT_OK(WriteFileAtomically(Path("file"), "new and longer"));
  EXPECT_EQ(mapping.bytes(), "old");
}

TEST_F(WriteFileTest, StepsOverTheTemporaryFilesOfACrashedProcess) {
  for (int i = 0; i < 100; ++i) {
    Write("file.tmp-" + std::to_string(::getpid()) + "-" + std::to_string(i), "half");
  }
  ASSERT_OK(WriteFileAtomically(Path("file"), "whole"));
  ASSERT_OK_AND_ASSIGN(const std::string read, ReadFile(Path("file")));
  EXPECT_EQ(read, "whole");
}

TEST_F(WriteFileTest, ErrorsNameThePathAndLeaveTheOldState) {
  EXPECT_EQ(WriteFileAtomically(Path("absent/file"), "x"),
            NotFoundError("write " + Path("absent/file") + ": No such file or directory"));
  ASSERT_OK(CreateDirectories(Path("directory")));
  EXPECT_EQ(WriteFileAtomically(Path("directory"), "x"),
            InvalidArgumentError("write " + Path("directory") + ": Is a directory"));
  EXPECT_THAT(Names(), ::testing::ElementsAre("directory"));
}

TEST_F(WriteFileTest, ConcurrentWritersLeaveOneWholeFile) {
  std::vector<std::thread> writers;
  for (char c = 'a'; c < 'e'; ++c) {
    writers.emplace_back([this, c] {
      for (int i = 0; i < 5; ++i) {
        EXPECT_OK(WriteFileAtomically(Path("file"), std::string(5000, c)));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  ASSERT_OK_AND_ASSIGN(const std::string read, ReadFile(Path("file")));
  EXPECT_EQ(read, std::string(5000, read[0]));
  EXPECT_THAT(Names(), ::testing::ElementsAre("file"));
}

TEST_F(DirectoriesTest, TemporaryFilesOfACrashAreRemoved) {
  for (const char* name : {"file", "file.tmp-17-0", "file.tmp-17-3", "other.tmp-17-0"}) {
    Write(name, "");
  }
  RemoveTemporaries(Path("file"));
  EXPECT_THAT(Names(), ::testing::UnorderedElementsAre("file", "other.tmp-17-0"));
}

TEST_F(DirectoriesTest, AreMadeWithTheirParentsAndMayExist) {
  ASSERT_OK(CreateDirectories(Path("a/b/c")));
  ASSERT_OK(CreateDirectories(Path("a/b/c")));
  EXPECT_TRUE(fs::is_directory(Path("a/b/c")));
  ASSERT_OK(CreateDirectories(Path("a/x/../d/")));
  EXPECT_TRUE(fs::is_directory(Path("a/d")));
  EXPECT_OK(SyncDirectory(Path("a")));
  EXPECT_OK(SyncParent(Path("a/d/")));
  EXPECT_OK(SyncParent("name"));
}

TEST_F(DirectoriesTest, ErrorsNameThePathAndTheReason) {
  Write("file", "");
  EXPECT_EQ(CreateDirectories(Path("file/below")),
            NotFoundError("create directory " + Path("file/below") + ": Not a directory"));
  EXPECT_EQ(CreateDirectories(Path("file")),
            NotFoundError("create directory " + Path("file") + ": Not a directory"));
  EXPECT_EQ(SyncDirectory(Path("absent")),
            NotFoundError("fsync " + Path("absent") + ": No such file or directory"));
}

TEST_F(DirectoriesTest, ATemporaryOneGoesWithItsObject) {
  std::string path;
  {
    ASSERT_OK_AND_ASSIGN(TemporaryDirectory first, TemporaryDirectory::Create("quarry-test-"));
    const TemporaryDirectory moved = std::move(first);
    path = moved.path();
    EXPECT_THAT(path, ::testing::HasSubstr("/quarry-test-"));
    ASSERT_OK(CreateDirectories(path + "/below"));
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(MappedFileTest, ShowsTheBytes) {
  Write("file", "mapped bytes");
  ASSERT_OK_AND_ASSIGN(MappedFile first, MappedFile::Open(Path("file")));
  MappedFile second = std::move(first);
  EXPECT_EQ(second.bytes(), "mapped bytes");
  Write("other", "others");
  ASSERT_OK_AND_ASSIGN(MappedFile third, MappedFile::Open(Path("other")));
  second = std::move(third);
  EXPECT_EQ(second.bytes(), "others");
}

TEST_F(MappedFileTest, AnEmptyFileHasNoBytes) {
  Write("file", "");
  ASSERT_OK_AND_ASSIGN(const MappedFile file, MappedFile::Open(Path("file")));
  EXPECT_EQ(file.bytes(), "");
}

TEST_F(MappedFileTest, ErrorsNameThePathAndTheReason) {
  EXPECT_EQ(MappedFile::Open(Path("absent")).status(),
            NotFoundError("map " + Path("absent") + ": No such file or directory"));
  EXPECT_EQ(MappedFile::Open(directory_.path()).status(),
            InvalidArgumentError("map " + directory_.path() + ": is a directory"));
  EXPECT_EQ(MappedFile::Open("/dev/null").status(),
            InvalidArgumentError("map /dev/null: not a regular file"));
}

TEST_F(FileLockTest, ASecondWriterIsToldWhoHoldsTheLock) {
  ASSERT_OK_AND_ASSIGN(const FileLock lock,
                       FileLock::Acquire(Path("LOCK"), FileLock::Kind::kExclusive));
  const Status expected = LockedError("lock " + Path("LOCK") + ": store is in use by process " +
                                      std::to_string(::getpid()));
  EXPECT_EQ(FileLock::Acquire(Path("LOCK"), FileLock::Kind::kExclusive).status(), expected);
  EXPECT_EQ(FileLock::Acquire(Path("LOCK"), FileLock::Kind::kShared).status(), expected);
}

TEST_F(FileLockTest, ReadersShareAndKeepWritersOut) {
  ASSERT_OK_AND_ASSIGN(const FileLock first,
                       FileLock::Acquire(Path("LOCK"), FileLock::Kind::kShared));
  ASSERT_OK_AND_ASSIGN(const FileLock second,
                       FileLock::Acquire(Path("LOCK"), FileLock::Kind::kShared));
  EXPECT_EQ(FileLock::Acquire(Path("LOCK"), FileLock::Kind::kExclusive).status().code(),
            Code::kLocked);
}

TEST_F(FileLockTest, IsReleasedByDestructionAlsoOfWhatItWasMovedTo) {
  {
    ASSERT_OK_AND_ASSIGN(FileLock lock,
                         FileLock::Acquire(Path("LOCK"), FileLock::Kind::kExclusive));
    const FileLock moved = std::move(lock);
    EXPECT_FALSE(FileLock::Acquire(Path("LOCK"), FileLock::Kind::kShared).ok());
  }
  EXPECT_TRUE(FileLock::Acquire(Path("LOCK"), FileLock::Kind::kExclusive).ok());
}

TEST_F(FileLockTest, IsReleasedWhenItsProcessDies) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::alarm(60);  // should the test itself die
    const auto lock = FileLock::Acquire(Path("LOCK"), FileLock::Kind::kExclusive);
    const char result = lock.ok() ? '1' : '0';
    if (::write(ready[1], &result, 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  char locked = 0;
  ASSERT_EQ(::read(ready[0], &locked, 1), 1);
  EXPECT_EQ(locked, '1');
  EXPECT_EQ(FileLock::Acquire(Path("LOCK"), FileLock::Kind::kExclusive).status().message(),
            "lock " + Path("LOCK") + ": store is in use by process " + std::to_string(child));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(FileLock::Acquire(Path("LOCK"), FileLock::Kind::kExclusive).ok());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(FileLockTest, ALockFileWithoutAnIdNamesNobody) {
  ASSERT_OK_AND_ASSIGN(const FileLock lock,
                       FileLock::Acquire(Path("LOCK"), FileLock::Kind::kShared));
  for (const char* content : {"", "garbage", "-5", "99999999999999999999"}) {
    Write("LOCK", content);
    EXPECT_EQ(FileLock::Acquire(Path("LOCK"), FileLock::Kind::kExclusive).status(),
              LockedError("lock " + Path("LOCK") + ": store is in use by another process"));
  }
}

TEST_F(FileLockTest, ErrorsNameThePathAndTheReason) {
  for (const auto kind : {FileLock::Kind::kShared, FileLock::Kind::kExclusive}) {
    EXPECT_EQ(FileLock::Acquire(Path("absent/LOCK"), kind).status(),
              NotFoundError("lock " + Path("absent/LOCK") + ": No such file or directory"));
  }
}

}  // namespace
}  // namespace quarry

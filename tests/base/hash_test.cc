#include "base/hash.h"

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(HashTest, ValuesAreStored) { EXPECT_EQ(HashToHex(Hash64("")), "2d06800538d394c2"); }

}  // namespace
}  // namespace quarry
